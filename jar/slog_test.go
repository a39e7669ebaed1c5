package jar_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/browser"
	"uacookie/jar/cookiefile"
	"uacookie/jar/durable"
	"uacookie/jar/inspect"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/scenario"
	"uacookie/jar/store"
)

// exportedTypes are the exported types of the public packages, except interfaces and the
// aliases of jar.
var exportedTypes = map[string][]any{
	"jar": {jar.Event{}, jar.Jar{}, jar.Op(0), jar.Options{}, jar.Transport{}},
	"jar/backend": {
		backend.Answer{}, backend.Batch{}, backend.Event{}, backend.Op{}, backend.Record{}, backend.RecordError{},
		backend.Snapshot{}, backend.Stamp{}, backend.Version{},
	},
	"jar/backend/backendtest": {backendtest.Conn{}, backendtest.Memory{}, backendtest.MemoryConn{}, backendtest.SharedServer{}, backendtest.Server{}},
	"jar/browser": {
		browser.Browser{}, browser.CookieChange{}, browser.CookieInit{}, browser.CookieQuery{}, browser.CookieStore{},
		browser.Credentials(""), browser.Exception{}, browser.Exchange{}, browser.FetchOptions{}, browser.Frame{}, browser.LoadOptions{}, browser.Navigation{},
		browser.Kind(""), browser.Log{}, browser.Mode(""), browser.Response{}, browser.Sites{}, browser.Tab{}, browser.UnservedError{}, browser.Worker{}, browser.WriteOptions{},
	},
	"jar/cookiefile": {
		cookiefile.Format(0), cookiefile.LineError{}, cookiefile.Loss{}, cookiefile.ReadOptions{}, cookiefile.Skip(0), cookiefile.Lost(0), cookiefile.WriteOptions{},
	},
	"jar/durable": {durable.Jar{}, durable.Options{}, durable.Transport{}},
	"jar/inspect": {inspect.Counters{}, inspect.Counts{}, inspect.Handler{}, inspect.Options{}},
	"jar/match":   {match.List{}, match.Sites{}},
	"jar/policy": {
		policy.Context{}, policy.Part{}, policy.Reason(0),
		policy.Refusal{}, policy.Request{}, policy.Step{}, policy.ThirdParty(0), policy.UserAgent(0), policy.Verdict{},
	},
	"jar/scenario": {
		scenario.Bytes(""), scenario.Call{}, scenario.Ctx{}, scenario.Frame{}, scenario.Request{}, scenario.Result{}, scenario.Scenario{}, scenario.Step{},
	},
	"jar/store": {
		store.Cause(0), store.Change{}, store.Cookie{}, store.Conditions{}, store.Key{}, store.Limits{}, store.Match{},
		store.Partition{}, store.Priority(0), store.Query{}, store.SameSite(0), store.Store{},
	},
}

// valueTypes are the exported types in which a handler of slog would show a cookie's value. The
// test finds them itself; this list checks that it does.
var valueTypes = []string{
	"backend.Answer", "backend.Batch", "backend.Event", "backend.Op", "backend.Record", "backend.Snapshot", "browser.CookieChange", "browser.Exchange", "browser.Log", "browser.Response", "cookiefile.Loss",
	"jar.Event", "policy.Verdict", "store.Change", "store.Cookie",
}

// exportedTypes has every exported type of the source, new ones included.
func TestExportedTypesAreKnown(t *testing.T) {
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil || d.Name() == "internal" || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if _, inside := n.(*ast.FuncDecl); inside {
					return false
				}
				if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() && !spec.Assign.IsValid() {
					if _, is := spec.Type.(*ast.InterfaceType); !is {
						want = append(want, spec.Name.Name)
					}
				}
				return true
			})
		}
		var got []string
		for _, x := range exportedTypes[filepath.ToSlash(filepath.Join("jar", dir))] {
			got = append(got, reflect.TypeOf(x).Name())
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("exportedTypes of %s (-source +list):\n%s", dir, diff)
		}
	}
}

