//go:build unix

package jarfile

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no regular file is refused before it is opened, wherever a link leads, and
// stays what it is. Opening a named pipe would hang.
func TestIrregular(t *testing.T) {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // the path of a socket is short
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("fifo", at("link")); err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]string{"fifo": "named pipe", "socket": "socket", "folder": "folder", "link": "named pipe"} {
		before, err := os.Lstat(at(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(at(name), nil); err == nil || !strings.Contains(err.Error(), at(name)+": it is a "+kind) {
			t.Errorf("Open(%s) = %v, want that it is a %s", name, err, kind)
		}
		// It takes the place of the file, or of the lock file, after Open.
		for _, suffix := range []string{"", ".lock"} {
			path := filepath.Join(t.TempDir(), "jar.json")
			f := open(t, path, options())
			set(t, f, cookie("a", "1"))
			if err := os.Rename(at(name), path+suffix); err != nil {
				t.Fatal(err)
			}
			if name == "link" { // which is relative
				if err := os.Symlink(at("fifo"), filepath.Join(filepath.Dir(path), "fifo")); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Save(t.Context()); err == nil || !strings.Contains(err.Error(), "it is a "+kind) {
				t.Errorf("Save with a %s in the place of %q = %v, want that it is one", name, suffix, err)
			}
			if err := os.Rename(path+suffix, at(name)); err != nil {
				t.Fatal(err)
			}
		}
		if after, err := os.Lstat(at(name)); err != nil || after.Mode() != before.Mode() || !os.SameFile(before, after) {
			t.Errorf("%s is now %v, %v, want it as it was", name, after, err)
		}
	}
}
