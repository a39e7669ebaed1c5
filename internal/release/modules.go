package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A module is a module of the tree.
type module struct {
	dir      string // its folder from the root, with slashes; "." is the root
	path     string // the path that it has in the tree
	newPath  string // the path that it is published under
	requires []string
}

// isPublished reports whether the module in a folder is for importers. Those below testdata
// only test this tree.
func isPublished(dir string) bool { return !slices.Contains(strings.Split(dir, "/"), "testdata") }

// tag returns the git tag of a version of m.
func (m *module) tag(version string) string { return path.Join(m.dir, version) }

// goMod is what go mod edit -json prints of a go.mod file.
type goMod struct {
	Module  struct{ Path string }
	Require []struct{ Path, Version string }
	Replace []struct{ Old struct{ Path string } }
}

// readGoMod reads the go.mod file in dir.
func readGoMod(dir string) (m goMod, err error) {
	text, err := output(dir, "go", "mod", "edit", "-json", "go.mod")
	if err == nil {
		err = json.Unmarshal([]byte(text), &m)
	}
	return m, err
}

// findModules returns the modules of a tree, the root first.
func findModules(root string, files []string) ([]*module, error) {
	var all []*module
	for _, f := range files {
		if path.Base(f) != "go.mod" {
			continue
		}
		dir := path.Dir(f)
		mod, err := readGoMod(filepath.Join(root, dir))
		if err != nil {
			return nil, err
		}
		m := &module{dir: dir, path: mod.Module.Path}
		for _, r := range mod.Require {
			m.requires = append(m.requires, r.Path)
		}
		all = append(all, m)
	}
	i := slices.IndexFunc(all, func(m *module) bool { return m.dir == "." })
	if i < 0 {
		return nil, fmt.Errorf("%s has no go.mod", root)
	}
	rootModule := all[i]
	all = append([]*module{rootModule}, slices.Delete(all, i, i+1)...)
	for _, m := range all[1:] {
		if want := rootModule.path + "/" + m.dir; m.path != want {
			return nil, fmt.Errorf("the module in %s is %s, want %s", m.dir, m.path, want)
		}
	}
	return all, nil
}

// inOrder returns the modules that are published, each after those that it requires.
func inOrder(all []*module) ([]*module, error) {
	byPath := map[string]*module{}
	for _, m := range all {
		byPath[m.path] = m
	}
	var sorted []*module
	begun, done := map[*module]bool{}, map[*module]bool{}
	var visit func(m *module) error
	visit = func(m *module) error {
		switch {
		case done[m]:
			return nil
		case begun[m]:
			return fmt.Errorf("%s requires itself", m.path)
		}
		begun[m] = true
		for _, p := range m.requires {
			if r := byPath[p]; r != nil {
				if !isPublished(r.dir) {
					return fmt.Errorf("%s, which is published, requires %s, which is not", m.path, p)
				}
				if err := visit(r); err != nil {
					return err
				}
			}
		}
		done[m] = true
		sorted = append(sorted, m)
		return nil
	}
	for _, m := range all {
		if isPublished(m.dir) {
			if err := visit(m); err != nil {
				return nil, err
			}
		}
	}
	return sorted, nil
}

// finish completes a module in out after those that it requires: its license, and the
// checksums of those. It adds its own to sums.
func (m *module) finish(out, version string, sums map[string]string) error {
	dir := filepath.Join(out, m.dir)
	mod, err := readGoMod(dir)
	if err != nil {
		return err
	}
	if mod.Module.Path != m.newPath || len(mod.Replace) > 0 {
		return fmt.Errorf("go.mod has the path %s and %d replace directives, want %s and none", mod.Module.Path, len(mod.Replace), m.newPath)
	}
	var lines []string
	for _, r := range mod.Require {
		if own := sums[r.Path]; own != "" {
			if r.Version != version {
				return fmt.Errorf("go.mod requires %s %s, want %s", r.Path, r.Version, version)
			}
			lines = append(lines, own)
		}
	}
	sumFile := filepath.Join(dir, "go.sum")
	old, err := os.ReadFile(sumFile)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if text := addSums(string(old), lines); text != "" {
		if err := os.WriteFile(sumFile, []byte(text), 0o644); err != nil {
			return err
		}
	}
	// The go command would add the license of the root to a module without one.
	license, err := os.ReadFile(filepath.Join(out, "LICENSE"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "LICENSE"), license, 0o644); err != nil {
		return err
	}
	sums[m.newPath], err = m.sums(out, version)
	return err
}

// contents returns the files of a module in out, with their paths from its folder, sorted.
// Nested modules are not part of it.
func (m *module) contents(out string) ([]string, error) {
	dir := filepath.Join(out, m.dir)
	var all []string
	err := filepath.WalkDir(dir, func(at string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil && at != dir || d.Name() == ".git" {
				return filepath.SkipDir
			}
			if d.Name() == "vendor" {
				return fmt.Errorf("%s: a module cannot contain a folder of this name", at)
			}
			return nil
		}
		rel, err := filepath.Rel(dir, at)
		all = append(all, filepath.ToSlash(rel))
		return err
	})
	slices.Sort(all)
	return all, err
}