const slogCanary = "S3CR3T"

// fill sets what is exported of v so that each Cookie, and each header field, in it has
// the canary as its value. It reports whether there is a Cookie.
func fill(v reflect.Value, around map[reflect.Type]bool) (filled bool) {
	t := v.Type()
	switch {
	case t == reflect.TypeFor[http.Header]():
		v.Set(reflect.ValueOf(http.Header{"Cookie": {"a=" + slogCanary}, "Set-Cookie": {"a=" + slogCanary}}))
		return false // by itself it is net/http's, and shown
	case t == reflect.TypeFor[jar.Cookie]():
		v.Set(reflect.ValueOf(jar.Cookie{Name: "a", Value: slogCanary, Domain: "a.test", Path: "/"}))
		return true
	case around[t] || strings.HasPrefix(t.PkgPath(), "net/http"):
		return false
	}
	around[t] = true
	defer delete(around, t)
	switch t.Kind() {
	case reflect.Pointer:
		p := reflect.New(t.Elem())
		if fill(p.Elem(), around) {
			v.Set(p)
			return true
		}
	case reflect.Slice:
		s := reflect.MakeSlice(t, 2, 2)
		if fill(s.Index(0), around) && fill(s.Index(1), around) {
			v.Set(s)
			return true
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && fill(v.Field(i), around) {
				filled = true
			}
		}
	}
	return filled
}

// logged returns the output of slog's handlers for x, in all places where an attribute can be.
func logged(x any, replace func([]string, slog.Attr) slog.Attr) string {
	var out bytes.Buffer
	o := &slog.HandlerOptions{ReplaceAttr: replace}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, o), slog.NewJSONHandler(&out, o)} {
		l := slog.New(h)
		l.Info("m", "x", x)
		l.Info("m", slog.Group("g", "x", x, slog.Group("h", "x", x)))
		l.With("x", x).WithGroup("g").With("x", x).Info("m", "x", x)
	}
	return out.String()
}

// No exported type shows a cookie's value in a log, by itself, by a pointer, or in a group.
// With RedactAttr, types that contain one do not either, and all other types are logged as
// without it.
func TestSlog(t *testing.T) {
	var found []string
	for _, all := range exportedTypes {
		for _, zero := range all {
			p := reflect.New(reflect.TypeOf(zero))
			typ := p.Type().Elem()
			if !fill(p.Elem(), map[reflect.Type]bool{}) {
				continue
			}
			found = append(found, typ.String())
			for what, x := range map[string]any{"value": p.Elem().Interface(), "pointer": p.Interface()} {
				for with, replace := range map[string]func([]string, slog.Attr) slog.Attr{"": nil, " with RedactAttr": jar.RedactAttr} {
					got := logged(x, replace)
					if shows(got, slogCanary) {
						t.Errorf("%s of %v%s shows it:\n%s", what, typ, with, got)
					}
					if !strings.Contains(got, "a.test") {
						t.Errorf("%s of %v%s: the cookie's domain is not there:\n%s", what, typ, with, got)
					}
				}
			}
			for what, x := range holders(p) {
				got := logged(x, jar.RedactAttr)
				if shows(got, slogCanary) {
					t.Errorf("%s of %v with RedactAttr shows it:\n%s", what, typ, got)
				}
				if !strings.Contains(got, "a.test") && !strings.Contains(what, "not exported") {
					t.Errorf("%s of %v with RedactAttr: the cookie's domain is not there:\n%s", what, typ, got)
				}
			}
		}
	}
	slices.Sort(found)
	if diff := cmp.Diff(valueTypes, found); diff != "" {
		t.Errorf("types with a value (-list +found):\n%s", diff)
	}
}

