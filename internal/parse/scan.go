package parse

import (
	"encoding/binary"
	"math/bits"
)

// Every octet of every line comes by the functions here, so they look at eight at a
// time: the texts are short, and those of package strings take longer to begin.

// each times an octet is a word of it.
const each = 0x01_01_01_01_01_01_01_01

// word returns the first eight octets of s.
func word(s string) uint64 { return binary.LittleEndian.Uint64([]byte(s)) }

// below has the top bit of each octet of w that is less than n, which is ASCII: such
// an octet borrows from its top bit when n is taken away. It borrows from the next
// octet, too, so that after the first one there may be others.
func below(w uint64, n byte) uint64 { return (w - each*uint64(n)) &^ w & (each * 0x80) }

// controls has the top bit of the first control octet of w, tabs included, and maybe of
// octets after it.
func controls(w uint64) uint64 { return below(w, ' ') | below(w^each*0x7f, 1) }

// last returns a word of octets of s, which must not be empty: its last eight or, if it
// has fewer, all of them, some more than once.
func last(s string) uint64 {
	n := len(s)
	switch {
	case n >= 8:
		return word(s[n-8:])
	case n >= 4:
		return half(s) | half(s[n-4:])<<32
	}
	return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])*(each&^0xffff)
}

// half returns the first four octets of s.
func half(s string) uint64 { return uint64(binary.LittleEndian.Uint32([]byte(s))) }

// isPlain reports whether s has neither control octets nor tabs.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	end := last(s)
	for ; len(s) > 8; s = s[8:] {
		if controls(word(s)) != 0 {
			return false
		}
	}
	return controls(end) == 0
}

// Octets reports which octets s has of those that a name, a value or a path of a line
// has not: control octets other than a tab, the equals sign, the semicolon.
func Octets(s string) (control, equals, semicolon bool) {
	if s == "" {
		return false, false, false
	}
	var c, e, semi uint64
	rest, w := s, last(s)
	for {
		c |= controls(w)
		e |= below(w^each*'=', 1)
		semi |= below(w^each*';', 1)
		if len(rest) <= 8 {
			break
		}
		w, rest = word(rest), rest[8:]
	}
	return c != 0 && anyControl(s), e != 0, semi != 0
}

// next cuts s at its first semicolon, if there is more, and what is before that at
// its first equals sign, if one is found.
func next(s string) (name, value string, found bool, rest string, more bool) {
	equals, end := -1, 0
	for {
		if len(s)-end < 8 {
			for end < len(s) && s[end] != ';' {
				if s[end] == '=' && equals < 0 {
					equals = end
				}
				end++
			}
			break
		}
		w := word(s[end:])
		m := below(w^each*';', 1)
		if equals < 0 {
			// An equals sign after the semicolon is not looked for.
			if e := below(w^each*'=', 1) & (m&-m - 1); e != 0 {
				equals = end + bits.TrailingZeros64(e)/8
			}
		}
		if m != 0 {
			end += bits.TrailingZeros64(m) / 8
			break
		}
		end += 8
	}
	if more = end < len(s); more {
		rest = s[end+1:]
	}
	if equals < 0 {
		return s[:end], "", false, rest, more
	}
	return s[:equals], s[equals+1 : end], true, rest, more
}
