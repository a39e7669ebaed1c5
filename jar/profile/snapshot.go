package profile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"uacookie/jar/cookiefile"
)

// errBusy is returned if the browser keeps writing to the file.
var errBusy = errors.New("the file keeps changing while it is copied; try again, or close the browser")

// tries is the number of attempts to copy a database.
const tries = 20

// snapshot copies the database at path and its journal files to a temporary folder. It
// returns the path of the copy, and a function that removes the folder.
//
// SQLite cannot read the browser's own files: Chrome locks them exclusively while it runs,
// and SQLite would write files beside them.
func snapshot(path string, most int64) (copied string, remove func(), err error) {
	if most <= 0 {
		most = defaultMaxBytes
	}
	dir, err := os.MkdirTemp("", "cookies") // 0700
	if err != nil {
		return "", nil, err
	}
	cleanUp := func() { _ = os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			cleanUp()
		}
	}()
	copied = filepath.Join(dir, "db")
	for range tries {
		before, err := state(path)
		if err != nil {
			return "", nil, err
		}
		for _, end := range parts {
			if err := copyFile(copied+end, path+end, most); err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
				return "", nil, err
			}
		}
		after, err := state(path)
		if err != nil {
			return "", nil, err
		}
		if slices.Equal(before, after) {
			return copied, cleanUp, nil
		}
	}
	return "", nil, errBusy
}

// parts are the suffixes of the files of a database: the database itself, its rollback
// journal and its write-ahead log.
var parts = [...]string{"", "-journal", "-wal"}

// modified returns when the database at path was last written to; the zero Time if that
// cannot be told.
func modified(path string) (last time.Time) {
	for _, end := range parts {
		if info, err := os.Stat(path + end); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// state returns the sizes and modification times of the files of a database, which change
// when one of them is written.
func state(path string) (all []int64, err error) {
	for _, end := range parts {
		info, err := os.Stat(path + end)
		switch {
		case err == nil && !info.Mode().IsRegular():
			return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
		case err == nil:
			all = append(all, info.Size(), info.ModTime().UnixNano())
		case end != "" && errors.Is(err, fs.ErrNotExist):
			all = append(all, -1)
		default:
			return nil, err
		}
	}
	return all, nil
}

// copyFile copies a file of at most most bytes. If from does not exist, it removes to.
func copyFile(to, from string, most int64) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, most+1))
	if err == nil && n > most {
		err = cookiefile.ErrTooLarge
	}
	return errors.Join(err, out.Close())
}
