// Package boltjar keeps a cookie jar in a file, with go.etcd.io/bbolt.
//
//	b, err := boltjar.Open("cookies.db")
//	...
//	j, err := durable.Open(ctx, b, nil)
//
// One process has the file open at a time. A new file is readable by its owner only; one
// that is there keeps its mode. bbolt flushes the pages of a batch to disk (fdatasync, or
// what the system has for it), then the page that makes them count, and flushes again,
// before [Backend.Apply] returns: https://pkg.go.dev/go.etcd.io/bbolt#DB.Update. So a
// batch is in the file as a whole or not at all, whenever the process or the power goes,
// as long as the disk keeps what it says it has.
//
// The file does not shrink. What deleted cookies leave free is used again.
//
// # Damage
//
// Each record has a checksum, and the pages around the records are looked through when
// they are loaded and before anything is written. A record that is damaged is a
// [backend.RecordError] and stays; a page that is damaged, or an end that is missing, is
// [ErrDamaged], after which nothing is written. No cookie is loaded with a byte changed.
//
// # Versions
//
// Files of all earlier versions can be opened. With its first batch a file becomes one of
// this version, which an earlier program refuses with [backend.ErrVersion]; the records
// in it are rewritten as their cookies change.
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

// A Backend is a file with cookies. It implements [backend.Backend] and
// [backend.Counter].
type Backend struct {
	path  string
	db    *bbolt.DB
	file  *os.File // that of db
	lists lists

	count   uint64 // of the records
	marked  bool   // the file is of this version
	checked bool   // all of it was looked through
	broken  error  // why nothing more can be done with it
	stuck   bool   // so that bbolt cannot even close it
}

var _ backend.Counter = (*Backend)(nil)

// The buckets. The sequence of bucketCookies is how many records it has.
var (
	bucketCookies = []byte("cookies") // records
	bucketLists   = []byte("lists")   // public suffix lists, which records have by number
)

// lockTimeout is how long Open waits for another process to close the file.
const lockTimeout = time.Second

// ErrLocked is the error of Open if another process has the file open.
var ErrLocked = errors.New("another process has the file open")

var errForeign = errors.New("it is no database of cookies")

// Open opens the file at path, or makes a new one. If path is a symbolic link, it opens or
// makes the file at the end of the link.
//
// A file that is damaged where Open looks, or is no database, is an error and stays as
// it is, and so does what is no regular file, such as a device or a named pipe. The error
// wraps [backend.ErrVersion] if a later version of this program has written the file.
func Open(path string) (*Backend, error) {
	b := &Backend{path: path}
	path, err := target.Of(path)
	if err != nil {
		return nil, b.fail("open", err)
	}
	if missing(path) {
		if err := makeFile(path); err != nil {
			return nil, b.fail("make", err)
		}
	}
	if err := b.open(path); err != nil {
		return nil, b.fail("open", err)
	}
	return b, nil
}

// open opens the database, once it has been looked at: bbolt believes the list of free
// pages that it reads when it opens a file for writing.
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

// look reads the lists and goes through all but the cookies. It returns their bucket and
// what reads it.
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

// errStopped ends a walk through the records, and is no error.
var errStopped = errors.New("stopped")

// readMarker reads the version of the file, and how many records it says it has.
func (b *Backend) readMarker() error {
	p, cookies, err := b.look()
	if err != nil {
		return err
	}
	b.count = min(cookies.sequence, p.end*uint64(p.pageSize/elementSize)) // it has no checksum
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

// checkMark returns an error if one of the two signs of this version is missing: the
// page that it was on says it is empty.
func (b *Backend) checkMark(marked bool) error {
	if marked != b.lists.locked {
		return damaged("a page is not as full as it was")
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

// load goes through the whole file and yields all records, if yield is not nil. The error
// is errStopped if it was told to stop.
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
			return damaged("there is a bucket among the records")
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

// usable returns an error if the file cannot be used any more, or ctx is done.
func (b *Backend) usable(ctx context.Context) error {
	if b.db == nil {
		return berrors.ErrDatabaseNotOpen
	}
	return cmp.Or(b.broken, ctx.Err())
}

// note returns err, and remembers it if it says that the file is damaged.
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

// A change is an Op as it goes into the file.
type change struct {
	key, value []byte // no value: delete
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
	// A file whose end went missing while it was open would fail bbolt in the middle.
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

// write writes a batch, and returns how many records there are then.
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

// encode returns the changes in the order of their keys, in which bbolt takes them
// fastest. Numbers for new lists go into the bucket.
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

// Close implements [backend.Backend]. If the file is damaged, or its end is missing, that
// is the error.
func (b *Backend) Close() error {
	if b.db == nil {
		return b.fail("close", berrors.ErrDatabaseNotOpen)
	}
	err := b.broken
	if err == nil {
		_, err = newestMeta(b.file)
	}
	if b.stuck {
		// bbolt has panicked with its locks held, and its Close would wait for them. What
		// it has mapped stays until the process ends.
		err = errors.Join(err, unlock(b.file), b.file.Close())
	} else {
		err = errors.Join(err, guard(b.db.Close))
	}
	b.db = nil
	return b.fail("close", err)
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
