package main

import (
	"fmt"
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// visible returns f, or, if it is a terminal, a writer that shows what a server may
// have put into a cookie and a terminal would act on. What goes into a file or a pipe
// keeps its bytes.
func visible(f *os.File) io.Writer {
	if term.IsTerminal(int(f.Fd())) {
		return &visibleWriter{w: f}
	}
	return f
}

// A visibleWriter writes what is not printable as \x1b or \u202e. Tabs and ends of
// lines stay.
type visibleWriter struct {
	w    io.Writer
	rest []byte // the start of a character
}

// Write implements io.Writer.
func (v *visibleWriter) Write(p []byte) (int, error) {
	text := append(v.rest, p...)
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
	v.rest = append([]byte(nil), text...)
	if _, err := v.w.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
