package store

import (
	"fmt"
	"strings"
	"testing"
)

// A page may be fetched while it is written to: what is read does not count.
func TestFetch(t *testing.T) {
	var s Store
	put := func(i int) { mustPut(t, &s, cookie(fmt.Sprint("a", i%3), "example.com", "/", epoch), Guard{}, epoch) }
	put(0)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				s.lookup("example.com", Partition{}).fetch()
			}
		}
	}()
	for i := range 1000 {
		put(i)
	}
	close(stop)
	<-stopped
	if s.Len() != 3 {
		t.Errorf("Len() = %d, want 3", s.Len())
	}
	new(page).fetch() // without items and text
}

// Strings that share a text stay as they are, whatever is written behind them and
// whatever becomes of the page.
func FuzzText(f *testing.F) {
	f.Add("a", "b", "a", "c", uint8(3))
	f.Add("", "", "name", "", uint8(40))
	f.Add("x", strings.Repeat("y", 300), "z", "\x00\xff", uint8(20))
	f.Fuzz(func(t *testing.T, name, value, otherName, otherValue string, writes uint8) {
		if len(name)+len(value)+len(otherName)+len(otherValue) > 4096 {
			return
		}
		var s Store
		type shared struct{ text, copy string }
		var seen []shared
		for i := range int(writes) {
			c := cookie(name, "www.example.com", "/", epoch)
			c.Value = value
			if i%2 == 1 {
				c.Name, c.Value, c.Path = otherName, otherValue, "/"+otherName
			}
			s.Put(&c, &Guard{Sites: s.Sites()}, epoch)
			q := Query{Host: "www.example.com", Path: "/" + otherName, Now: epoch}
			for _, m := range s.Select(nil, &q) {
				got := m.Cookie()
				if i%2 == 0 && got.Key() == c.Key() && got.Value != c.Value {
					t.Fatalf("a cookie with a value of %d octets has one of %d", len(c.Value), len(got.Value))
				}
				for _, text := range []string{got.Name, got.Value, got.Domain, got.Path, m.entry().pair()} {
					seen = append(seen, shared{text, strings.Clone(text)})
				}
			}
		}
		for _, s := range seen {
			if s.text != s.copy {
				t.Fatalf("%q has become %q", s.copy, s.text)
			}
		}
	})
}