// holders returns values that contain what p points to, in which slog does not call its
// LogValue.
func holders(p reflect.Value) map[string]any {
	typ, x := p.Type().Elem(), p.Elem().Interface()
	slice := reflect.MakeSlice(reflect.SliceOf(typ), 2, 4)
	slice.Index(0).Set(p.Elem())
	slice.Index(1).Set(p.Elem())
	pointers := reflect.MakeSlice(reflect.SliceOf(p.Type()), 1, 1)
	pointers.Index(0).Set(p)
	byName := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), typ))
	byName.SetMapIndex(reflect.ValueOf("k"), p.Elem())
	array := reflect.New(reflect.ArrayOf(1, typ)).Elem()
	array.Index(0).Set(p.Elem())
	field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "X", Type: typ}, {Name: "N", Type: reflect.TypeFor[int]()}})).Elem()
	field.Field(0).Set(p.Elem())
	loop := []any{1, x}
	loop[0] = loop
	type node struct {
		Next *node
		X    any
	}
	ring := &node{X: x}
	ring.Next = &node{Next: ring}
	return map[string]any{
		"slice": slice.Interface(), "slice of pointers": pointers.Interface(), "map": byName.Interface(), "array": array.Interface(),
		"struct": field.Interface(), "[]any": []any{1, x}, "pointers in []any": []any{&x, p.Interface()},
		"map[string]any": map[string]any{"k": []any{x}}, "nested": map[string][]any{"k": {slice.Interface(), nil}},
		"pointer to []any":            &[]any{x},
		"struct with any":             struct{ X, Y any }{X: x},
		"any that is not exported":    struct{ x any }{x},
		"struct that is not exported": struct{ x []any }{[]any{slice.Interface()}},
		"LogValuer":                   logValuer{slice.Interface()},
		"[]LogValuer":                 []any{logValuer{x}},
		"itself":                      loop,
		"ring":                        ring,
	}
}

type logValuer struct{ x any }

func (l logValuer) LogValue() slog.Value { return slog.AnyValue(l.x) }

// Cookies may be in a program's own types, in map keys, and where handlers call no method.
func TestRedactAttrOwnTypes(t *testing.T) {
	type session jar.Cookie
	c := jar.Cookie{Name: "a", Value: slogCanary, Domain: "a.test", Path: "/"}
	for what, x := range map[string]any{
		"converted":    session(c),
		"by pointer":   (*session)(&c),
		"embedded":     struct{ jar.Cookie }{c},
		"not exported": struct{ c jar.Cookie }{c},
		"map key":      map[jar.Cookie]int{c: 1},
		"deep":         map[string]map[int][]struct{ V []*jar.Verdict }{"k": {1: {{V: []*jar.Verdict{{Cookie: c}, nil}}}}},
		"nil":          []*jar.Cookie{nil, &c},
	} {
		if got := logged(x, jar.RedactAttr); shows(got, slogCanary) {
			t.Errorf("%s: shown:\n%s", what, got)
		}
	}
}

// Values without cookies are logged as without RedactAttr.
func TestRedactAttrLeavesOthers(t *testing.T) {
	j := mustJar(t, nil)
	for _, x := range []any{
		nil, 1, "text", []int{1}, map[string]any{"a": []any{1, nil}}, struct{ A, b int }{1, 2}, io.EOF, []error{io.EOF},
		&http.Request{Method: "GET", URL: testkit.URL(t, "http://a.test/")}, reflect.TypeFor[int](), j.Options().Limits,
		jar.Refusal{Name: "a", Host: "a.test"}, []jar.Reason{policy.ReasonExpired}, store.Key{Name: "a"}, (*jar.Cookie)(nil), []jar.Event(nil),
	} {
		strip := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
		both := func(groups []string, a slog.Attr) slog.Attr { return jar.RedactAttr(groups, strip(groups, a)) }
		if p, ok := x.(*jar.Cookie); ok && p == nil {
			logged(x, both) // no panic
			continue
		}
		if got, want := logged(x, both), logged(x, strip); got != want && !(reflect.ValueOf(x).Kind() == reflect.Slice && reflect.ValueOf(x).IsNil()) {
			t.Errorf("%#v: logged\n%s\nwant\n%s", x, got, want)
		}
	}
}
