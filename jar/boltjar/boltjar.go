// Package boltjar keeps a cookie jar in a file, with go.etcd.io/bbolt.
//
//	b, err := boltjar.Open("cookies.db")
//	...
//	j, err := durable.Open(ctx, b, nil)
//
// One process has the file open at a time; it is readable by its owner only. bbolt
// flushes the pages of a batch to disk (fdatasync, or what the system has for it),
// then the page that makes them count, and flushes again, before [Backend.Apply]
// returns: https://pkg.go.dev/go.etcd.io/bbolt#DB.Update. So a batch is in the file as
// a whole or not at all, whenever the process or the power goes, as long as the disk
// keeps what it says it has.
//
// The file does not shrink. What deleted cookies leave free is used again.
package boltjar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"runtime/debug"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"uacookie/jar/backend"
)

// A Backend is a file with cookies. It implements [backend.Backend] and
// [backend.Counter].
type Backend struct {
	path  string
	db    *bbolt.DB
	lists lists
}

var _ backend.Counter = (*Backend)(nil)

// The buckets. The sequence of bucketCookies is how many there are.
var (
	bucketCookies = []byte("cookies") // records
	bucketLists   = []byte("lists")   // public suffix lists, which records have by number
)

// lockTimeout is how long Open waits for another process to close the file.
const lockTimeout = time.Second

// ErrLocked is the error of Open if another process has the file open.
var ErrLocked = errors.New("another process has the file open")

// Open opens the file at path, and makes it if there is none.
//
// A file that is damaged where Open looks, or is no database, is an error and stays as
// it is.
func Open(path string) (*Backend, error) {
	b := &Backend{path: path}
	if missing(path) {
		if err := makeFile(path); err != nil {
			return nil, b.fail("make", err)
		}
	}
	err := guard(func() (err error) {
		b.db, err = open(path)
		return err
	})
	if err != nil {
		return nil, b.fail("open", err)
	}
	err = b.view(func(tx *bbolt.Tx) error {
		lists := tx.Bucket(bucketLists)
		if lists == nil || tx.Bucket(bucketCookies) == nil {
			return errForeign
		}
		return b.lists.load(lists)
	})
	if err != nil {
		return nil, errors.Join(b.fail("open", err), b.db.Close())
	}
	return b, nil
}

var errForeign = errors.New("it is no database of cookies")

// open opens a database.
func open(path string) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, ErrLocked
	}
	return db, err
}

// Load implements [backend.Backend]. The Where of a RecordError is the domain of the
// cookie and a hash of the rest of its identity.
func (b *Backend) Load(ctx context.Context) iter.Seq2[backend.Record, error] {
	return func(yield func(backend.Record, error) bool) {
		if err := b.load(ctx, yield); err != nil {
			yield(backend.Record{}, b.fail("load", err))
		}
	}
}

// load yields all records. It returns nil if it was told to stop.
func (b *Backend) load(ctx context.Context, yield func(backend.Record, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := b.db.Begin(false)
	if err != nil {
		return err
	}
	defer tx.Rollback() // which cannot fail
	var cursor *bbolt.Cursor
	for {
		var k, v []byte
		err := guard(func() error {
			if cursor == nil {
				cursor = tx.Bucket(bucketCookies).Cursor()
				k, v = cursor.First()
			} else {
				k, v = cursor.Next()
			}
			return nil
		})
		if err != nil || k == nil {
			return err
		}
		r, err := b.lists.decode(v)
		if err != nil {
			err = &backend.RecordError{Where: where(k), Err: err}
		}
		if !yield(r, err) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Count implements [backend.Counter].
func (b *Backend) Count(ctx context.Context) (n int, _ error) {
	err := b.view(func(tx *bbolt.Tx) error {
		n = int(tx.Bucket(bucketCookies).Sequence())
		return ctx.Err()
	})
	return n, b.fail("count", err)
}

// A change is an Op as it goes into the file.
type change struct {
	key, value []byte // no value: delete
}

// Apply implements [backend.Backend].
func (b *Backend) Apply(ctx context.Context, batch []backend.Op) error {
	err := b.update(func(tx *bbolt.Tx) error {
		changes, err := b.encode(tx.Bucket(bucketLists), batch)
		if err != nil {
			return err
		}
		cookies := tx.Bucket(bucketCookies)
		count := cookies.Sequence()
		for _, c := range changes {
			was, is := cookies.Get(c.key) != nil, c.value != nil
			switch {
			case is:
				err = cookies.Put(c.key, c.value)
			case was:
				err = cookies.Delete(c.key)
			}
			if err != nil {
				return err
			}
			switch {
			case is && !was:
				count++
			case was && !is:
				count--
			}
		}
		return errors.Join(cookies.SetSequence(count), ctx.Err())
	})
	b.lists.settle(err == nil)
	return b.fail("write", err)
}

// encode returns the changes in the order of their keys, in which bbolt takes them
// fastest. Numbers for new lists go into the bucket.
func (b *Backend) encode(lists *bbolt.Bucket, batch []backend.Op) ([]change, error) {
	changes := make([]change, len(batch))
	for i := range batch {
		o := &batch[i]
		changes[i].key = appendKey(nil, o.Key())
		if o.Delete {
			continue
		}
		value, err := b.lists.encode(lists, o.Record)
		if err != nil {
			return nil, err
		}
		changes[i].value = value
	}
	slices.SortFunc(changes, func(c, d change) int { return bytes.Compare(c.key, d.key) })
	return changes, nil
}

// Close implements [backend.Backend].
func (b *Backend) Close() error { return b.fail("close", guard(b.db.Close)) }

func (b *Backend) update(f func(*bbolt.Tx) error) error {
	return guard(func() error { return b.db.Update(f) })
}

func (b *Backend) view(f func(*bbolt.Tx) error) error {
	return guard(func() error { return b.db.View(f) })
}

// fail wraps an error.
func (b *Backend) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == b.path {
		return fmt.Errorf("boltjar: %w", err)
	}
	return fmt.Errorf("boltjar: %s %s: %w", op, b.path, err)
}

// ErrDamaged is the error for a page of the file that is not what it should be. The
// file is left as it is; the command bbolt says more about it.
var ErrDamaged = errors.New("the file is damaged")

// guard calls f, and returns ErrDamaged if bbolt panics, as it does about a damaged
// file, or reads outside of it.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}
