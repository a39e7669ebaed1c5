package store

import (
	"fmt"
	"slices"
	"testing"
)

// Names whose hashes are equal are two names all the same: what a server chooses as
// names neither replaces, deletes, protects nor overlays a cookie of another name.
// The store's seed is random, so that nobody can choose them; but among a few hundred
// names there are two.
func TestNamesCollide(t *testing.T) {
	var s Store
	byHash := map[uint16]string{}
	var a, b string
	for i := 0; b == ""; i++ {
		name := fmt.Sprint("n", i)
		h := uint16(s.hasher().hash(name))
		if other, ok := byHash[h]; ok {
			a, b = other, name
		}
		byHash[h] = name
	}
	q := &Query{Host: "example.com", Path: "/", Now: epoch}
	secure := cookie(a, "example.com", "/", epoch)
	secure.Secure, secure.HttpOnly = true, true
	mustPut(t, &s, secure, Guard{}, epoch)
	mustPut(t, &s, cookie(b, "example.com", "/", epoch), Guard{NoOverlay: true, KeepHTTPOnly: true}, epoch)
	if got, want := names(&s, q), []string{a, b}; !slices.Equal(got, want) {
		t.Errorf("Select = %q, want %q: both are there", got, want)
	}
	gone := cookie(b, "example.com", "/", epoch)
	gone.Expires = epoch
	if got := s.Put(&gone, &Guard{Sites: s.Sites()}, epoch); got != Removed {
		t.Errorf("Put of %q, expired: %d, want Removed", b, got)
	}
	if got, want := names(&s, q), []string{a}; !slices.Equal(got, want) {
		t.Errorf("after %q was deleted Select = %q, want %q", b, got, want)
	}
	again := cookie(a, "example.com", "/", epoch)
	if got := s.Put(&again, &Guard{Sites: s.Sites(), NoOverlay: true}, epoch); got != RefusedOverlay {
		t.Errorf("Put of %q with NoOverlay: %d, want RefusedOverlay", a, got)
	}
}
