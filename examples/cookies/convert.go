package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// convert writes the cookies of one file to another, in order of creation, and reports
// everything that is lost.
func (c *command) convert() (err error) {
	if len(c.args) != 2 {
		return errUsage
	}
	j, err := c.load(c.args[0])
	if err != nil {
		return err
	}
	cookies := slices.SortedFunc(j.All(), func(a, b jar.Cookie) int { return cmp.Compare(a.Order, b.Order) })
	o := &cookiefile.WriteOptions{
		Name:   c.args[1],
		Format: cmp.Or(c.to, cookiefile.FormatOf(c.args[1])),
		Lost:   func(l *cookiefile.Loss) { c.report(l) },
	}
	write := func(w io.Writer) error { return cookiefile.Write(w, slices.Values(cookies), o) }
	if isStandardOutput(c.args[1]) {
		o.Name = "standard output"
		return write(c.stdout)
	}
	return put(c.args[1], write)
}

// isStandardOutput reports whether path means standard output. Under its names on Unix it
// may be a file that the shell opened and continues to write, so it must not be replaced.
func isStandardOutput(path string) bool {
	return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1"
}

// put writes to the file at path, following symbolic links. It replaces a regular or missing
// file, and writes to a device, a named pipe or another special file.
func put(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return writeTo(path, write)
	case err == nil:
		path, err = filepath.EvalSymlinks(path)
	case errors.Is(err, fs.ErrNotExist):
		path, err = followLinks(path)
	}
	if err != nil {
		return err
	}
	return replace(path, write)
}

// writeTo writes to an existing special file.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// followLinks returns the path that the chain of symbolic links at path ends at. There is no
// file at that path.
func followLinks(path string) (string, error) {
	for range 40 {
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil // not a link
		}
		if !filepath.IsAbs(link) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path)) // ".." in the link is relative to it
			if err != nil {
				return "", err
			}
			link = dir + string(filepath.Separator) + link
		}
		path = link
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// replace atomically replaces the file at path, if there is one, by a file that only its
// owner can read. If anything fails, the old file stays as it is.
func replace(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".cookies.*.convert") // 0600; not a name that jarfile cleans up
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // the first error is the one that matters
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
