package jarfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// Where there is no folder Open says so, and not the first Save, when the cookies are
// there to be lost.
func TestNoFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"none/jar.json", "none/none/jar.json", "file/jar.json", ""} {
		path := filepath.Join(dir, name)
		if f, err := Open(path, nil); err == nil || f != nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Open(%s) = %v, %v, want an error that names it", name, f, err)
		}
	}
}

// A link that leads nowhere yet means the file at its end, however many there are.
func TestDanglingLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "jar.json")
	for link, to := range map[string]string{"jar.json": "second", "second": filepath.Join("data", "jar.json")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("NOT TESTED: no symbolic links:", err)
		}
	}
	f := open(t, path, options())
	set(t, f, cookie("a", "1"))
	save(t, f)
	save(t, f)
	for _, link := range []string{"jar.json", "second"} {
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is %v, %v, want the link still", link, info, err)
		}
	}
	if got := pairs(t, filepath.Join(dir, "data", "jar.json")); got != "a=1" {
		t.Errorf("at the end of the links: %q, want a=1", got)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 3 {
		t.Errorf("beside the link are %v, %v, want nothing: the lock is beside the file", names, err)
	}
}

// What a killed process has left beside the file is removed, and nothing else is: it
// has all the cookies.
func TestStaleFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "jar.json")
	for name, stays := range map[string]bool{
		".jar.json.123.tmp": false, ".jar.json.0.tmp": false,
		".jar.json.12x.tmp": true, ".jar.json..tmp": true, ".jar.json.tmp": true, ".jar.json.1.2.tmp": true,
		".other.json.123.tmp": true, ".jar.123.tmp": true, "jar.json.123.tmp": true, ".jar.json.123.tmp.bak": true,
		"sub/.jar.json.123.tmp": true, ".jar.json.9.tmp/kept": true,
	} {
		name := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("s3cr3t"), 0o600); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := os.Stat(name); (err == nil) != stays {
				t.Errorf("after Save, Stat(%s) = %v, want it to stay: %t", name, err, stays)
			}
		}()
	}
	link := filepath.Join(dir, ".jar.json.77.tmp")
	if err := os.Symlink(path, link); err == nil {
		defer func() {
			if _, err := os.Lstat(link); err != nil {
				t.Errorf("after Save, Lstat of the link = %v, want it to stay", err)
			}
		}()
	}
	f := open(t, path, options())
	set(t, f, cookie("a", "1"))
	save(t, f)
}

// A hookedDisk calls a function once before the new file is written.
type hookedDisk struct {
	osDisk
	hook func()
}

func (d *hookedDisk) create(dir, pattern string) (tempFile, error) {
	if hook := d.hook; hook != nil {
		d.hook = nil
		hook()
	}
	return d.osDisk.create(dir, pattern)
}

