package jarfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/jarfile"
)

func receive(t *testing.T, f *jarfile.File, line string) {
	t.Helper()
	if v := f.Jar().Accept(jar.Cookie{Name: line, Value: "1", Domain: "example.com", HostOnly: true, Path: "/"}); !v.OK() {
		t.Fatal(v)
	}
}

// A file that is empty, as mktemp leaves it, is an empty jar, and is saved to in the
// format that its name says.
func TestEmptyFile(t *testing.T) {
	for name, want := range map[string]string{"cookies.txt": "# Netscape", "cookies.json": `{"format":"uacookie"`} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := jarfile.Open(path, &jarfile.Options{KeepSession: true})
		if err != nil {
			t.Fatal(err)
		}
		receive(t, f, "a")
		if err := f.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(text), want) || !strings.Contains(string(text), "example.com") {
			t.Errorf("%s has %.40q, %v, want it to begin with %q", name, text, err, want)
		}
	}
}

// Of two lines for the same cookie the later counts, when a file is opened as when it
// is merged with; and a change of our own is not undone by either.
func TestSameCookieTwice(t *testing.T) {
	line := func(name, value string) string {
		return "example.com\tFALSE\t/\tFALSE\t0\t" + name + "\t" + value + "\n"
	}
	path := filepath.Join(t.TempDir(), "cookies.txt")
	write := func(lines ...string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("# Netscape HTTP Cookie File\n"+strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	values := func(f *jarfile.File) string {
		var all []string
		for c := range f.Jar().All() {
			all = append(all, c.Name+"="+c.Value)
		}
		return strings.Join(all, " ")
	}
	write(line("a", "first"), line("a", "second"))
	f, err := jarfile.Open(path, &jarfile.Options{KeepSession: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := values(f), "a=second"; got != want {
		t.Errorf("opened: %q, want %q", got, want)
	}
	write(line("b", "first"), line("a", "third"), line("b", "second"))
	receive(t, f, "own")
	if err := f.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, err = jarfile.Open(path, &jarfile.Options{KeepSession: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a=third", "b=second", "own=1"} {
		if got := values(f); !strings.Contains(got, want) || strings.Contains(got, "first") {
			t.Errorf("merged: %q, want %q in it, and nothing of a line that another one replaces", got, want)
		}
	}
}

// Where the folder is gone nothing is saved, the error names the file, and no other
// file is made.
func TestFolderGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "cookies.txt")
	f, err := jarfile.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	receive(t, f, "a")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(t.Context()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Save = %v, want an error with the file's name", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("Save has created the folder again")
	}
	if f.Jar().Len() != 1 {
		t.Errorf("%d cookies left in the jar, want 1: a failed Save loses nothing", f.Jar().Len())
	}
}
