package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a server put into a cookie does nothing to a terminal: control codes are shown,
// in whatever pieces they are written.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\n":                           "a\tb\n",
		"\x1b[31mred\x07":                  `\x1b[31mred\x07`,
		"\x9b31m \u009b31m \x7f\r\x00":     `\x9b31m \u009b31m \x7f\x0d\x00`,
		"\u202eabc\u2066":                  `\u202eabc\u2066`,
		"\u00e9\u4e16\U0001f36a \xe4\xb8|": "\u00e9\u4e16\U0001f36a \\xe4\\xb8|",
	} {
		var b strings.Builder
		w := &visibleWriter{w: &b}
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write(%q) = %d, %v, want %d, nil", text, n, err, len(text))
		}
		if b.String() != want {
			t.Errorf("written at once, %q is %q, want %q", text, b.String(), want)
		}
		b.Reset()
		for i := range len(text) {
			if _, err := w.Write([]byte(text[i : i+1])); err != nil {
				t.Error(err)
			}
		}
		if b.String() != want {
			t.Errorf("written byte by byte, %q is %q, want %q", text, b.String(), want)
		}
	}
}

// A file is written as it is.
func TestVisibleFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if w := visible(f); w != f {
		t.Errorf("visible(a file) = %T, want the file", w)
	}
}
