package store

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// Removed cookies do not let the text of a page grow.
func TestTextDoesNotGrow(t *testing.T) {
	var s Store
	mustPut(t, &s, newCookie("stays", "www.example.com", "/", epoch), Conditions{}, epoch)
	most := func() int {
		n := 0
		for _, v := range s.index.Find("example.com", nil).AppendViews(nil) {
			n += len(v.Pairs())
		}
		return n
	}
	for i := range 1000 {
		c := newCookie("comes", "www.example.com", fmt.Sprintf("/path%d/", i), epoch)
		mustPut(t, &s, c, Conditions{}, epoch)
		c.Expires = epoch
		if got := s.Put(&c, &Conditions{Sites: s.Sites()}, epoch); got != seam.Removed {
			t.Fatalf("Put of an expired cookie = %d, want Removed", got)
		}
		if got := most(); got > 512 {
			t.Fatalf("the text of one cookie has %d bytes after %d others were put and removed, want at most 512", got, i+1)
		}
	}
}

// A page gives back the memory of a large value that was overwritten or removed.
func TestTextShrinks(t *testing.T) {
	var s Store
	put := func(name, value string, expires time.Time) {
		c := newCookie(name, "www.example.com", "/", epoch)
		c.Value, c.Expires = value, expires
		s.Put(&c, &Conditions{Sites: s.Sites()}, epoch)
	}
	size := func() int { return len(s.index.Find("example.com", nil).Pairs()) }
	large := strings.Repeat("x", 4096)
	put("small", "", time.Time{})
	for i := range 10 {
		put("a", fmt.Sprint(large, i), time.Time{})
		if got := size(); got > 2*len(large) {
			t.Fatalf("a value of %d bytes, overwritten %d times, has a text of %d bytes", len(large), i, got)
		}
	}
	put("a", "", epoch)
	if got := size(); got > 512+2*len("small=; ") {
		t.Errorf("after the large cookie was removed, the text still has %d bytes", got)
	}
	put("small", "", epoch)
	if s.index.Find("example.com", nil) != nil {
		t.Error("a site without cookies has a page, want none")
	}
}

// Cookies larger than package rules admits are stored, or refused as Oversize.
func TestOversize(t *testing.T) {
	var s Store
	long := strings.Repeat("x", math.MaxUint16-len("="))
	for name, change := range map[string]func(*Cookie){
		"name":   func(c *Cookie) { c.Name = long },
		"value":  func(c *Cookie) { c.Value = long },
		"domain": func(c *Cookie) { c.Domain = long },
		"path":   func(c *Cookie) { c.Path = "/" + long },
	} {
		c := newCookie(name, "example.com", "/", epoch)
		change(&c)
		want := mustPut(t, &s, c, Conditions{}, epoch)
		got := s.Select(nil, &Query{Host: c.Domain, Path: c.Path, Now: clock.At(epoch)})
		found := false
		for _, m := range got {
			found = found || m.Cookie() == want
		}
		if !found {
			t.Errorf("a cookie with a long %s is not found with its text", name)
		}
	}
	for _, c := range []Cookie{{Name: long + "x"}, {Value: long + "x"}, {Path: strings.Repeat("x", math.MaxUint32/100)}} {
		if got := s.Put(&c, &Conditions{Sites: s.Sites()}, epoch); got != seam.Oversize {
			t.Errorf("Put = %d, want Oversize", got)
		}
	}
}

// Many cookies of one site, put and removed in random order, are in send order after each
// step.
func TestPages(t *testing.T) {
	var s Store
	const n = 500
	put := func(i int) {
		c := newCookie(fmt.Sprint("name", i), "example.com", strings.Repeat("/p", i%3)+"/", epoch.Add(time.Duration(i*7919%n)*time.Second))
		c.Order = uint64(i + 1)
		mustPut(t, &s, c, Conditions{Rules: seam.OwnTimes}, epoch)
	}
	check := func(want int) {
		t.Helper()
		r := s.index.Find("example.com", nil)
		if r == nil && want == 0 {
			return
		}
		var last engine.Entry
		got := 0
		for e := range r.All() {
			if last.OK() && engine.Compare(last, e) >= 0 {
				t.Fatalf("%v is out of order", cookie(e))
			}
			last = e
			got++
			c := cookie(e)
			var add engine.Insertion
			setInsertion(&add, &c, 0)
			if found := findIdentical(r, &add, epoch.UnixMicro()); found.Item != e.Item {
				t.Fatalf("%v is not found by its identity", c)
			}
		}
		if got != want || r.Len() != want {
			t.Fatalf("%d cookies, and Len() = %d, want %d", got, r.Len(), want)
		}
		if pages, most := len(r.AppendViews(nil)), 4*want/engine.MaxPageEntries+2; pages > most {
			t.Fatalf("%d pages for %d cookies, want at most %d", pages, want, most)
		}
	}
	for i := range n {
		put(i)
		check(i + 1)
	}
	for i := range n { // overwrite in place
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

// A session that is renewed among smaller cookies seldom costs a new page, and little memory.
func TestRenewals(t *testing.T) {
	var s Store
	for i := range 9 {
		mustPut(t, &s, newCookie(fmt.Sprint("small", i), "example.com", "/", epoch), Conditions{}, epoch)
	}
	for _, size := range []int{20, 40, 64} {
		session := newCookie("session", "example.com", "/", epoch)
		session.Value = strings.Repeat("x", size)
		cost := testing.AllocsPerRun(10, func() {
			for range 100 {
				mustPut(t, &s, session, Conditions{}, epoch)
			}
		})
		if most := .2 * 100; cost > most {
			t.Errorf("100 renewals of a session of %d bytes cost %v allocations, want at most %v", size, cost, most)
		}
		page := s.index.Find("example.com", nil)
		if most := 9*len("small0=v; ") + 9*len("session=; ") + 9*size + 128; len(page.Pairs()) > most {
			t.Errorf("%d bytes of text for a session of %d bytes that is renewed, want at most %d", len(page.Pairs()), size, most)
		}
		checkIndex(t, &s)
	}
}
