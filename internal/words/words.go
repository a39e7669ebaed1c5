// Package words looks at texts eight octets at a time. Those of cookies are short: what
// package strings has takes longer to begin.
//
// Its functions keep no state and are safe for concurrent use.
package words

import "math/bits"

const (
	Each = 0x01_01_01_01_01_01_01_01 // times an octet is a word of it
	Tops = Each * 0x80               // the top bit of each octet of a word
)

// At returns the eight octets of s from i on, the first as the lowest. The compiler makes
// a single load of this, but more of package binary, which needs s as a slice.
func At(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Half returns the four octets of s from i on.
func Half(s string, i int) uint64 {
	s = s[i : i+4]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// Few returns a word of the octets of s, which has one to seven, some of them more than
// once.
func Few(s string) uint64 {
	n := len(s)
	if n < 4 {
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])*(Each&^0xffff)
	}
	return Half(s, 0) | Half(s, n-4)<<32
}

// Are returns the top bit of each octet of w that is c. Such an octet becomes 0, and has
// no top bit, nor does it get one when all but that of c is added.
func Are(w uint64, c byte) uint64 {
	const rest = Each * 0x7f
	w ^= Each * uint64(c)
	return ^((w&rest + rest) | w | rest)
}

// First has the top bit of the first octet of w that is c. Such an octet becomes 0, and
// borrows from the next when 1 is taken from it: after the first there may be others.
func First(w uint64, c byte) uint64 {
	w ^= Each * uint64(c)
	return (w - Each) &^ w & Tops
}

// Index returns where the first octet of s is that is c, or less than zero.
func Index(s string, c byte) int {
	i := 0
	for ; i <= len(s)-8; i += 8 {
		if found := First(At(s, i), c); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// LastDot returns where the last dot of s is, or less than zero.
func LastDot(s string) int {
	n := len(s)
	for ; n >= 8; n -= 8 {
		if dots := Are(At(s, n-8), '.'); dots != 0 {
			return n - 1 - bits.LeadingZeros64(dots)/8
		}
	}
	for n--; n >= 0 && s[n] != '.'; n-- {
	}
	return n
}
