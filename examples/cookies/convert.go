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

// convert writes the cookies of one file to another, in the order in which they
// were created. What is lost on the way is reported.
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

// isStandardOutput reports whether path means standard output. By its names on Unix it
// may be a file, which the shell has opened and goes on writing: it must stay that file.
func isStandardOutput(path string) bool {
	return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1"
}

// put writes to what path leads to: a device, a named pipe or the like as it is, and a
// file, or none, by replacing it.
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

// writeTo writes to what is there, which is no file.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// followLinks returns where the last of the symbolic links that path begins points,
// where nothing is yet.
func followLinks(path string) (string, error) {
	for range 40 {
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link
		}
		if !filepath.IsAbs(link) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path)) // from which ".." is meant
			if err != nil {
				return "", err
			}
			link = dir + string(filepath.Separator) + link
		}
		path = link
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// replace writes a file that its owner alone can read, in the place of the one that
// may be there, which stays as it is if anything goes wrong.
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
