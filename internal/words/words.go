// Package words compares the bytes of a text eight at a time, in a uint64 (SWAR), for the
// parser, which reads each byte of each line, and for the control bytes of the store's tables.
//
// Its functions keep no state and are safe for concurrent use.
package words

const (
	Each = 0x01_01_01_01_01_01_01_01 // times a byte is a word of it
	Tops = Each * 0x80               // the top bit of each byte of a word
)

// At returns the eight bytes of s from i on, the first as the lowest. The compiler makes
// a single load of this, but more of package binary, which needs s as a slice.
func At(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Half returns the four bytes of s from i on.
func Half(s string, i int) uint64 {
	s = s[i : i+4]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// Few returns a word of the bytes of s, which has one to seven, some of them more than
// once.
func Few(s string) uint64 {
	n := len(s)
	if n < 4 {
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])*(Each&^0xffff)
	}
	return Half(s, 0) | Half(s, n-4)<<32
}

// First has the top bit of the first byte of w that is c. Such a byte becomes 0, and
// borrows from the next when 1 is taken from it: after the first there may be others.
func First(w uint64, c byte) uint64 {
	w ^= Each * uint64(c)
	return (w - Each) &^ w & Tops
}
