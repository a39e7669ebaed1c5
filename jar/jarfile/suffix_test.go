package jarfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// A cookie that another tool has for all hosts below localhost is one in the jar that is
// host-only. While it is not changed it stays in the file as it is; once it is, it is not
// there twice, and once it is deleted, it is gone.
func TestSuffix(t *testing.T) {
	const head = "# Netscape HTTP Cookie File\n"
	const wide, narrow = ".localhost\tTRUE\t/\tFALSE\t0\ta\t", "localhost\tFALSE\t/\tFALSE\t0\ta\t"
	for _, tt := range []struct {
		name, before string
		change       func(*File)
		want         string
	}{
		{"unchanged", wide + "1\n", func(*File) {}, wide + "1\n"},
		{"both", wide + "1\n" + narrow + "2\n", func(*File) {}, wide + "1\n" + narrow + "2\n"},
		{"changed", wide + "1\n", func(f *File) { set(t, f, local("3")) }, narrow + "3\n"},
		{"both changed", wide + "1\n" + narrow + "2\n", func(f *File) { set(t, f, local("3")) }, narrow + "3\n"},
		{"deleted", wide + "1\n", func(f *File) { f.Jar().Clear() }, ""},
		{"both deleted", wide + "1\n" + narrow + "2\n", func(f *File) { f.Jar().Clear() }, ""},
	} {
		path := filepath.Join(t.TempDir(), "cookies.txt")
		if err := os.WriteFile(path, []byte(head+tt.before), 0o600); err != nil {
			t.Fatal(err)
		}
		o := options()
		var noted []error
		o.Noted = func(e *cookiefile.LineError) { noted = append(noted, e) }
		f := open(t, path, o)
		if len(noted) != 1 || !errors.Is(noted[0], cookiefile.LostDomain) {
			t.Errorf("%s: Open notes %q, want one host-only", tt.name, noted)
		}
		tt.change(f)
		save(t, f)
		got, err := os.ReadFile(path)
		if err != nil || string(got) != head+tt.want {
			t.Errorf("%s: the file is\n%swant\n%s", tt.name, got, head+tt.want)
		}
	}
}

func local(value string) jar.Cookie {
	return jar.Cookie{Name: "a", Value: value, Domain: "localhost", HostOnly: true, Path: "/"}
}
