package jar

import (
	"fmt"
	"log/slog"
	"reflect"
	"sync"

	"uacookie/jar/store"
)

// RedactAttr removes the values of cookies from log records. It is for ReplaceAttr of
// [slog.HandlerOptions]. It handles what slog does not pass to [Cookie.LogValue]: slices,
// arrays, maps and structs with a Cookie, [Verdict], [Change] or [Event] anywhere in them,
// in exported fields or not. It turns structs into maps of their exported fields, and
// cookies into maps of what their LogValue returns. It leaves all other attributes as they
// are.
//
// It does not look for cookies in other types, such as [http.Cookie], [http.Header] and
// strings.
func RedactAttr(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindAny {
		if v := reflect.ValueOf(a.Value.Any()); holds(v, map[place]bool{}) {
			a.Value = slog.AnyValue(redacted(v, maxNesting))
		}
	}
	return a
}

// maxNesting is the depth to which a value is shown: values may point to themselves.
const maxNesting = 32

var (
	cookieType    = reflect.TypeFor[store.Cookie]()
	logValuerType = reflect.TypeFor[slog.LogValuer]()
)

// A place identifies what a pointer, map or slice refers to.
type place struct {
	at  uintptr
	n   int // the length, of a slice
	typ reflect.Type
}

// holds reports whether a handler that shows v may reach a Cookie. Seen has the places
// visited so far.
func holds(v reflect.Value, seen map[place]bool) bool {
	if !v.IsValid() {
		return false
	}
	switch may(v.Type()) {
	case never:
		return false
	case always:
		return true
	}
	switch v.Kind() { // it depends on the interfaces in v
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() || !v.CanInterface() && v.Kind() == reflect.Pointer {
			return false // no handler follows a pointer in a field that is not exported
		}
		at := place{at: v.Pointer(), typ: v.Type()}
		if v.Kind() == reflect.Slice {
			at.n = v.Len()
		}
		if seen[at] {
			return false
		}
		seen[at] = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return holds(v.Elem(), seen)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if holds(v.Index(i), seen) {
				return true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if holds(it.Key(), seen) || holds(it.Value(), seen) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if holds(v.Field(i), seen) {
				return true
			}
		}
	}
	return false
}

// An answer says whether values of a type contain a Cookie.
type answer uint8

const (
	never  answer = iota
	depend        // it depends on the values of interfaces
	always
)

// answers caches may.
var answers sync.Map // of reflect.Type to answer

// may returns the answer for a type: always if Cookie is among its element and field types,
// depend if an interface is.
func may(whole reflect.Type) answer {
	if a, ok := answers.Load(whole); ok {
		return a.(answer)
	}
	most := never
	seen := map[reflect.Type]bool{whole: true}
	for todo := []reflect.Type{whole}; len(todo) > 0 && most < always; {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		var parts []reflect.Type
		switch t.Kind() {
		case reflect.Interface:
			most = depend
		case reflect.Pointer, reflect.Slice, reflect.Array:
			parts = append(parts, t.Elem())
		case reflect.Map:
			parts = append(parts, t.Key(), t.Elem())
		case reflect.Struct:
			if isCookieType(t) {
				most = always
			}
			for i := range t.NumField() {
				parts = append(parts, t.Field(i).Type)
			}
		}
		for _, part := range parts {
			if !seen[part] {
				seen[part] = true
				todo = append(todo, part)
			}
		}
	}
	answers.Store(whole, most)
	return most
}

// redacted returns the value to log instead of v, which may contain Cookies.
func redacted(v reflect.Value, depth int) any {
	switch {
	case !v.IsValid():
		return nil
	case depth == 0:
		return "(too deep)"
	case isCookieType(v.Type()):
		return plain(v.Convert(cookieType).Interface().(store.Cookie).LogValue(), depth)
	case !v.CanInterface():
		return "(not exported)"
	case may(v.Type()) == never:
		return v.Interface()
	case v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Type().Implements(logValuerType) && v.Kind() != reflect.Interface:
		return plain(slog.AnyValue(v.Interface()).Resolve(), depth)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return redacted(v.Elem(), depth-1)
	case reflect.Slice, reflect.Array:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = redacted(v.Index(i), depth-1)
		}
		return all
	case reflect.Map:
		all := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			all[fmt.Sprint(redacted(it.Key(), depth-1))] = redacted(it.Value(), depth-1)
		}
		return all
	case reflect.Struct:
		all := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				all[f.Name] = redacted(v.Field(i), depth-1)
			}
		}
		return all
	}
	return v.Interface()
}

// plain converts a resolved slog.Value for a slice, map or struct: a group becomes a map.
func plain(v slog.Value, depth int) any {
	if v.Kind() != slog.KindGroup {
		return redacted(reflect.ValueOf(v.Any()), depth-1)
	}
	all := map[string]any{}
	for _, a := range v.Group() {
		all[a.Key] = plain(a.Value.Resolve(), depth-1)
	}
	return all
}

// isCookieType reports whether t is Cookie, or a type declared as a Cookie.
func isCookieType(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(cookieType)
}
