package boltjar_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"uacookie/jar/boltjar"
)

// A file may have buckets of other programs, and buckets in those. Their pages are checked,
// too: because of a damaged page there, bbolt could overwrite one of ours.
func TestOtherBuckets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 10)
	large := bytes.Repeat([]byte("large"), 4000)
	edit(t, path, func(tx *bbolt.Tx) error {
		other, err := tx.CreateBucket([]byte("other"))
		if err != nil {
			return err
		}
		inner, err := other.CreateBucket([]byte("inner"))
		if err != nil {
			return err
		}
		for i := range 500 {
			if err := inner.Put(fmt.Appendf(nil, "key%d", i), []byte("marked value")); err != nil {
				return err
			}
		}
		return inner.Put([]byte("large"), large)
	})
	b := mustOpen(t, path)
	if n, err := load(b); n != 10 || err != nil {
		t.Errorf("%d records, %v: want 10", n, err)
	}
	mustClose(t, b)

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(data, []byte("key250marked value"))
	if at < 0 {
		t.Fatal("the value is not in the file")
	}
	data[at] = 'a' // the keys of its page are out of order
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := boltjar.Open(path); !errors.Is(err, boltjar.ErrDamaged) {
		if b != nil {
			_ = b.Close()
		}
		t.Errorf("Open of a file with a damaged page in another bucket: %v, want ErrDamaged", err)
	}
}

// A bucket among the records, or among the lists, is no file of ours any more.
func TestBucketAmongRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	fill(t, path, 10)
	edit(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.Bucket([]byte("cookies")).CreateBucket([]byte("a bucket"))
		return err
	})
	b, err := boltjar.Open(path)
	if err == nil {
		_, err = load(b)
		_ = b.Close()
	}
	if !errors.Is(err, boltjar.ErrDamaged) {
		t.Errorf("Open and Load: %v, want ErrDamaged", err)
	}
}

// If the name is so long that a temporary file's name does not fit, Open returns an error and
// creates no file.
func TestNameTooLong(t *testing.T) {
	dir := t.TempDir()
	if b, err := boltjar.Open(filepath.Join(dir, strings.Repeat("n", 250))); err == nil {
		_ = b.Close()
		t.Error("no error, want one")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the folder has %v, %v: want no file", left, err)
	}
}
