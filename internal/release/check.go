package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// checkPath is the module path of a check. The name is reserved for examples.
const checkPath = "example.org/you/uacookie"

// A checker uses a release as an importer does.
type checker struct {
	dir     string // temporary, with a folder for each step
	version string
	env     []string
	tree    *tree
}

// check releases the tree at root to a GOPROXY in a temporary folder, and uses the modules from
// there. The module cache and the build cache are the user's, so that dependencies are
// neither downloaded nor compiled again; the modules of the release are removed from the
// module cache afterwards.
func check(root string) (err error) {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := &checker{
		dir: dir,
		// The module cache would keep what another check had under the same version.
		version: fmt.Sprintf("v0.1.0-check.%d.%d", time.Now().Unix(), os.Getpid()),
	}
	values, err := output(root, "go", "env", "GOPROXY", "GOMODCACHE", "GOFLAGS", "GONOSUMDB")
	if err != nil {
		return err
	}
	settings := strings.Split(values, "\n")
	cache := settings[1]
	defer c.forget(cache)
	c.env = append(os.Environ(),
		"GOPROXY=file://"+filepath.ToSlash(filepath.Join(dir, "proxy"))+","+settings[0],
		"GONOSUMDB="+strings.TrimPrefix(settings[3]+","+checkPath, ","),
		"GOBIN="+filepath.Join(dir, "bin"),
		"GOWORK=off",
	)
	out := filepath.Join(dir, "tree")
	if c.tree, err = write(root, checkPath, c.version, out, true); err != nil {
		return err
	}
	if err := c.tree.publish(filepath.Join(dir, "proxy"), c.version); err != nil {
		return err
	}
	written := filepath.Join(dir, "written")
	if err := os.Mkdir(written, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"write files by this tree", func() error { return c.writeFiles(root, written) }},
		{"the commands and the program of README.md", c.readme},
		{"each module in a new one", c.importEach},
		{"read the files by the release", func() error { return c.readFiles(written) }},
		{"go vet and go mod tidy of the release", c.vet},
		{"the godoc of each package", c.godoc},
	} {
		began := time.Now()
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("ok  %-45s %5.1f s\n", step.name, time.Since(began).Seconds())
	}
	return nil
}

// forget removes the modules of the release from the module cache.
func (c *checker) forget(cache string) {
	if c.tree == nil || cache == "" {
		return
	}
	for _, m := range slices.Backward(c.tree.modules) {
		p := filepath.FromSlash(escaped(m.newPath))
		remove(filepath.Join(cache, p+"@"+c.version))
		versions := filepath.Join(cache, "cache", "download", p, "@v")
		names, _ := filepath.Glob(filepath.Join(versions, c.version+".*"))
		for _, name := range append(names, filepath.Join(versions, "list")) {
			_ = os.Remove(name)
		}
		for _, dir := range []string{versions, filepath.Join(cache, p)} {
			for os.Remove(dir) == nil { // until one is not empty
				dir = filepath.Dir(dir)
			}
		}
	}
}

// remove removes a folder of the module cache, which is read-only.
func remove(dir string) {
	_ = filepath.WalkDir(dir, func(at string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(at, 0o755)
		}
		return nil
	})
	_ = os.RemoveAll(dir)
}

// run runs a command and returns what it prints.
func (c *checker) run(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, c.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("in %s, %s: %w\n%s", dir, strings.Join(cmd.Args, " "), err, out.Bytes())
	}
	return out.String(), nil
}

// fresh returns a new module with a program, in a folder of its own.
func (c *checker) fresh(name, program string) (dir string, err error) {
	dir = filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := c.run(dir, "go", "mod", "init", "example.test/"+name); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644)
}

// readme runs the commands of the section "Use it" of README.md, and builds its program.
func (c *checker) readme() error {
	data, err := os.ReadFile(filepath.Join(c.tree.dir, "README.md"))
	if err != nil {
		return err
	}
	_, program, _ := strings.Cut(string(data), "```go\n")
	program, _, _ = strings.Cut(program, "```\n")
	_, section, _ := strings.Cut(string(data), "\n## Use it\n")
	var commands []string
	for line := range strings.Lines(section) {
		if command, ok := strings.CutPrefix(line, "    go "); ok {
			commands = append(commands, command)
		}
	}
	if program == "" || len(commands) != 2 {
		return fmt.Errorf("README.md has a program of %d bytes and the commands %q, want two", len(program), commands)
	}
	dir, err := c.fresh("readme", program)
	if err != nil {
		return err
	}
	for _, command := range append(commands, "vet ./...", "build -o program .") {
		if _, err := c.run(dir, "go", strings.Fields(command)...); err != nil {
			return err
		}
	}
	out, err := c.run(dir, filepath.Join(c.dir, "bin", "cookies"+exe()), "explain", "https://example.com/", "a=1")
	if err != nil || !strings.Contains(out, "ok") && !strings.Contains(out, "stored") {
		return fmt.Errorf("cookies explain says %q, %w", out, err)
	}
	return nil
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// importEach gets each module in a new one, and installs each program of those that have
// programs.
func (c *checker) importEach() error {
	for _, m := range c.tree.modules {
		if m.dir != "." && !isProgram(m) {
			dir, err := c.fresh(path.Base(m.dir), "package main\n\nimport _ \""+m.newPath+"\"\n\nfunc main() {}\n")
			if err != nil {
				return err
			}
			for _, command := range []string{"get " + m.newPath + "@latest", "vet ./..."} {
				if _, err := c.run(dir, "go", strings.Fields(command)...); err != nil {
					return err
				}
			}
		}
	}
	for _, program := range []string{"cookies", "crawl"} {
		if _, err := c.run(c.dir, "go", "install", checkPath+"/examples/"+program+"@latest"); err != nil {
			return err
		}
	}
	return nil
}

// isProgram reports whether a module has programs and no packages to import.
func isProgram(m *module) bool { return m.dir == "examples" || strings.HasPrefix(m.dir, "examples/") }

// vet runs go vet on the tests and packages of each module, whose go.mod and go.sum must need
// no change.
func (c *checker) vet() error {
	for _, m := range c.tree.modules {
		dir := filepath.Join(c.tree.dir, m.dir)
		for _, command := range []string{"mod tidy -diff", "vet -mod=readonly ./..."} {
			if _, err := c.run(dir, "go", strings.Fields(command)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// godoc has go doc render each package that can be imported. Each has a comment.
func (c *checker) godoc() error {
	for _, m := range c.tree.modules {
		dir := filepath.Join(c.tree.dir, m.dir)
		list, err := c.run(dir, "go", "list", "-f", "{{.ImportPath}}\t{{.Doc}}", "./...")
		if err != nil {
			return err
		}
		for line := range strings.Lines(list) {
			pkg, doc, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if slices.Contains(strings.Split(pkg, "/"), "internal") {
				continue
			}
			text, err := c.run(dir, "go", "doc", "-all", pkg)
			switch {
			case err != nil:
				return err
			case doc == "" || len(text) < len(doc):
				return fmt.Errorf("%s has the comment %q, and go doc prints %d bytes", pkg, doc, len(text))
			}
		}
	}
	return nil
}
