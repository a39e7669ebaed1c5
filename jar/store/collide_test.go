package store

import (
	"fmt"
	"slices"
	"testing"

	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
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
		h := uint16(s.index.Hasher().Name(name))
		if other, ok := byHash[h]; ok {
			a, b = other, name
		}
		byHash[h] = name
	}
	q := &Query{Host: "example.com", Path: "/", Now: epoch}
	secure := newCookie(a, "example.com", "/", epoch)
	secure.Secure, secure.HttpOnly = true, true
	mustPut(t, &s, secure, Conditions{}, epoch)
	mustPut(t, &s, newCookie(b, "example.com", "/", epoch), Conditions{NoOverlay: true, KeepHTTPOnly: true}, epoch)
	if got, want := names(&s, q), []string{a, b}; !slices.Equal(got, want) {
		t.Errorf("Select = %q, want %q: both are there", got, want)
	}
	gone := newCookie(b, "example.com", "/", epoch)
	gone.Expires = epoch
	if got := s.Put(&gone, &Conditions{Sites: s.Sites()}, epoch); got != seam.Removed {
		t.Errorf("Put of %q, expired: %d, want Removed", b, got)
	}
	if got, want := names(&s, q), []string{a}; !slices.Equal(got, want) {
		t.Errorf("after %q was deleted Select = %q, want %q", b, got, want)
	}
	again := newCookie(a, "example.com", "/", epoch)
	if got := s.Put(&again, &Conditions{Sites: s.Sites(), NoOverlay: true}, epoch); got != seam.RefusedOverlay {
		t.Errorf("Put of %q with NoOverlay: %d, want RefusedOverlay", a, got)
	}
}

// The same holds on a site of many pages, where names of one hash are sought in the pages
// that have them.
func TestNamesCollideOnLargeSite(t *testing.T) {
	for together := 2; together <= 4; together++ {
		var s Store
		byHash := map[uint16][]string{}
		var same []string
		for i := 0; len(same) < together; i++ {
			name := fmt.Sprint("n", i)
			h := uint16(s.index.Hasher().Name(name))
			byHash[h] = append(byHash[h], name)
			same = byHash[h]
		}
		var want []string
		put := func(name string) {
			c := newCookie(name, "example.com", "/", epoch)
			c.Value = fmt.Sprint(len(want))
			mustPut(t, &s, c, Conditions{}, epoch)
		}
		for _, name := range same { // each in a page of its own
			for i := range 2 * engine.MaxPageEntries {
				filler := fmt.Sprint(name, "-", i)
				put(filler)
				want = append(want, filler)
			}
			put(name)
			want = append(want, name)
		}
		q := &Query{Host: "example.com", Path: "/", Now: epoch}
		check := func(after string) {
			t.Helper()
			if got := names(&s, q); !slices.Equal(got, want) {
				t.Fatalf("%d of one hash, %s: Select = %q, want %q", together, after, got, want)
			}
		}
		check("all put")
		for range 3 * 4 * engine.MaxPageEntries { // pages are built anew
			for _, name := range same {
				put(name)
			}
		}
		check("all overwritten")
		remove := func(name string) {
			t.Helper()
			gone := newCookie(name, "example.com", "/", epoch)
			gone.Expires = epoch
			if got := s.Put(&gone, &Conditions{Sites: s.Sites()}, epoch); got != seam.Removed {
				t.Errorf("Put of %q, expired: %d, want Removed", name, got)
			}
			want = slices.DeleteFunc(want, func(n string) bool { return n == name })
			check("less " + name)
		}
		for _, name := range slices.Backward(same) { // the page of each is replaced
			remove(fmt.Sprint(name, "-", 2*engine.MaxPageEntries-1))
			for _, other := range same {
				put(other)
			}
			check("all overwritten again")
		}
		for i, name := range same {
			remove(name)
			for _, other := range same[i+1:] {
				put(other)
			}
			check("the others overwritten")
		}
	}
}
