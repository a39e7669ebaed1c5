package rules

import (
	"testing"
	"unicode/utf8"
)

// The cases come from the Unicode Standard, "U+FFFD Substitution of Maximal Subparts".
func TestToUTF8(t *testing.T) {
	const r = "\uFFFD"
	for _, tt := range []struct{ in, want, why string }{
		{"", "", "nothing"},
		{"a=ü€😀", "a=ü€😀", "valid"},
		{"\xff", r, "no lead byte"},
		{"\x80\x80", r + r, "continuation bytes alone"},
		{"\xe2\x82", r, "the start of a character"},
		{"\xe2\x82a", r + "a", "the start of a character, and another"},
		{"\xe2\x82\xe2\x82\xac", r + "€", "the start of a character, and all of it"},
		{"\xc0\xaf", r + r, "an overlong form"},
		{"\xe0\x80\xbf", r + r + r, "an overlong form of three"},
		{"\xf0\x81\x82\x41", r + r + r + "A", "an overlong form of four"},
		{"\xed\xa0\x80", r + r + r, "a surrogate"},
		{"\xf4\x91\x92\x93", r + r + r + r, "past U+10FFFF"},
		{"\xf0\x9f\x98", r, "three of four"},
		{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", r + r + r + r + "A", "starts in a row"},
		{"\uFFFD", r, "itself"},
	} {
		got := toUTF8(tt.in)
		if got != tt.want {
			t.Errorf("toUTF8(%q) = %q, want %q: %s", tt.in, got, tt.want, tt.why)
		}
		if !utf8.ValidString(got) || toUTF8(got) != got {
			t.Errorf("toUTF8(%q) = %q, which is not UTF-8", tt.in, got)
		}
	}
}
