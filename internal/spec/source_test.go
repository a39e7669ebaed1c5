package spec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// root is the project's directory.
const root = "../.."

// files returns the paths, relative to the root, of the project's files with one of the
// extensions.
func files(tb testing.TB, extensions ...string) []string {
	tb.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && name != "." {
				return filepath.SkipDir
			}
			return nil
		}
		for _, e := range extensions {
			if strings.HasSuffix(path, e) {
				names = append(names, filepath.ToSlash(name))
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(names) == 0 {
		tb.Fatalf("found no files with the extensions %q", extensions)
	}
	return names
}

func read(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// A source is the set of citations and deviations in a Go file.
type source struct {
	cited      map[step][]string // the lines of comments that cite or mark a step
	errs       []error
	deviations []deviation
}

// A deviation is a comment, or a paragraph of a comment, that starts with "Deviation:".
type deviation struct {
	where, in string     // file and declaration
	cites     []citation // citations in the comment and in the declaration's doc comment
}

// markRE matches a comment that marks one or several steps on the line that implements
// them.
var markRE = regexp.MustCompile(`^// ([1-9][0-9]*(?:\.[0-9]+)*(?:(?:, and |, | and | to )[0-9]+(?:\.[0-9]+)*)*)(|[:;,].*| .*)$`)

// isMark reports whether a comment is a mark, and returns its list of numbers. A comment on
// its own line is a mark only with a colon or a semicolon after the numbers.
func isMark(comment string, trailing bool) (list string, ok bool) {
	m := markRE.FindStringSubmatch(comment)
	if m == nil || !trailing && !strings.HasPrefix(m[2], ":") && !strings.HasPrefix(m[2], ";") {
		return "", false
	}
	return m[1], true
}

// flow returns the text of a comment on one line.
func flow(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }

// scan reads the citations in a Go file. If marks is true, it reads marks, and citations in
// strings, too. Tests are scanned without marks.
func (x *index) scan(name string, src []byte, marks bool) (*source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{cited: map[step][]string{}}
	lines := strings.Split(string(src), "\n")
	where := func(p token.Pos) string { return fmt.Sprintf("%s:%d", name, fset.Position(p).Line) }
	cite := func(k step, p token.Pos) { s.cited[k] = append(s.cited[k], where(p)) }
	fail := func(p token.Pos, err error) { s.errs = append(s.errs, fmt.Errorf("%s: %w", where(p), err)) }

	// The context of a mark is the citations in the doc comment of its declaration. If the
	// doc comment cites nothing, the context is the sections cited by the last comment
	// before the mark in the declaration that cites any. If no comment does, it is the
	// citations of all doc comments in the file.
	contexts := map[ast.Decl][]citation{}
	inner := map[ast.Decl][]citation{}
	var whole []citation
	for _, d := range file.Decls {
		if doc := docOf(d); doc != nil {
			contexts[d], _ = x.parseCitations(flow(doc))
			whole = append(whole, contexts[d]...)
		}
	}

	for _, g := range file.Comments {
		text := flow(g)
		cites, errs := x.parseCitations(text)
		for _, err := range errs {
			fail(g.Pos(), err)
		}
		for _, c := range cites {
			for _, n := range c.steps {
				cite(step{c.section, c.list, n}, g.Pos())
			}
		}
		decl := enclosing(fset, file, g)
		if len(cites) > 0 && decl != nil && g != docOf(decl) {
			inner[decl] = nil
			for _, c := range cites {
				inner[decl] = append(inner[decl], citation{section: c.section, list: c.list})
			}
		}
		if strings.Contains(text, "Deviation:") {
			s.deviations = append(s.deviations, deviation{name, nameOf(decl), append(cites, contexts[decl]...)})
		}
		if !marks {
			continue
		}
		for _, c := range g.List {
			p := fset.Position(c.Pos())
			trailing := strings.TrimSpace(lines[p.Line-1][:p.Column-1]) != ""
			list, ok := isMark(c.Text, trailing)
			if !ok || decl == nil {
				continue
			}
			in := contexts[decl]
			if len(in) == 0 {
				in = inner[decl]
			}
			if len(in) == 0 {
				in = whole
			}
			all, _, err := numbers(list)
			if err != nil {
				fail(c.Pos(), err)
			}
			for _, n := range all {
				if k, err := x.resolve(in, n); err != nil {
					fail(c.Pos(), fmt.Errorf("%s: %w", c.Text, err))
				} else {
					cite(k, c.Pos())
				}
			}
		}
	}
	if marks {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				_, errs := x.parseCitations(text)
				for _, err := range errs {
					fail(lit.Pos(), err)
				}
			}
			return true
		})
	}
	return s, nil
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// nameOf returns the first name that a declaration declares. It returns "" for nil.
func nameOf(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				return s.Name.Name
			case *ast.ValueSpec:
				return s.Names[0].Name
			}
		}
	}
	return ""
}

