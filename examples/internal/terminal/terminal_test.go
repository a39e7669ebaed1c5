package terminal

import "testing"

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{"": "", "a=1": "a=1", "\x1b[31m": `"\x1b[31m"`, "é": `"\u00e9"`} {
		if got := Quote(s); got != want {
			t.Errorf("Quote(%q) = %s, want %s", s, got, want)
		}
	}
}

func TestSnip(t *testing.T) {
	for _, v := range []struct {
		s     string
		width int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"éàü", 3, "éàü"}, {"abc", 0, ""}} {
		if got := Snip(v.s, v.width); got != v.want {
			t.Errorf("Snip(%q, %d) = %q, want %q", v.s, v.width, got, v.want)
		}
	}
}
