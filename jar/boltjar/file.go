package boltjar

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"uacookie/jar/backend"
)

// open opens a database and its file, and locks it.
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
		_ = file.Close() // which unlocks, if bbolt has not done it
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

// makeFile makes a database without cookies, unless another process does it meanwhile.
// It is made aside, since one that is cut off while it is made could not be opened. An
// empty file keeps its mode.
func makeFile(path string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if info, statErr := os.Stat(path); statErr == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = makeBuckets(f.Name())
	}
	if err == nil {
		err = place(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir) // or the file may be gone after a power cut
	}
	return err
}

// makeBuckets makes the buckets in an empty database.
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

// mark has programs that know version 1 only leave the file as it is. Loading it they
// come to the marker first. If they go on after that, they number their list next, and
// where that number would be there is a bucket, so that they can write nothing.
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

// place gives the file at from the name path, unless there is one with anything in it.
func place(from, path string) error {
	err := os.Link(from, path)
	if err == nil || errors.Is(err, fs.ErrExist) && !missing(path) {
		return nil
	}
	return os.Rename(from, path) // not every file system has links
}

// missing reports whether there is no file at path, or an empty one, as mktemp leaves it.
func missing(path string) bool {
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}

// syncDir has the entries of a folder survive a power cut.
func syncDir(dir string) error {
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
