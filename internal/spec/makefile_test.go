package spec

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// modulesRE matches a list of modules in the Makefile.
var modulesRE = regexp.MustCompile(`(?m)^[A-Z_]*MODULES\s*[:?+]?=(.*)$`)

// listed returns the folders in the module lists of a Makefile.
func listed(makefile string) []string {
	makefile = strings.ReplaceAll(makefile, "\\\n", " ")
	var all []string
	for _, m := range modulesRE.FindAllStringSubmatch(makefile, -1) {
		text, _, _ := strings.Cut(m[1], "#")
		all = append(all, strings.Fields(text)...)
	}
	return all
}

// modules returns the folders below dir that contain a go.mod. It skips hidden folders and
// node_modules.
func modules(tb testing.TB, dir string) []string {
	tb.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.Name() == "go.mod":
			rel, err := filepath.Rel(dir, filepath.Dir(path))
			all = append(all, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// Each module is in a list of the Makefile, so that make test and make check run its tests.
// Each folder in a list is a module.
func TestModulesAreListed(t *testing.T) {
	has, lists := modules(t, root), listed(string(read(t, "Makefile")))
	if len(has) < 2 || !slices.Contains(has, ".") {
		t.Fatalf("the modules are %q, want the root and others", has)
	}
	for _, m := range has {
		if !slices.Contains(lists, m) {
			t.Errorf("%s has a go.mod but is in no MODULES list of the Makefile, so its tests do not run: add it", m)
		}
	}
	for _, m := range lists {
		if !slices.Contains(has, m) {
			t.Errorf("the Makefile lists the module %s, which has no go.mod", m)
		}
	}
}

// The search finds modules anywhere in the tree, and lists of each form.
func TestModulesAreFound(t *testing.T) {
	dir := t.TempDir()
	for _, m := range []string{".", "a", "a/testdata/b", ".hidden", "c/node_modules/d", "internal/e"} {
		if err := os.MkdirAll(filepath.Join(dir, m), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, m, "go.mod"), []byte("module m\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := modules(t, dir), []string{".", "a", "a/testdata/b", "internal/e"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("modules = %q, want %q", got, want)
	}
	const makefile = "MODULES := . a # and c\nLONG_MODULES = a/testdata/b \\\n\tinternal/e\nCOVERED := x\n\techo MODULES = y\n"
	if got, want := listed(makefile), []string{".", "a", "a/testdata/b", "internal/e"}; !slices.Equal(got, want) {
		t.Errorf("listed = %q, want %q", got, want)
	}
}
