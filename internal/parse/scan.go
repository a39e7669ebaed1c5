package parse

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// Every octet of every line comes by the functions here, so they look at eight at a
// time: the texts are short, and those of package strings take longer to begin.

// each times an octet is a word of it.
const each = 0x01_01_01_01_01_01_01_01

// tops has the top bit of each octet of a word.
const tops = each * 0x80

// word returns the first eight octets of s. The compiler makes a single load of this, but
// more of package binary, which needs s as a slice.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// first has the top bit of the first octet of w that is c, which is ASCII: such an octet
// becomes 0, and borrows when 1 is taken from it. It borrows from the next octet, so that
// after the first one there may be others.
func first(w uint64, c byte) uint64 {
	w ^= each * uint64(c)
	return (w - each) &^ w & tops
}

// odd has top bits if w has octets that are not printable ASCII: the top bit of the first
// such, and maybe of octets after it. Its other bits say nothing.
func odd(w uint64) uint64 { return (w - each*' ') | (w + each*(0x80-0x7f)) }

// special is odd, but holds the equals sign and the semicolon for odd, too: only what
// follows one of these is '<', but for a bit that is set in '>'.
func special(w uint64) uint64 {
	const bit = each * ('<' ^ '>')
	return odd(w) | ((w+each)&^bit ^ each*'<' - each)
}

// few returns a word of the octets of s, which has one to seven, some of them more than
// once.
func few(s string) uint64 {
	n := len(s)
	if n < 4 {
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])*(each&^0xffff)
	}
	return half(s) | half(s[n-4:])<<32
}

// half returns the first four octets of s.
func half(s string) uint64 { return uint64(binary.LittleEndian.Uint32([]byte(s))) }

// isPlain reports whether s is of printable ASCII alone, as nearly all lines are.
func isPlain(s string) bool {
	n := len(s)
	if n < 8 {
		return n == 0 || odd(few(s))&tops == 0
	}
	found := odd(word(s[n-8:]))
	for ; len(s) > 8; s = s[8:] {
		found |= odd(word(s))
	}
	return found&tops == 0
}

// Ordinary reports whether s is of printable ASCII alone, but for the equals sign and the
// semicolon, as nearly all names are, and most values: Octets finds nothing in it.
func Ordinary(s string) bool {
	n := len(s)
	if n < 8 {
		return n == 0 || special(few(s))&tops == 0
	}
	found := special(word(s[n-8:]))
	for ; len(s) > 8; s = s[8:] {
		found |= special(word(s))
	}
	return found&tops == 0
}

// Octets reports which octets s has of those that a name, a value or a path of a line
// has not: control octets other than a tab, the equals sign, the semicolon.
func Octets(s string) (control, equals, semicolon bool) {
	return anyControl(s), strings.IndexByte(s, '=') >= 0, strings.IndexByte(s, ';') >= 0
}

// separators returns where s has its first semicolon, or ends, and where it has its first
// equals sign before that, or -1 if it has none there.
func separators(s string) (equals, end int) {
	equals = -1
	for ; end <= len(s)-8; end += 8 {
		w := word(s[end:])
		semicolon := first(w, ';')
		if equals < 0 {
			before := semicolon ^ (semicolon - 1) // all of w if it has no semicolon
			if e := first(w, '=') & before; e != 0 {
				equals = end + bits.TrailingZeros64(e)/8
			}
		}
		if semicolon != 0 {
			return equals, end + bits.TrailingZeros64(semicolon)/8
		}
	}
	for ; end < len(s); end++ {
		switch s[end] {
		case ';':
			return equals, end
		case '=':
			if equals < 0 {
				equals = end
			}
		}
	}
	return equals, end
}
