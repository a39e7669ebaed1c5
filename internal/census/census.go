// Package census counts the names that the packages of the project export, for
// the test that keeps their number from growing unnoticed.
package census

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Package is one public package and what it exports.
type Package struct {
	Path  string // from the root, with slashes
	Names []Name
}

// A Name is one exported name: of a function, a constant, a variable or a type, or of a
// method or a field of a type.
type Name struct {
	Name  string // without the type's
	Of    string // the type that a method or a field belongs to, or ""
	Field bool   // whether it is a field
}

// String returns the name as godoc has it: "Cookie.Value" for a field or a method.
func (n Name) String() string {
	if n.Of != "" {
		return n.Of + "." + n.Name
	}
	return n.Name
}

// Public returns the packages below dir, of every module there, that users can import.
// Tests, commands, and what lies under an internal or testdata folder do not count.
func Public(root, dir string) ([]Package, error) {
	var all []Package
	err := filepath.WalkDir(filepath.Join(root, dir), func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case d.Name() == "internal" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		names, err := exported(at)
		if len(names) > 0 {
			all = append(all, Package{filepath.ToSlash(rel), names})
		}
		return err
	})
	return all, err
}

// exported returns what the package in a folder exports; nothing if there is none.
func exported(dir string) ([]Name, error) {
	files, fset, err := parse(dir, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	if err != nil || len(files) == 0 || files[0].Name.Name == "main" {
		return nil, err
	}
	d, err := doc.NewFromFiles(fset, files, path.Base(filepath.ToSlash(dir)))
	if err != nil {
		return nil, err
	}
	var names []Name
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, name := range v.Names {
				if ast.IsExported(name) {
					names = append(names, Name{Name: name})
				}
			}
		}
	}
	funcs := func(all []*doc.Func, of string) {
		for _, f := range all {
			names = append(names, Name{Name: f.Name, Of: of})
		}
	}
	values(d.Consts)
	values(d.Vars)
	funcs(d.Funcs, "")
	for _, t := range d.Types {
		names = append(names, Name{Name: t.Name})
		values(t.Consts)
		values(t.Vars)
		funcs(t.Funcs, "")
		funcs(t.Methods, t.Name)
		for _, spec := range t.Decl.Specs {
			names = append(names, members(t.Name, spec.(*ast.TypeSpec).Type)...)
		}
	}
	return names, nil
}

// members returns the exported fields of a struct, or methods of an interface.
func members(of string, typ ast.Expr) []Name {
	var list *ast.FieldList
	field := false
	switch t := typ.(type) {
	case *ast.StructType:
		list, field = t.Fields, true
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return nil
	}
	var names []Name
	for _, f := range list.List {
		for _, id := range f.Names {
			if id.IsExported() {
				names = append(names, Name{id.Name, of, field})
			}
		}
	}
	return names
}

// parse parses the Go files of a folder that want takes.
func parse(dir string, want func(name string) bool) ([]*ast.File, *token.FileSet, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(names)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if !want(name) {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, nil, fmt.Errorf("census: %w", err)
		}
		files = append(files, f)
	}
	return files, fset, nil
}

// Used returns the names that the users' side of the project mentions: the programs
// in examples, and the examples in godoc. It goes by the text of a name, whatever it is
// selected from.
func Used(root string) (map[string]bool, error) {
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && at != root {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		program := strings.HasPrefix(filepath.ToSlash(rel)+"/", "examples/")
		files, _, err := parse(at, func(name string) bool {
			return program || strings.HasSuffix(name, "example_test.go")
		})
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					used[n.Sel.Name] = true
				case *ast.KeyValueExpr:
					if id, ok := n.Key.(*ast.Ident); ok {
						used[id.Name] = true
					}
				}
				return true
			})
		}
		return err
	})
	return used, err
}

// Reexported returns the names that package jar passes on from another package: by an alias
// of a type, or by a constant or a function of its own with the same value.
func Reexported(root string) (map[string]bool, error) {
	files, _, err := parse(filepath.Join(root, "jar"), func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	note := func(e ast.Expr) {
		if s, ok := e.(*ast.SelectorExpr); ok {
			if p, ok := s.X.(*ast.Ident); ok {
				names[p.Name+"."+s.Sel.Name] = true
			}
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Assign.IsValid() {
						note(s.Type)
					}
				case *ast.ValueSpec:
					for _, v := range s.Values {
						note(v)
					}
				}
			}
		}
	}
	return names, nil
}
