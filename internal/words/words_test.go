package words

import (
	"strings"
	"testing"
)

// The first byte of a value is found wherever it stands, and none that is not there.
func TestFirst(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			for o := range 256 {
				s := strings.Repeat(string([]byte{byte(o)}), at) + string([]byte{byte(c)}) + strings.Repeat(string([]byte{byte(o)}), 7-at)
				want := uint64(0x80) << (8 * at)
				if o == c {
					want = Tops
				}
				want &= -want
				if got := First(At(s, 0), byte(c)); got&-got != want {
					t.Fatalf("First(%q, %#x) = %#x, want %#x and maybe more above", s, c, got, want)
				}
			}
		}
	}
}

func TestAt(t *testing.T) {
	const s = "abcdefghij"
	if got, want := At(s, 2), uint64('j')<<56|uint64('i')<<48|uint64('h')<<40|uint64('g')<<32|'f'<<24|'e'<<16|'d'<<8|'c'; got != want {
		t.Errorf("At = %#x, want %#x", got, want)
	}
	if got, want := Half(s, 6), uint64('j'<<24|'i'<<16|'h'<<8|'g'); got != want {
		t.Errorf("Half = %#x, want %#x", got, want)
	}
}

// A few bytes are all there, and no others.
func TestFew(t *testing.T) {
	const s = "abcdefg"
	for n := 1; n < 8; n++ {
		few := Few(s[:n])
		for i := range n {
			if First(few, s[i]) == 0 {
				t.Errorf("Few(%q) = %#x: there is no %q", s[:n], few, s[i])
			}
		}
		for ; few != 0; few >>= 8 {
			if !strings.Contains(s[:n], string(rune(few&0xff))) {
				t.Errorf("Few(%q) has %#x", s[:n], few&0xff)
			}
		}
	}
}
