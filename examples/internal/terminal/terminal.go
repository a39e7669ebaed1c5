// Package terminal makes text that a server chose safe to show on a terminal.
package terminal

import (
	"strconv"
	"unicode/utf8"
)

// Quote returns s if it is printable ASCII without quotes and backslashes. Otherwise it
// returns s quoted and escaped, so that a terminal takes nothing in it for a command.
func Quote(s string) string {
	if q := strconv.QuoteToASCII(s); len(q) != len(s)+2 {
		return q
	}
	return s
}

// Snip returns s, shortened to at most width columns.
func Snip(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return string([]rune(s)[:width-1]) + "…"
}
