// Package boltjar keeps a cookie jar in a file, with go.etcd.io/bbolt.
//
//	b, err := boltjar.Open("cookies.db")
//	...
//	j, err := durable.Open(ctx, b, nil)
//
// Only one process can have the file open at a time. Only its owner can read it: Open takes
// the access of others from an existing file of this owner. Before [Backend.Apply] returns, bbolt flushes the pages of
// the batch to disk (fdatasync, or the system's equivalent), writes the meta page that makes
// them current, and flushes again: https://pkg.go.dev/go.etcd.io/bbolt#DB.Update. So after a
// crash or power failure at any time, the file contains a batch as a whole or not at all,
// provided that the disk does not lose flushed data.
//
// The file does not shrink. bbolt reuses the space of deleted cookies.
//
// # Damage
//
// Each record has a checksum, and the pages around the records are checked when they are
// loaded and before anything is written. A damaged record is reported as a
// [backend.RecordError] and stays in the file. A damaged page or a truncated file is
// [ErrDamaged], after which nothing is written. No cookie is loaded with a changed byte.
//
// # Versions
//
// Files of all earlier versions can be opened. The first batch converts a file to this
// version, which earlier programs refuse with [backend.ErrVersion]. Existing records are
// rewritten when their cookies change.
package boltjar

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"uacookie/internal/target"
	"uacookie/jar/backend"
)

// A Backend keeps cookies in a file. It implements [backend.Backend] and [backend.Counter].
type Backend struct {
	path  string
	db    *bbolt.DB
	file  *os.File // the open file of db
	lists lists

	count   uint64 // number of records
	marked  bool   // the file is of this version
	checked bool   // the whole file was checked
	broken  error  // the error that made the file unusable, or nil
	stuck   bool   // bbolt panicked with locks held, and cannot be closed
}

var _ backend.Counter = (*Backend)(nil)

// The buckets. The sequence of bucketCookies is the number of its records.
var (
	bucketCookies = []byte("cookies") // records
	bucketLists   = []byte("lists")   // public suffix lists, to which records refer by number
)

// lockTimeout is the time that Open waits for another process to close the file.
const lockTimeout = time.Second

// ErrLocked is the error of Open if another process has the file open.
var ErrLocked = errors.New("boltjar: another process has the file open")

var errForeign = errors.New("boltjar: not a cookie database")

// Open opens the file at path, or creates it. If path is a symbolic link, Open opens or
// creates the file that it points to.
//
// Open returns an error and changes nothing if the file is not a database, is visibly
// damaged, or is not a regular file but, for example, a device or a named pipe. The error
// is ErrLocked if another process has the file open. It wraps [backend.ErrVersion] if a
// later version of this package wrote the file. If others can open an existing file, Open takes
// their access away. It returns an error if it cannot, as for a file of another owner.
func Open(path string) (*Backend, error) {
	b := &Backend{path: path}
	path, err := target.Of(path)
	if err != nil {
		return nil, b.fail("open", err)
	}
	if missing(path) {
		if err := makeFile(path); err != nil {
			return nil, b.fail("create", err)
		}
	}
	if err := b.open(path); err != nil {
		return nil, b.fail("open", err)
	}
	return b, nil
}

