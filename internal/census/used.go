package census

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// A Usage is what users' code uses of some packages. Users' code is the programs in examples,
// without their tests, and the godoc examples. Names have the form "store.Cookie.Value".
type Usage struct {
	// Used are the names that users' code mentions.
	Used map[string]bool

	// Passed are the types that package jar has an alias for, and the functions that it has
	// under the same name.
	Passed map[string]bool

	// ConstantOf is the type of each constant that has a type of these packages.
	ConstantOf map[string]string
}

// Uses returns what users' code uses of the packages with these paths from the root. It runs
// the go command, for the types that the code imports.
func Uses(root string, of []string) (*Usage, error) {
	fset := token.NewFileSet()
	code := map[string][]*ast.File{} // by folder
	imports := map[string]bool{"uacookie/jar": true}
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
		code[at], err = parse(fset, at, func(name string) bool {
			if program {
				return !strings.HasSuffix(name, "_test.go")
			}
			return strings.HasSuffix(name, "example_test.go")
		})
		for _, f := range code[at] {
			for _, i := range f.Imports {
				name, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				imports[name] = true
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	im, err := importerOf(fset, filepath.Join(root, "examples"), imports)
	if err != nil {
		return nil, err
	}
	u := &Usage{map[string]bool{}, map[string]bool{}, map[string]string{}}
	names := map[types.Object]string{}
	for _, p := range of {
		pkg, err := im.Import("uacookie/" + p)
		if err != nil {
			return nil, err
		}
		u.name(pkg, names)
	}
	jar, err := im.Import("uacookie/jar")
	if err != nil {
		return nil, err
	}
	for o, name := range names {
		switch own := jar.Scope().Lookup(o.Name()).(type) {
		case *types.TypeName:
			u.Passed[name] = types.Identical(own.Type(), o.Type())
		case *types.Func:
			f, ok := o.(*types.Func)
			u.Passed[name] = ok && types.Identical(own.Signature(), f.Signature())
		}
	}
	for at, files := range code {
		if len(files) == 0 {
			continue
		}
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
		// A godoc example may call a function of another file of its test. Such an error
		// hides no name of an imported package.
		conf := types.Config{Importer: im, Error: func(error) {}}
		_, _ = conf.Check(at, fset, files, info)
		for _, o := range info.Uses {
			if name := names[o]; name != "" {
				u.Used[name] = true
			}
		}
	}
	return u, nil
}

// name adds the names of a package to names, and its typed constants to u.
func (u *Usage) name(pkg *types.Package, names map[types.Object]string) {
	base := path.Base(pkg.Path())
	for _, id := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(id)
		full := base + "." + id
		names[o] = full
		named, ok := o.Type().(*types.Named)
		if !ok {
			continue
		}
		if _, ok := o.(*types.Const); ok && named.Obj().Pkg() == pkg {
			u.ConstantOf[full] = base + "." + named.Obj().Name()
		}
		if _, ok := o.(*types.TypeName); !ok {
			continue
		}
		for m := range named.Methods() {
			names[m] = full + "." + m.Name()
		}
		switch t := named.Underlying().(type) {
		case *types.Struct:
			for f := range t.Fields() {
				names[f] = full + "." + f.Name()
			}
		case *types.Interface:
			for m := range t.Methods() {
				names[m] = full + "." + m.Name()
			}
		}
	}
}

// importerOf returns an importer for the packages and all that they import, as the go command
// builds them in a folder.
func importerOf(fset *token.FileSet, dir string, imports map[string]bool) (types.Importer, error) {
	args := []string{"list", "-e", "-deps", "-export", "-json=ImportPath,Export"}
	for name := range imports {
		args = append(args, name)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("census: go list: %w: %s", err, stderr.Bytes())
	}
	exports := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("census: go list: %w", err)
		}
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(fset, "gc", func(name string) (io.ReadCloser, error) {
		if exports[name] == "" {
			return nil, fmt.Errorf("census: the go command has no types of %s", name)
		}
		return os.Open(exports[name])
	}), nil
}
