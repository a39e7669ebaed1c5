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
	for _, v := range []struct {
		name, in string
		want     bool
	}{
		{"empty", "", true},
		{"lowest and highest ASCII", "a\x00\x7f", true},
		{"first byte beyond ASCII", "a\x80", false},
		{"UTF-8", "é", false},
		{"not UTF-8", "\xff", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got := IsASCII(v.in); got != v.want {
				t.Errorf("IsASCII(%q) = %t, want %t", v.in, got, v.want)
			}
		})
	}
}
