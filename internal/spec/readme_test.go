package spec

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block returns the first block of a document that is indented by four spaces and follows a
// heading or text. It removes the indentation.
func block(tb testing.TB, document, after string) string {
	tb.Helper()
	_, rest, ok := strings.Cut(document, after)
	if !ok {
		tb.Fatalf("README.md has no %q", after)
	}
	var b strings.Builder
	for line := range strings.Lines(rest) {
		if text, ok := strings.CutPrefix(line, "    "); ok {
			b.WriteString(text)
		} else if b.Len() > 0 {
			return b.String()
		}
	}
	return b.String()
}

// With the recipe of README.md a new module can import each module of the project. The test
// runs the program of README.md, and programs that import the modules with dependencies.
func TestRecipe(t *testing.T) {
	skipIfReleased(t)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skipf("NOT TESTED: the recipe of README.md: %v", err)
	}
	clone, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(read(t, "README.md"))
	recipe := block(t, readme, "## Use it")
	const path = "/path/to/clone"
	if !strings.Contains(recipe, path) || !strings.Contains(recipe, "go mod tidy") {
		t.Fatalf("the recipe of README.md is\n%s\nwant a recipe with %s and go mod tidy", recipe, path)
	}
	recipe = strings.ReplaceAll(recipe, path, clone)
	_, program, _ := strings.Cut(readme, "```go\n")
	program, _, ok := strings.Cut(program, "```\n")
	if !ok {
		t.Fatal("README.md has no program")
	}

	for _, tt := range []struct{ id, program, command string }{
		{"README", program, "go vet ./..."},
		{"jar alone", importing("uacookie/jar", "uacookie/jar/browser", "uacookie/jar/inspect"), "go vet ./..."},
		{"modules", importing("uacookie/jar/boltjar", "uacookie/jar/durable", "uacookie/jar/jarfile", "uacookie/jar/profile", "uacookie/jar/valkeyjar"), "go list -deps ./..."}, // SQLite takes a minute to compile
		{"one module", importing("uacookie/jar/jarfile"), "go vet ./..."},
	} {
		t.Run(tt.id, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(tt.program), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, command := range []string{"go mod init example.test/stranger", recipe, tt.command} {
				cmd := exec.Command(sh, "-e", "-c", command)
				cmd.Dir = dir
				// Dependencies come from the module cache alone.
				cmd.Env = append(os.Environ(), "GOPROXY=off", "GONOSUMDB=*", "GOFLAGS=-mod=mod", "GOWORK=off")
				out, err := cmd.CombinedOutput()
				missing := err != nil && strings.Contains(string(out), "module lookup disabled by GOPROXY=off")
				if missing && os.Getenv("CI") != "true" { // .ci/run downloads all
					t.Skipf("NOT TESTED: the recipe of README.md: a dependency is not in the module cache; go mod download in each module puts it there:\n%s", out)
				}
				if err != nil {
					t.Fatalf("%s: %v\n%s", command, err, out)
				}
			}
		})
	}
}

// isReleased reports whether this is a tree that make release wrote: its module path has a dot.
func isReleased(tb testing.TB) bool {
	tb.Helper()
	path, _, _ := strings.Cut(strings.TrimPrefix(string(read(tb, "go.mod")), "module "), "\n")
	domain, _, _ := strings.Cut(path, "/")
	return strings.Contains(domain, ".")
}

func skipIfReleased(tb testing.TB) {
	tb.Helper()
	if isReleased(tb) {
		tb.Skip("this README.md is about what is published: make release-test runs its commands")
	}
}

// importing returns a program that imports packages.
func importing(packages ...string) string {
	return "package main\n\nimport (\n\t_ \"" + strings.Join(packages, "\"\n\t_ \"") + "\"\n)\n\nfunc main() {}\n"
}

// The recipe of README.md lists each module that users import, and README.md stays short.
func TestReadmeNamesModules(t *testing.T) {
	readme := string(read(t, "README.md"))
	released := isReleased(t)
	for _, m := range modules(t, root) {
		if name, ok := strings.CutPrefix(m, "jar/"); ok && !released && !strings.Contains(readme, "-replace=uacookie/"+m+"=$clone/"+m) {
			t.Errorf("the recipe of README.md lacks the module %s", name)
		}
	}
	if lines := strings.Count(regexp.MustCompile("(?s)```go.*?```").ReplaceAllString(readme, ""), "\n"); lines > 90 {
		t.Errorf("README.md has %d lines besides its program, want at most 90: one screen of text", lines)
	}
}
