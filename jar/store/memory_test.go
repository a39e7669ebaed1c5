package store

import (
	"strings"
	"testing"

	"uacookie/jar/internal/clock"
)

// Strings that share the text of a page never change: not when the page is appended to, and
// not when it is replaced.
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
			c := newCookie(name, "www.example.com", "/", epoch)
			c.Value = value
			if i%2 == 1 {
				c.Name, c.Value, c.Path = otherName, otherValue, "/"+otherName
			}
			s.Put(&c, &Conditions{Sites: s.Sites()}, epoch)
			q := Query{Host: "www.example.com", Path: "/" + otherName, Now: clock.At(epoch)}
			for _, m := range s.Select(nil, &q) {
				got := m.Cookie()
				if i%2 == 0 && got.Key() == c.Key() && got.Value != c.Value {
					t.Fatalf("a cookie was put with a value of %d bytes and has a value of %d", len(c.Value), len(got.Value))
				}
				for _, text := range []string{got.Name, got.Value, got.Domain, got.Path, m.entry().Pair()} {
					seen = append(seen, shared{text, strings.Clone(text)})
				}
			}
		}
		for _, s := range seen {
			if s.text != s.copy {
				t.Fatalf("the string %q has changed to %q", s.copy, s.text)
			}
		}
	})
}
