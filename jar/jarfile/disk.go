package jarfile

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// A disk is what replacing a file touches, so that tests can make each step fail.
// No library that replaces files lets one, flushes the folder too, and works on
// Windows; it is three calls.
type disk interface {
	create(dir, pattern string) (tempFile, error)
	rename(from, to string) error
	remove(name string) error
	syncDir(dir string) error
}

// A tempFile is an *os.File that is being written.
type tempFile interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
}

// replace puts what write writes in the place of the file at path, or leaves that
// as it is.
func replace(d disk, path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := d.create(dir, "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if err != nil {
			if !closed {
				_ = f.Close() // the first error is the one that matters
			}
			_ = d.remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil { // before the rename, lest a crash leaves an empty file
		return err
	}
	closed = true
	if err := f.Close(); err != nil {
		return err
	}
	if err := d.rename(f.Name(), path); err != nil {
		return err
	}
	return d.syncDir(dir) // the new file is there, but a crash might undo that
}

type osDisk struct{}

func (osDisk) create(dir, pattern string) (tempFile, error) {
	f, err := os.CreateTemp(dir, pattern) // 0600
	if err != nil {
		return nil, err // and not a tempFile that holds a nil *os.File
	}
	return f, nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(name string) error     { return os.Remove(name) }

func (osDisk) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
