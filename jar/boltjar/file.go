package boltjar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"uacookie/internal/target"
	"uacookie/jar/backend"
)

// open opens and locks a database.
func open(path string, readOnly bool) (db *bbolt.DB, file *os.File, err error) {
	o := &bbolt.Options{
		Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, ReadOnly: readOnly,
		OpenFile: func(path string, flag int, mode os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(path, flag&^os.O_CREATE, mode)
			return file, err
		},
	}
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, o)
		return err
	})
	if err != nil && file != nil {
		_ = file.Close() // unlocks, if bbolt did not
	}
	if err == nil && !readOnly {
		if err = restrict(file); err != nil {
			err = errors.Join(err, guard(db.Close))
		}
	}
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		err = ErrLocked
	case errors.Is(err, berrors.ErrInvalid):
		err = errForeign
	case errors.Is(err, berrors.ErrChecksum):
		err = damaged("both meta pages do not match their checksums")
	}
	return db, file, err
}

// restrict takes access to f away from all but its owner: the file contains secrets.
func restrict(f interface {
	Stat() (fs.FileInfo, error)
	Chmod(fs.FileMode) error
}) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if mode&0o077 == 0 {
		return nil
	}
	if err := f.Chmod(mode &^ 0o077); err != nil {
		return fmt.Errorf("others can open the file (mode %v), and their access cannot be taken away: %w; "+
			"its owner can do that with chmod go=, on a file system that has modes", mode, err)
	}
	return nil
}

// makeFile creates an empty database, unless another process does so meanwhile. It creates a
// temporary file and renames it, since a truncated database could not be opened.
func makeFile(path string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err = f.Close(); err == nil {
		err = makeBuckets(f.Name())
	}
	if err == nil {
		err = place(f.Name(), path)
	}
	if err == nil {
		err = target.SyncDir(dir) // or a power failure could undo the rename
	}
	return err
}

// makeBuckets creates the buckets in an empty database.
func makeBuckets(path string) error {
	db, _, err := open(path, false)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		cookies, err := tx.CreateBucket(bucketCookies)
		if err != nil {
			return err
		}
		lists, err := tx.CreateBucket(bucketLists)
		if err != nil {
			return err
		}
		return mark(cookies, lists)
	})
	return errors.Join(err, db.Close())
}

// mark keeps programs that only know version 1 from changing the file. When they load it,
// they read the marker first. If they ignore it, they next store the number of their list,
// and fail, since there is a bucket under that number.
func mark(cookies, lists *bbolt.Bucket) error {
	value, err := encodeRecord(markerKey, new(backend.Record))
	if err != nil {
		return err
	}
	if err := cookies.Put(markerKey, value); err != nil {
		return err
	}
	_, err = lists.CreateBucketIfNotExists(strconv.AppendUint(nil, lists.Sequence()+1, 10))
	return err
}

// place renames the file at from to path, unless there is already a file that is not empty.
func place(from, path string) error {
	err := os.Link(from, path)
	if err == nil || errors.Is(err, fs.ErrExist) && !missing(path) {
		return nil
	}
	return os.Rename(from, path) // not every file system has links
}

// missing reports whether the file at path does not exist or is empty, as mktemp creates it.
func missing(path string) bool {
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}
