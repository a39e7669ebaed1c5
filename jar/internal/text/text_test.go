package text

import "testing"

func TestQuote(t *testing.T) {
	for _, v := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"printable", "a=1; b ~", "a=1; b ~"},
		{"quote", `a"b`, `"a\"b"`},
		{"backslash", `a\b`, `"a\\b"`},
		{"escape sequence", "\x1b[31m", `"\x1b[31m"`},
		{"direction override", "\u202e", `"\u202e"`},
		{"beyond ASCII", "é", `"\u00e9"`},
		{"not UTF-8", "\xff", `"\xff"`},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got := Quote(v.in); got != v.want {
				t.Errorf("Quote(%q) = %s, want %s", v.in, got, v.want)
			}
		})
	}
}

func TestIsASCII(t *testing.T) {
	for s, want := range map[string]bool{"": true, "a\x00\x7f": true, "a\x80": false, "é": false, "\xff": false} {
		if got := IsASCII(s); got != want {
			t.Errorf("IsASCII(%q) = %t, want %t", s, got, want)
		}
	}
}
