// Package census counts the names that the packages of the project export. Its test keeps
// the numbers from growing unnoticed.
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

// A Package is a public package with its exported names.
type Package struct {
	Path  string // from the root, with slashes
	Names []Name
}

// A Name is the exported name of a function, constant, variable, type, method or field.
type Name struct {
	Name   string // without the name of the type
	Of     string // the type that a method or a field belongs to, or ""
	Member bool   // a field of a struct, or a method of an interface
}

// String returns the name in the form of godoc: "Cookie.Value" for a field or a method.
func (n Name) String() string {
	if n.Of != "" {
		return n.Of + "." + n.Name
	}
	return n.Name
}

// Public returns the packages below root/dir that users can import, of all modules there. It
// leaves out tests, commands, and packages in internal and testdata folders.
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

// exported returns the exported names of the package in a folder. It returns nil if the
// folder has no package.
func exported(dir string) ([]Name, error) {
	fset := token.NewFileSet()
	files, err := parse(fset, dir, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
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
	switch t := typ.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return nil
	}
	var names []Name
	for _, f := range list.List {
		for _, id := range f.Names {
			if id.IsExported() {
				names = append(names, Name{id.Name, of, true})
			}
		}
	}
	return names
}

// parse parses the Go files of a folder for which want returns true.
func parse(fset *token.FileSet, dir string, want func(name string) bool) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var files []*ast.File
	for _, name := range names {
		if !want(name) {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("census: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}
