package terminal

import (
	"fmt"
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// Writer returns f or, if f is a terminal, a writer to f that escapes what a terminal would
// act on. Output to a file or a pipe is not changed.
func Writer(f *os.File) io.Writer {
	if term.IsTerminal(int(f.Fd())) {
		return &escaper{w: f}
	}
	return f
}

// An escaper writes characters that are not printable as \x1b or \u202e. Tabs and line
// feeds stay.
type escaper struct {
	w    io.Writer
	rest []byte // the start of an incomplete character
}

// Write implements io.Writer.
func (e *escaper) Write(p []byte) (int, error) {
	text := append(e.rest, p...)
	var b []byte
	for len(text) > 0 && utf8.FullRune(text) {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1, r < 0x20 && r != '\n' && r != '\t', r == 0x7f:
			b = fmt.Appendf(b, `\x%02x`, text[0])
		case unicode.IsPrint(r) || r == '\n' || r == '\t':
			b = append(b, text[:n]...)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
		text = text[n:]
	}
	e.rest = append([]byte(nil), text...)
	if _, err := e.w.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