// enclosing returns the declaration that a comment belongs to: as its doc comment, inside
// it, or after it on its last line. It returns nil for other comments.
func enclosing(fset *token.FileSet, file *ast.File, g *ast.CommentGroup) ast.Decl {
	for _, d := range file.Decls {
		start := d.Pos()
		if doc := docOf(d); doc != nil {
			start = doc.Pos()
		}
		behind := fset.Position(d.End()).Line == fset.Position(g.Pos()).Line
		if start <= g.Pos() && (g.Pos() < d.End() || behind) {
			return d
		}
	}
	return nil
}

// The scan finds marks and citations, and reports wrong ones.
func TestScan(t *testing.T) {
	x := loadIndex(t)
	const header = "package p\n\n"
	for _, test := range []struct {
		name, src string
		cited     string // the steps cited, in the index's order
		err       string
	}{
		{"mark", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\tg() // 16.3\n}", "Section 5.7, step 16.3", ""},
		{"several", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\tg() // 2, 3 and 11 to 13\n}", "Section 5.7, step 2; Section 5.7, step 3; Section 5.7, step 11; Section 5.7, step 12; Section 5.7, step 13", ""},
		{"text", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\tg() // 2: as it is; 3 is elsewhere\n}", "Section 5.7, step 2", ""},
		{"own-line", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\t// 2: empty\n\t// 400 days\n}", "Section 5.7, step 2", ""},
		{"signature", "// F is RFC 6265bis, Section 5.6.3.\nfunc F() { // 1\n}", "Section 5.6.3, step 1", ""},
		{"block", "// Bits of RFC 6265bis, Section 5.8.3, step 3.\nconst (\n\ta = iota // 3.3\n\tb // 3.4\n)", "Section 5.8.3, step 3; Section 5.8.3, step 3.3; Section 5.8.3, step 3.4", ""},
		{"one-line", "// RFC 6265bis, Section 5.5 and Section 5.6.1.\nconst a = 1 // 3", "Section 5.6.1, step 3", ""},
		{"helper", "// F is RFC 6265bis, Section 5.7, step 23.\nfunc F() {}\n\nfunc f() {\n\tg() // 23.1\n}", "Section 5.7, step 23; Section 5.7, step 23.1", ""},
		{"wrapped", "// F is RFC 6265bis,\n// Section 5.7, removal,\n// step 2.\nfunc F() {}", "Section 5.7, removal, step 2", ""},
		{"inner", "func f() {\n\tg() // RFC 6265bis, Section 5.6.1, step 2\n\tg() // 6\n\tg() // RFC 6265bis, Section 5.6.2\n\tg() // 8\n}", "Section 5.6.1, step 2; Section 5.6.1, step 6; Section 5.6.2, step 8", ""},
		{"elsewhere", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\t// Step 5: the store does this.\n}", "", ""},

		{"bad-mark", "// F is RFC 6265bis, Section 5.7.\nfunc F() {\n\tg() // 16.5\n}", "", "p.go:5"},
		{"out-of-step", "// F is RFC 6265bis, Section 5.7, step 16.\nfunc F() {\n\tg() // 17\n}", "", "none of the sections"},
		{"no-section", "func F() {\n\tg() // 17\n}", "", "none of the sections"},
		{"inner-other", "func f() {\n\tg() // RFC 6265bis, Section 5.6.1\n\tg() // 8\n}", "", "none of the sections"},
		{"ambiguous", "// F is RFC 6265bis, Section 5.6 and Section 5.7.\nfunc F() {\n\tg() // 2\n}", "", "may be"},
		{"bad-citation", "func F() {\n\t// RFC 6265bis, Section 5.7, step 26\n}", "", "no Section 5.7, step 26"},
		{"bad-string", "var s = `Section 5.7, step 26`", "", "no Section 5.7, step 26"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := x.scan("p.go", []byte(header+test.src), true)
			if err != nil {
				t.Fatal(err)
			}
			if test.err != "" {
				if len(s.errs) == 0 || !strings.Contains(s.errs[0].Error(), test.err) {
					t.Errorf("errors %v, want one with %q", s.errs, test.err)
				}
				return
			}
			var got []string
			for _, k := range x.order {
				if s.cited[k] != nil {
					got = append(got, k.String())
				}
			}
			if strings.Join(got, "; ") != test.cited || s.errs != nil {
				t.Errorf("cited %q and errors %v, want %q", got, s.errs, test.cited)
			}
		})
	}
}
