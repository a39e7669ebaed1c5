//go:build unix

package boltjar_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"uacookie/jar/boltjar"
)

// Open refuses a file that is not regular without opening it, and does not change it.
func TestIrregular(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{pipe: "named pipe", link: "named pipe", dir: "folder"} {
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := boltjar.Open(path); err == nil || !strings.Contains(err.Error(), path+": it is a "+kind) {
			t.Errorf("Open(%s) = %v, want an error that says it is a %s", path, err, kind)
		}
		if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) || after.Mode() != before.Mode() {
			t.Errorf("%s is now %v, %v, want it unchanged", path, after, err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("the folder contains %v, %v, want only the pipe and the link", names, err)
	}
}

// Open follows a symbolic link to a file that need not exist, and the link stays a link.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link": "second", "second": "data/cookies.db", "loop": "loop", "no-folder": "none/cookies.db"} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // first Open creates the file, then it exists
		fill(t, at("link"), 3)
		b := mustOpen(t, at("data/cookies.db"))
		if n, err := load(b); n != 3 || err != nil {
			t.Errorf("the file at the end of the links has %d cookies, %v, want 3", n, err)
		}
		mustClose(t, b)
		for _, link := range []string{"link", "second"} {
			if info, err := os.Lstat(at(link)); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("%s is %v, %v, want a link", link, info, err)
			}
		}
	}
	for _, link := range []string{"loop", "no-folder"} {
		if _, err := boltjar.Open(at(link)); err == nil || !strings.Contains(err.Error(), at(link)) {
			t.Errorf("Open(%s) = %v, want an error that names it", link, err)
		}
	}
}

// A database that others can read, or an empty file, is for its owner alone once it is open.
func TestMode(t *testing.T) {
	for _, content := range []string{"a database", "empty"} {
		for _, mode := range []os.FileMode{0o644, 0o666, 0o640, 0o600} {
			t.Run(fmt.Sprintf("%s, %o", content, mode), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "cookies.db")
				if content == "empty" {
					if err := os.WriteFile(path, nil, 0o600); err != nil {
						t.Fatal(err)
					}
				} else {
					fill(t, path, 1)
				}
				if err := os.Chmod(path, mode); err != nil {
					t.Fatal(err)
				}
				fill(t, path, 100)
				if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
					t.Errorf("the mode is %v, %v, want 0600", info.Mode(), err)
				}
			})
		}
	}
}
