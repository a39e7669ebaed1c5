package store

import (
	"fmt"
	"slices"
	"testing"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// Cookies with different names of equal hash are different cookies: one does not replace,
// delete, protect or overlay the other. The store's seed is random, so a server cannot choose
// such names, but among a few hundred names two collide.
func TestNamesCollide(t *testing.T) {
	var s Store
	byHash := map[uint16]string{}
	var a, b string
	for i := 0; b == ""; i++ {
		name := fmt.Sprint("n", i)
		h := uint16(engine.NameHash(name))
		if other, ok := byHash[h]; ok {
			a, b = other, name
		}
		byHash[h] = name
	}
	q := &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}
	secure := newCookie(a, "example.com", "/", epoch)
	secure.Secure, secure.HttpOnly = true, true
	mustPut(t, &s, secure, Conditions{}, epoch)
	mustPut(t, &s, newCookie(b, "example.com", "/", epoch), Conditions{Rules: seam.NoOverlay | seam.KeepHTTPOnly}, epoch)
	if got, want := names(&s, q), []string{a, b}; !slices.Equal(got, want) {
		t.Errorf("Select = %q, want %q: both cookies", got, want)
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
	if got := s.Put(&again, &Conditions{Sites: s.Sites(), Rules: seam.NoOverlay}, epoch); got != seam.RefusedOverlay {
		t.Errorf("Put of %q with NoOverlay: %d, want RefusedOverlay", a, got)
	}
}

// The same applies to a multi-page site, where the name index leads to the pages with a
// hash.
func TestNamesCollideOnLargeSite(t *testing.T) {
	for together := 2; together <= 4; together++ {
		var s Store
		byHash := map[uint16][]string{}
		var same []string
		for i := 0; len(same) < together; i++ {
			name := fmt.Sprint("n", i)
			h := uint16(engine.NameHash(name))
			byHash[h] = append(byHash[h], name)
			same = byHash[h]
		}
		var want []string
		put := func(name string) {
			c := newCookie(name, "example.com", "/", epoch)
			c.Value = fmt.Sprint(len(want))
			mustPut(t, &s, c, Conditions{}, epoch)
		}
		for _, name := range same { // on different pages
			for i := range 2 * engine.MaxPageEntries {
				filler := fmt.Sprint(name, "-", i)
				put(filler)
				want = append(want, filler)
			}
			put(name)
			want = append(want, name)
		}
		q := &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}
		check := func(after string) {
			t.Helper()
			if got := names(&s, q); !slices.Equal(got, want) {
				t.Fatalf("%d names of one hash, %s: Select = %q, want %q", together, after, got, want)
			}
		}
		check("all put")
		for range 3 * 4 * engine.MaxPageEntries { // enough to rebuild pages
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
			check("without " + name)
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
