package boltjar

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"go.etcd.io/bbolt"
)

// makeFile makes a database without cookies, unless somebody else does it meanwhile.
// It is made aside, since one that is cut off while it is made could not be opened.
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
		err = syncDir(dir) // or the file may be gone after a power cut
	}
	return err
}

// makeBuckets makes the buckets in an empty database.
func makeBuckets(path string) error {
	db, err := open(path)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, cookies := tx.CreateBucket(bucketCookies)
		_, lists := tx.CreateBucket(bucketLists)
		return errors.Join(cookies, lists)
	})
	return errors.Join(err, db.Close())
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
