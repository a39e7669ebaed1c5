// Package text handles strings from servers, which may contain any bytes.
package text

import (
	"strconv"
	"unicode/utf8"
)

// Quote returns s if it is printable ASCII without quotes and backslashes. Otherwise it
// returns s quoted and escaped, so that a terminal cannot interpret any part of it.
func Quote(s string) string {
	if q := strconv.QuoteToASCII(s); len(q) != len(s)+2 {
		return q
	}
	return s
}

// IsASCII reports whether every byte of s is ASCII.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
