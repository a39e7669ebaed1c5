package jarfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"uacookie/internal/target"
)

// A disk is the part of the file system that reading and replacing a file uses, so that
// tests can make each step fail. No library that replaces files allows that, flushes the
// folder, and works on Windows.
type disk interface {
	open(path string) (source, error)
	create(dir, pattern string) (tempFile, error)
	rename(from, to string) error
	remove(name string) error
	syncDir(dir string) error
}

// A source is an *os.File that is being read.
type source interface {
	io.ReadSeekCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// A tempFile is an *os.File that is being written.
type tempFile interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
}

// The name of a temporary file is tempPrefix, the name of the file, a dot, digits and
// tempSuffix.
const tempPrefix, tempSuffix = ".", ".tmp"

// replace atomically replaces the file at path by the output of write. It calls check just
// before the rename. If write, check or the disk fails, the file stays as it is. The caller
// holds the lock.
func replace(d disk, path string, write func(io.Writer) error, check func() error) (err error) {
	dir, base := filepath.Split(path)
	dir = filepath.Clean(dir)
	removeStale(d, dir, base)
	f, err := d.create(dir, tempPrefix+base+".*"+tempSuffix)
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
	if err := f.Sync(); err != nil { // before the rename, or a crash could leave an empty file
		return err
	}
	closed = true
	if err := f.Close(); err != nil {
		return err
	}
	if err := check(); err != nil {
		return err
	}
	if err := d.rename(f.Name(), path); err != nil {
		return err
	}
	return d.syncDir(dir) // or a crash could undo the rename
}

// removeStale removes the temporary files of processes that were killed while saving. The
// caller holds the lock, so no other process is saving. It ignores errors.
func removeStale(d disk, dir, base string) {
	folder, err := os.Open(dir)
	if err != nil {
		return
	}
	defer folder.Close()
	for {
		names, err := folder.Readdirnames(1000)
		for _, name := range names {
			if !isTemp(name, base) {
				continue
			}
			name = filepath.Join(dir, name)
			if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() {
				_ = d.remove(name)
			}
		}
		if err != nil {
			return
		}
	}
}

// isTemp reports whether name is the name of a temporary file for the file base.
func isTemp(name, base string) bool {
	digits, ok := strings.CutPrefix(name, tempPrefix+base+".")
	digits, suffix := strings.CutSuffix(digits, tempSuffix)
	return ok && suffix && digits != "" && strings.Trim(digits, "0123456789") == ""
}

type osDisk struct{}

func (osDisk) open(path string) (source, error) {
	// Opening a named pipe would wait for a writer.
	info, err := os.Stat(path)
	if err == nil {
		err = target.Regular(path, info.Mode())
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err // not a source that holds a nil *os.File
	}
	return f, nil
}

func (osDisk) create(dir, pattern string) (tempFile, error) {
	f, err := os.CreateTemp(dir, pattern) // 0600
	if err != nil {
		return nil, err // not a tempFile that holds a nil *os.File
	}
	return f, nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(name string) error     { return os.Remove(name) }

func (osDisk) syncDir(dir string) error { return target.SyncDir(dir) }
