package census

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// A limit is what testdata/census.json allows.
type limit struct {
	// Packages is the number of names that each public package exports.
	Packages map[string]int

	// Core are the packages that together may export at most Most names. Users need each
	// of these names, or it belongs to the seam between jar and store. The seam has at most
	// SeamMost names.
	Core     []string
	Most     int
	Seam     []string
	SeamMost int
}

func loadLimit(tb testing.TB) limit {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "census.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var l limit
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		tb.Fatalf("testdata/census.json: %v", err)
	}
	if len(l.Packages) == 0 || len(l.Core) == 0 || len(l.Seam) == 0 {
		tb.Fatal("testdata/census.json: want packages, core and seam")
	}
	return l
}

// Each package exports the number of names that testdata/census.json has for it. A change
// that raises a number says in CHANGELOG.md which program needs the name.
func TestNumbers(t *testing.T) {
	l := loadLimit(t)
	all, err := Public(root, "jar")
	if err != nil {
		t.Fatal(err)
	}
	core := 0
	for _, p := range all {
		n := len(p.Names)
		most, ok := l.Packages[p.Path]
		switch {
		case !ok:
			t.Errorf("%s exports %d names and is missing from testdata/census.json: add it", p.Path, n)
		case n != most:
			t.Errorf("%s exports %d names, testdata/census.json says %d: set it to the new number, "+
				"and if that is higher, say in CHANGELOG.md which program needs the name", p.Path, n, most)
		}
		delete(l.Packages, p.Path)
		if slices.Contains(l.Core, p.Path) {
			core += n
		}
	}
	for path := range l.Packages {
		t.Errorf("testdata/census.json has %s, which exports nothing", path)
	}
	if core > l.Most {
		t.Errorf("%s export %d names together, want %d at most", strings.Join(l.Core, ", "), core, l.Most)
	}
}

// Names that only sibling packages need are in internal folders. Each exported name of the
// core packages is used by a program or a godoc example, is exported again by package jar, is
// a constant of such a type, a field of such a struct, or a method of such an interface, is a
// method that packages of the standard library call, or is in the seam.
func TestNamesAreForUsers(t *testing.T) {
	l := loadLimit(t)
	if n := len(l.Seam); n > l.SeamMost {
		t.Errorf("the seam has %d names, want %d at most", n, l.SeamMost)
	}
	seam := map[string]bool{}
	for _, name := range l.Seam {
		if seam[name] {
			t.Errorf("the seam has %s twice", name)
		}
		seam[name] = true
	}
	u, err := Uses(root, l.Core)
	if err != nil {
		t.Fatal(err)
	}
	if !u.Used["match.Sites.Site"] || !u.Passed["store.Cookie"] || u.ConstantOf["store.SameSiteLax"] != "store.SameSite" {
		t.Fatal("users' code uses match.Sites.Site, and jar has store.Cookie: the census does not see it")
	}
	// Methods that packages of the standard library call.
	standard := []string{
		"String", "Error", "Unwrap", "Format", "LogValue",
		"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "AppendBinary", "UnmarshalBinary",
	}
	all, err := Public(root, "jar")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if !slices.Contains(l.Core, p.Path) {
			continue
		}
		pkg := path.Base(p.Path)
		for _, n := range p.Names {
			full := pkg + "." + n.String()
			of := pkg + "." + n.Of
			switch {
			case seam[full]:
				delete(seam, full)
			case u.Used[full] || u.Passed[full] || u.Passed[u.ConstantOf[full]]:
			case n.Member && (u.Passed[of] || u.Used[of]):
			case n.Of != "" && slices.Contains(standard, n.Name):
			default:
				t.Errorf("only sibling packages use %s: move it to an internal folder", full)
			}
		}
	}
	for name := range seam {
		t.Errorf("the seam has %s, which is not exported", name)
	}
}

// ARCHITECTURE.md lists the seam.
func TestSeamIsDocumented(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(data), "\n## The seam between jar and store\n")
	if section, _, _ = strings.Cut(section, "\n## "); !ok {
		t.Fatal("ARCHITECTURE.md has no section about the seam")
	}
	listed := map[string]bool{}
	of := ""
	for i, code := range strings.Split(section, "`") {
		switch {
		case i%2 == 0: // between two names
			if strings.Contains(code, "\n\n") {
				of = ""
			}
		case strings.HasPrefix(code, "store.Append"):
			listed[code] = true
		case strings.HasPrefix(code, "store.") || strings.HasPrefix(code, "match."):
			of = code
			listed[of] = true
		case of != "":
			listed[of+"."+code] = true
		}
	}
	for _, name := range loadLimit(t).Seam {
		if !listed[name] {
			t.Errorf("ARCHITECTURE.md does not list %s in the seam", name)
		}
		delete(listed, name)
	}
	delete(listed, "match.Sites") // for users; three of its methods are in the seam
	for name := range listed {
		t.Errorf("ARCHITECTURE.md lists %s in the seam, testdata/census.json does not", name)
	}
}

// The text of an exported sentinel error begins with the name of its package, so that a reader
// of a log knows where it comes from.
func TestSentinelErrors(t *testing.T) {
	all, err := Public(root, "jar")
	if err != nil {
		t.Fatal(err)
	}
	sentinels := 0
	for _, p := range all {
		files, err := parse(token.NewFileSet(), filepath.Join(root, p.Path), func(name string) bool {
			return !strings.HasSuffix(name, "_test.go")
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for name, text := range sentinelsOf(f) {
				sentinels++
				if want := path.Base(p.Path) + ": "; !strings.HasPrefix(text, want) {
					t.Errorf("%s.%s has the text %q, want one that begins with %q", p.Path, name, text, want)
				}
			}
		}
	}
	if sentinels == 0 {
		t.Error("no package has a sentinel error: the test sees none")
	}
}

// sentinelsOf returns the texts of the exported variables that a file sets by errors.New.
func sentinelsOf(f *ast.File) map[string]string {
	texts := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != len(v.Names) {
			return true
		}
		for i, name := range v.Names {
			call, ok := v.Values[i].(*ast.CallExpr)
			if !ok || !name.IsExported() || len(call.Args) != 1 {
				continue
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			text, isText := call.Args[0].(*ast.BasicLit)
			if ok && isText && fun.Sel.Name == "New" {
				texts[name.Name], _ = strconv.Unquote(text.Value)
			}
		}
		return true
	})
	return texts
}
