package parse

import (
	"strings"
	"testing"
)

// Each byte counts at each position, in texts about as long as a word.
func TestOctets(t *testing.T) {
	for n := range 26 {
		for at := range n {
			for c := range 256 {
				s := strings.Repeat("x", at) + string([]byte{byte(c)}) + strings.Repeat("\xff", n-at-1)
				isControl := c < ' ' && c != '\t' || c == 0x7f
				control, equals, semicolon := Octets(s)
				if control != isControl || equals != (c == '=') || semicolon != (c == ';') {
					t.Fatalf("Octets(%q) = %t, %t, %t", s, control, equals, semicolon)
				}
				plain := ' ' <= c && c <= '~' && at == n-1
				if ordinary := plain && c != '=' && c != ';'; Ordinary(s) != ordinary {
					t.Fatalf("Ordinary(%q) = %t", s, !ordinary)
				}
				if HasControl(s) != isControl || isPlain(s) != plain {
					t.Fatalf("HasControl(%q) = %t, isPlain %t", s, HasControl(s), isPlain(s))
				}
			}
		}
	}
	if control, equals, semicolon := Octets(""); control || equals || semicolon || !isPlain("") || !Ordinary("") {
		t.Error("the empty text has octets")
	}
}
