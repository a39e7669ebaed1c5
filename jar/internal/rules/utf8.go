package rules

import (
	"strings"
	"unicode/utf8"
)

// toUTF8 returns s with each sequence that is not UTF-8 replaced by U+FFFD: one for each
// maximal subpart, as the Encoding standard has it. Package utf8 has one for each byte.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			n = maximalSubpart(s)
			b.WriteRune(utf8.RuneError)
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// maximalSubpart returns how many bytes at the start of s, which is not valid there, are
// the start of some valid sequence; at least one.
func maximalSubpart(s string) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch c := s[0]; {
	case 0xC2 <= c && c <= 0xDF:
		more = 1
	case 0xE0 <= c && c <= 0xEF:
		more = 2
	case 0xF0 <= c && c <= 0xF4:
		more = 3
	}
	switch s[0] { // no overlong forms, surrogates, or what is past U+10FFFF
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for ; n <= more && n < len(s) && low <= s[n] && s[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}