// open checks the database read only, and then opens it for writing. bbolt trusts the list
// of free pages that it reads when it opens a file for writing.
func (b *Backend) open(path string) error {
	for _, readOnly := range []bool{true, false} {
		var err error
		if b.db, b.file, err = open(path, readOnly); err != nil {
			return err
		}
		if err = b.readMarker(); err != nil || readOnly {
			err = errors.Join(err, guard(b.db.Close))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// look reads the lists and checks all pages outside of the cookies' bucket. It returns that
// bucket and a reader for it.
func (b *Backend) look() (*pageReader, bucket, error) {
	p, err := newPageReader(b.file)
	if err != nil {
		return nil, bucket{}, err
	}
	buckets := map[string]bucket{}
	err = p.each(bucket{root: p.root}, func(key, value []byte, isBucket bool) error {
		if !isBucket {
			return errForeign
		}
		in, err := parseBucket(value)
		buckets[string(key)] = in
		return err
	})
	if err != nil {
		return nil, bucket{}, err
	}
	cookies, hasCookies := buckets[string(bucketCookies)]
	lists, hasLists := buckets[string(bucketLists)]
	if !hasCookies || !hasLists {
		return nil, bucket{}, errForeign
	}
	err = b.lists.load(p, lists)
	for name, other := range buckets {
		if err == nil && name != string(bucketCookies) && name != string(bucketLists) {
			err = p.check(other, 0)
		}
	}
	return p, cookies, err
}

// errStopped ends a walk through the records. It does not report a failure.
var errStopped = errors.New("stopped")

// readMarker reads the version and the number of records of the file.
func (b *Backend) readMarker() error {
	p, cookies, err := b.look()
	if err != nil {
		return err
	}
	b.count = min(cookies.sequence, p.end*uint64(p.pageSize/elementSize)) // sequence has no checksum
	b.marked = false
	err = p.each(cookies, func(key, value []byte, _ bool) error {
		if !bytes.Equal(key, markerKey) {
			return errStopped
		}
		b.marked = true
		return cmp.Or(checkMarker(value), errStopped)
	})
	if err == errStopped || err == nil {
		err = b.checkMark(b.marked)
	}
	return err
}

// checkMark returns an error if only one of the two marks of this version is present: the
// page of the other was damaged to look empty.
func (b *Backend) checkMark(marked bool) error {
	if marked != b.lists.locked {
		return damaged("a page has lost elements")
	}
	return nil
}

// Load implements [backend.Backend]. The Where of a RecordError is the domain of the
// cookie and a hash of the rest of its identity.
func (b *Backend) Load(ctx context.Context) iter.Seq2[backend.Record, error] {
	return func(yield func(backend.Record, error) bool) {
		err := b.load(ctx, yield)
		if err != nil && err != errStopped {
			yield(backend.Record{}, b.fail("load", err))
		}
	}
}

// load checks the whole file and, if yield is not nil, yields all records. The error is
// errStopped if yield returned false.
func (b *Backend) load(ctx context.Context, yield func(backend.Record, error) bool) error {
	if err := b.usable(ctx); err != nil {
		return err
	}
	p, cookies, err := b.look()
	if err != nil {
		return b.note(err)
	}
	count, marked := uint64(0), false
	err = p.each(cookies, func(key, value []byte, isBucket bool) error {
		if isBucket {
			return damaged("the records contain a bucket")
		}
		if bytes.Equal(key, markerKey) {
			marked = true
			return nil
		}
		count++
		if yield == nil {
			return nil
		}
		var r backend.Record
		err := decodeRecord(key, value, &r)
		if err != nil {
			r, err = backend.Record{}, &backend.RecordError{Where: where(key), Err: err}
		}
		r.List = b.lists.names[r.List]
		if !yield(r, err) {
			return errStopped
		}
		return ctx.Err()
	})
	if err == nil {
		err = b.checkMark(marked)
	}
	if err == nil {
		b.count, b.checked = count, true
	}
	return b.note(err)
}

// usable returns an error if the file is closed or damaged, or ctx is done.
func (b *Backend) usable(ctx context.Context) error {
	if b.db == nil {
		return berrors.ErrDatabaseNotOpen
	}
	return cmp.Or(b.broken, ctx.Err())
}

// note returns err. If err reports damage, all later calls fail with it.
func (b *Backend) note(err error) error {
	if errors.Is(err, ErrDamaged) && b.broken == nil {
		b.broken = err
	}
	return err
}

// Count implements [backend.Counter].
func (b *Backend) Count(ctx context.Context) (int, error) {
	if err := b.usable(ctx); err != nil {
		return 0, b.fail("count", err)
	}
	return int(b.count), nil
}

// A change is an encoded Op.
type change struct {
	key, value []byte // a nil value deletes the key
}

// Apply implements [backend.Backend].
func (b *Backend) Apply(ctx context.Context, batch []backend.Op) error {
	err := b.usable(ctx)
	if err == nil && !b.checked {
		err = b.load(ctx, nil)
	}
	if err == nil && len(batch) > 0 {
		err = b.apply(ctx, batch)
	}
	return b.fail("write", err)
}

func (b *Backend) apply(ctx context.Context, batch []backend.Op) error {
	// If the file was truncated while open, bbolt would fail in the middle of a batch.
	if _, err := newestMeta(b.file); err != nil {
		return b.note(err)
	}
	count := b.count
	err := guard(func() error {
		return b.db.Update(func(tx *bbolt.Tx) (err error) {
			count, err = b.write(tx, batch)
			return errors.Join(err, ctx.Err())
		})
	})
	b.lists.settle(err == nil)
	if err == nil {
		b.count, b.marked = count, true
	}
	if errors.Is(err, ErrDamaged) {
		b.stuck = true
	}
	return b.note(err)
}

// write writes a batch and returns the new number of records.
func (b *Backend) write(tx *bbolt.Tx, batch []backend.Op) (count uint64, err error) {
	cookies, lists := tx.Bucket(bucketCookies), tx.Bucket(bucketLists)
	if !b.marked {
		if err := mark(cookies, lists); err != nil {
			return 0, err
		}
	}
	changes, err := b.encode(lists, batch)
	if err != nil {
		return 0, err
	}
	count = b.count
	for _, c := range changes {
		was, is := cookies.Get(c.key) != nil, c.value != nil
		switch {
		case is:
			err = cookies.Put(c.key, c.value)
		case was:
			err = cookies.Delete(c.key)
		}
		if err != nil {
			return 0, err
		}
		switch {
		case is && !was:
			count++
		case was && !is:
			count--
		}
	}
	return count, cookies.SetSequence(count)
}

// encode returns the changes sorted by key, the order in which bbolt is fastest. It stores
// numbers for new lists in the bucket.
func (b *Backend) encode(lists *bbolt.Bucket, batch []backend.Op) ([]change, error) {
	changes := make([]change, len(batch))
	for i := range batch {
		o, c := &batch[i], &changes[i]
		c.key = appendKey(nil, o.Key())
		if o.Delete {
			continue
		}
		r := o.Record
		var err error
		if r.List, err = b.lists.number(lists, r.List); err != nil {
			return nil, err
		}
		if c.value, err = encodeRecord(c.key, &r); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(changes, func(c, d change) int { return bytes.Compare(c.key, d.key) })
	return changes, nil
}

// Close implements [backend.Backend]. It returns ErrDamaged if the file is known to be
// damaged or is truncated.
func (b *Backend) Close() error {
	if b.db == nil {
		return b.fail("close", berrors.ErrDatabaseNotOpen)
	}
	err := b.broken
	if err == nil {
		_, err = newestMeta(b.file)
	}
	if b.stuck {
		// bbolt panicked with its locks held, and its Close would wait for them. Its
		// memory mapping stays until the process ends.
		err = errors.Join(err, unlock(b.file), b.file.Close())
	} else {
		err = errors.Join(err, guard(b.db.Close))
	}
	b.db = nil
	return b.fail("close", err)
}

// fail adds the operation and, unless the error contains it, the path of the file. The
// errors of this package begin with its name.
func (b *Backend) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == b.path {
		return err
	}
	return fmt.Errorf("%s %s: %w", op, b.path, err)
}
