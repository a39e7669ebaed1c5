package spec

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the guides for developers name in backquotes is there: files and folders, tests, and
// directives of go generate.
func TestGuidesNameWhatIsThere(t *testing.T) {
	quoted := regexp.MustCompile("`([^`\n]+)`")
	pathRE := regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+$`)
	testRE := regexp.MustCompile(`^(Test|Fuzz|Benchmark)[A-Z]\w*$`)
	generateRE := regexp.MustCompile(`^go generate \./(\S+)$`)

	functions := map[string]bool{}
	funcRE := regexp.MustCompile(`(?m)^func (\w+)\(`)
	for _, name := range files(t, "_test.go") {
		for _, m := range funcRE.FindAllStringSubmatch(string(read(t, name)), -1) {
			functions[m[1]] = true
		}
	}
	found := 0
	for _, guide := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, m := range quoted.FindAllStringSubmatch(string(read(t, guide)), -1) {
			switch text := m[1]; {
			case testRE.MatchString(text):
				found++
				if !functions[text] {
					t.Errorf("%s: `%s`: there is no such test", guide, text)
				}
			case pathRE.MatchString(text):
				found++
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(text))); err != nil && !strings.HasPrefix(text, "golang.org/") {
					t.Errorf("%s: `%s`: there is no such file or folder", guide, text)
				}
			case generateRE.MatchString(text):
				found++
				dir := filepath.Join(root, filepath.FromSlash(generateRE.FindStringSubmatch(text)[1]))
				names, err := filepath.Glob(filepath.Join(dir, "*.go"))
				if err != nil {
					t.Fatal(err)
				}
				has := false
				for _, name := range names {
					b, err := os.ReadFile(name)
					if err != nil {
						t.Fatal(err)
					}
					has = has || strings.Contains(string(b), "\n//go:generate ")
				}
				if !has {
					t.Errorf("%s: `%s`: nothing there says go:generate", guide, text)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("%d names in the guides, want at least 20, or this finds nothing", found)
	}
}
