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

// isPlain reports whether s has neither control octets nor tabs.
func isPlain(s string) bool {
	if len(s) < 8 {
		for i := range len(s) {
			if s[i] < ' ' || s[i] == 0x7f {
				return false
			}
		}
		return true
	}
	last := s[len(s)-8:]
	for ; len(s) > 8; s = s[8:] {
		if w := word(s); below(w, ' ')|below(w^each*0x7f, 1) != 0 {
			return false
		}
	}
	w := word(last)
	return below(w, ' ')|below(w^each*0x7f, 1) == 0
}

// Has reports whether s has the octet c, which is ASCII.
func Has(s string, c byte) bool {
	for ; len(s) >= 8; s = s[8:] {
		if below(word(s)^each*uint64(c), 1) != 0 {
			return true
		}
	}
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
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
