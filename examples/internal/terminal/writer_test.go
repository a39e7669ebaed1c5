package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A terminal does not act on text from a server: control codes are escaped, whatever the
// pieces in which they are written.
func TestWriter(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\n":                           "a\tb\n",
		"\x1b[31mred\x07":                  `\x1b[31mred\x07`,
		"\x9b31m \u009b31m \x7f\r\x00":     `\x9b31m \u009b31m \x7f\x0d\x00`,
		"\u202eabc\u2066":                  `\u202eabc\u2066`,
		"\u00e9\u4e16\U0001f36a \xe4\xb8|": "\u00e9\u4e16\U0001f36a \\xe4\\xb8|",
	} {
		var b strings.Builder
		w := &escaper{w: &b}
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

// Output to a file is not changed.
func TestWriterToFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if w := Writer(f); w != f {
		t.Errorf("Writer(a file) = %T, want the file", w)
	}
}