// A lock file that is deleted while it is held, by a cleaner of folders say, loses
// nothing: a Save that is overtaken merges again.
func TestLockDeleted(t *testing.T) {
	for name, overtake := range map[string]func(t *testing.T, path string){
		"another saves": func(t *testing.T, path string) {
			g := open(t, path, options())
			set(t, g, cookie("b", "2"))
			remove(g, "x")
			save(t, g)
		},
		"another holds the lock": func(t *testing.T, path string) {
			g := open(t, path, options())
			set(t, g, cookie("b", "2"))
			remove(g, "x")
			// It is in the middle when the first goes on, and ends while that waits.
			inside, done := make(chan struct{}), make(chan error, 1)
			g.disk = &hookedDisk{hook: func() { close(inside) }}
			go func() { done <- g.Save(context.WithoutCancel(t.Context())) }()
			<-inside
			t.Cleanup(func() {
				if err := <-done; err != nil {
					t.Errorf("the other's Save = %v", err)
				}
				if got := pairs(t, path); got != "a=1 b=2 y=0" {
					t.Errorf("in the file after both: %q, want a=1 b=2 y=0", got)
				}
			})
		},
		"a program without the lock writes": func(t *testing.T, path string) {
			g := open(t, path, options())
			set(t, g, cookie("b", "2"))
			remove(g, "x")
			other := path + ".other"
			save(t, g)
			if err := os.Rename(path, other); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(other, path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "jar.json")
			f := open(t, path, options())
			set(t, f, cookie("x", "0"), cookie("y", "0"))
			save(t, f)
			set(t, f, cookie("a", "1"))
			f.disk = &hookedDisk{hook: func() {
				if err := os.Remove(path + ".lock"); err != nil {
					t.Fatal(err)
				}
				overtake(t, path)
			}}
			save(t, f)
			if name != "another holds the lock" {
				if got := pairs(t, path); got != "a=1 b=2 y=0" {
					t.Errorf("in the file: %q, want a=1 b=2 y=0", got)
				}
			}
			if names, _ := filepath.Glob(path + ".*.tmp"); len(names) > 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

// The lock that counts is on the file that is there.
func TestHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := lock(t.Context(), path)
	if err != nil || !holds(l) {
		t.Fatalf("lock = %v, want a lock that holds", err)
	}
	defer l.Close()
	if err := os.Remove(path); err != nil {
		t.Skip("NOT TESTED: a file that is open cannot be deleted here:", err)
	}
	if holds(l) {
		t.Error("the lock file is deleted, and the lock still holds")
	}
	again, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if holds(l) || !holds(again) {
		t.Errorf("the first lock holds: %t, the second: %t, want the second alone", holds(l), holds(again))
	}
}

// With a context that a signal has ended, what need not wait is saved all the same.
func TestSaveAfterSignal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	f := open(t, path, options())
	set(t, f, cookie("a", "1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Save(ctx); err != nil {
		t.Errorf("Save = %v, want nil", err)
	}
	if got := pairs(t, path); got != "a=1" {
		t.Errorf("in the file: %q, want a=1", got)
	}
}

// A badDisk fails to read a file at an offset, the first time that it is read or the
// second: to see the format, or the cookies.
type badDisk struct {
	osDisk
	at, pass int
}

func (d badDisk) open(path string) (source, error) {
	s, err := d.osDisk.open(path)
	if err != nil {
		return nil, err
	}
	return &badSource{source: s, left: d.at, disk: d}, nil
}

type badSource struct {
	source
	left, pass int
	disk       badDisk
}

func (s *badSource) Read(p []byte) (int, error) {
	if s.pass != s.disk.pass {
		return s.source.Read(p)
	}
	if s.left == 0 {
		return 0, &fs.PathError{Op: "read", Path: "disk", Err: syscall.EIO}
	}
	n, err := s.source.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

func (s *badSource) Seek(offset int64, whence int) (int64, error) {
	s.pass++
	return s.source.Seek(offset, whence)
}

// A disk that cannot be read is an error of the disk, in Open as in Save: not a
// malformed file, which one would delete. The file stays as it is.
func TestDiskFails(t *testing.T) {
	for _, name := range []string{"jar.json", "cookies.txt"} {
		path := filepath.Join(t.TempDir(), name)
		f := open(t, path, options())
		set(t, f, cookie("a", "1"), cookie("b", "2"))
		save(t, f)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 * (len(before) + 1) {
			bad := badDisk{at: i / 2, pass: i % 2}
			check := func(call string, err error) {
				t.Helper()
				for _, not := range []error{cookiefile.SkipMalformed, cookiefile.ErrMalformed, cookiefile.ErrForeign, cookiefile.SkipFields, io.ErrUnexpectedEOF} {
					if errors.Is(err, not) {
						t.Errorf("%s: %s, failing at %d in pass %d, = %v, want no word of the format", name, call, bad.at, bad.pass, err)
					}
				}
				if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "read") {
					t.Errorf("%s: %s, failing at %d in pass %d, = %v, want EIO, the file and the operation", name, call, bad.at, bad.pass, err)
				}
			}
			_, err := openOn(bad, path, options())
			check("Open", err)
			f.disk = bad
			check("Save", f.Save(t.Context()))
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != string(before) {
			t.Errorf("%s has changed: %v", name, err)
		}
	}
}

// An option that is no format is an error before anything is read or replaced.
func TestUnknownFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	if _, err := Open(path, &Options{Format: 99, Jar: new(jar.Options)}); err == nil || !strings.Contains(err.Error(), "unknown format") {
		t.Errorf("Open = %v, want an unknown format", err)
	}
}
