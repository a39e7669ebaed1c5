package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What a site's cookies leave behind when they go does not add up.
func TestTextDoesNotGrow(t *testing.T) {
	var s Store
	mustPut(t, &s, cookie("stays", "www.example.com", "/", epoch), Guard{}, epoch)
	most := func() int {
		n := 0
		for _, v := range s.lookup("example.com", Partition{}).views(nil) {
			n += int(v.textRoom)
		}
		return n
	}
	for i := range 1000 {
		c := cookie("comes", "www.example.com", fmt.Sprintf("/path%d/", i), epoch)
		mustPut(t, &s, c, Guard{}, epoch)
		c.Expires = epoch
		if got := s.Put(&c, &Guard{Sites: s.Sites()}, epoch); got != Removed {
			t.Fatalf("Put of an expired cookie = %d, want Removed", got)
		}
		if got := most(); got > 512 {
			t.Fatalf("the text of one cookie has %d octets after %d others came and went, want at most 512", got, i+1)
		}
	}
}

// Nor does a value that was large leave its room behind.
func TestTextShrinks(t *testing.T) {
	var s Store
	put := func(name, value string, expires time.Time) {
		c := cookie(name, "www.example.com", "/", epoch)
		c.Value, c.Expires = value, expires
		s.Put(&c, &Guard{Sites: s.Sites()}, epoch)
	}
	size := func() int { return int(s.lookup("example.com", Partition{}).textRoom) }
	large := strings.Repeat("x", 4096)
	put("small", "", time.Time{})
	for i := range 10 {
		put("a", fmt.Sprint(large, i), time.Time{})
		if got := size(); got > 2*len(large) {
			t.Fatalf("a value of %d octets, overwritten %d times, has a text of %d", len(large), i, got)
		}
	}
	put("a", "", epoch)
	if got := size(); got > 512+2*len("small=; ") {
		t.Errorf("after the cookie was removed its text still has %d octets", got)
	}
	put("small", "", epoch)
	if s.lookup("example.com", Partition{}) != nil {
		t.Error("there is a page for a site without cookies")
	}
}

// Cookies whose texts are larger than any that policy lets in have their place, or are
// refused with an outcome of their own.
func TestOversize(t *testing.T) {
	var s Store
	long := strings.Repeat("x", maxPair)
	for name, change := range map[string]func(*Cookie){
		"name":   func(c *Cookie) { c.Name = long },
		"value":  func(c *Cookie) { c.Value = long },
		"domain": func(c *Cookie) { c.Domain = long },
		"path":   func(c *Cookie) { c.Path = "/" + long },
	} {
		c := cookie(name, "example.com", "/", epoch)
		change(&c)
		want := mustPut(t, &s, c, Guard{}, epoch)
		got := s.Select(nil, &Query{Host: c.Domain, Path: c.Path, Now: epoch})
		found := false
		for _, m := range got {
			found = found || m.Cookie() == want
		}
		if !found {
			t.Errorf("a long %s is not found as it was stored", name)
		}
	}
	for _, c := range []Cookie{{Name: long + "x"}, {Value: long + "x"}, {Path: strings.Repeat("x", maxPlace+1)}} {
		if got := s.Put(&c, &Guard{Sites: s.Sites()}, epoch); got != Oversize {
			t.Errorf("Put = %d, want Oversize", got)
		}
	}
}

// Many cookies of one site, put in any order and taken away again, are found in send
// order at every step.
func TestPages(t *testing.T) {
	var s Store
	const n = 500
	put := func(i int) {
		c := cookie(fmt.Sprint("name", i), "example.com", strings.Repeat("/p", i%3)+"/", epoch.Add(time.Duration(i*7919%n)*time.Second))
		c.Order = uint64(i + 1)
		mustPut(t, &s, c, Guard{OwnTimes: true}, epoch)
	}
	check := func(want int) {
		t.Helper()
		r := s.lookup("example.com", Partition{})
		if r == nil && want == 0 {
			return
		}
		var last entry
		got := 0
		for e := range r.all() {
			if last.item != nil && compare(last, e) >= 0 {
				t.Fatalf("%v comes after one that sorts behind it", e.cookie())
			}
			last = e
			got++
			c := e.cookie()
			if found := r.lookFor(newcomer{&c, e.item}, epoch.UnixMicro()); found.item != e.item {
				t.Fatalf("%v is not found by its identity", c)
			}
		}
		if got != want || r.len() != want {
			t.Fatalf("%d cookies, counted as %d, want %d", got, r.len(), want)
		}
		if pages, most := len(r.views(nil)), 4*want/pageSize+2; pages > most {
			t.Fatalf("%d pages for %d cookies, want at most %d", pages, want, most)
		}
	}
	for i := range n {
		put(i)
		check(i + 1)
	}
	for i := range n { // in place
		put(i)
	}
	check(n)
	for left := n; left > 0; left-- {
		name := fmt.Sprint("name", (left*7919)%n)
		if got := s.Delete(epoch, func(c Cookie) bool { return c.Name == name }); got != 1 {
			t.Fatalf("Delete of %s = %d, want 1", name, got)
		}
		if left > 1 {
			check(left - 1)
		}
	}
}
