package spec

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// linkRE matches a link in Markdown: its text and its target.
var linkRE = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)

// Each link of a document to a file of the project leads to an existing file. A link whose
// text is the name of a test leads to the file that declares the test.
func TestLinks(t *testing.T) {
	links, tests := 0, 0
	for _, name := range files(t, ".md") {
		for _, m := range linkRE.FindAllStringSubmatch(string(read(t, name)), -1) {
			text, to := m[1], m[2]
			if strings.Contains(to, "://") || strings.HasPrefix(to, "#") {
				continue
			}
			links++
			to, _, _ = strings.Cut(to, "#")
			target := path.Join(path.Dir(name), to)
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(target))); err != nil {
				t.Errorf("%s: [%s](%s): no such file", name, text, to)
				continue
			}
			if f := strings.Trim(text, "`"); f != text && strings.HasSuffix(target, "_test.go") {
				tests++
				if !declares(t, target, f) {
					t.Errorf("%s: [%s](%s): the file does not declare this function", name, text, to)
				}
			}
		}
	}
	if links == 0 || tests == 0 {
		t.Errorf("found %d links, %d of them to tests: want some of both, or this test checks nothing", links, tests)
	}
}

// declares reports whether a Go file declares a function.
func declares(tb testing.TB, name, function string) bool {
	tb.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, read(tb, name), parser.SkipObjectResolution)
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == function {
			return true
		}
	}
	return false
}
