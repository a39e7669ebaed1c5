package parse

import (
	"math/bits"
	"strings"

	"uacookie/internal/words"
)

// Every octet of every line comes by the functions here, so they look at eight at a
// time.

// odd has top bits if w has octets that are not printable ASCII: the top bit of the first
// such, and maybe of octets after it. Its other bits say nothing.
func odd(w uint64) uint64 { return (w - words.Each*' ') | (w + words.Each*(0x80-0x7f)) }

// special is odd, but holds the equals sign and the semicolon for odd, too: only what
// follows one of these is '<', but for a bit that is set in '>'.
func special(w uint64) uint64 {
	const bit = words.Each * ('<' ^ '>')
	return odd(w) | ((w+words.Each)&^bit ^ words.Each*'<' - words.Each)
}

// isPlain reports whether s is of printable ASCII alone, as nearly all lines are.
func isPlain(s string) bool {
	n := len(s)
	if n < 8 {
		return n == 0 || odd(words.Few(s))&words.Tops == 0
	}
	found := odd(words.At(s, n-8))
	for ; len(s) > 16; s = s[16:] {
		found |= odd(words.At(s, 0)) | odd(words.At(s, 8))
	}
	if len(s) > 8 {
		found |= odd(words.At(s, 0))
	}
	return found&words.Tops == 0
}

// Ordinary reports whether s is of printable ASCII alone, but for the equals sign and the
// semicolon, as nearly all names are, and most values: Octets finds nothing in it.
func Ordinary(s string) bool {
	n := len(s)
	if n < 8 {
		return n == 0 || special(words.Few(s))&words.Tops == 0
	}
	found := special(words.At(s, n-8))
	for ; len(s) > 16; s = s[16:] {
		found |= special(words.At(s, 0)) | special(words.At(s, 8))
	}
	if len(s) > 8 {
		found |= special(words.At(s, 0))
	}
	return found&words.Tops == 0
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
		w := words.At(s, end)
		semicolon := words.First(w, ';')
		if equals < 0 {
			before := semicolon ^ (semicolon - 1) // all of w if it has no semicolon
			if e := words.First(w, '=') & before; e != 0 {
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
