package backend

import (
	"context"
	"errors"
	"iter"
	"log/slog"

	"uacookie/jar/store"
)

// ErrBroken is wrapped by the error of a Backend that cannot be used any more, whatever is
// tried, such as a damaged file. It spares a jar that is being closed further tries.
var ErrBroken = errors.New("backend: it can no longer be used")

// A Backend keeps the cookies of a jar.
//
// Its methods are not called concurrently. Each returns soon after its context is done.
type Backend interface {
	// Load yields every Record there is, in any order, one for each Key.
	//
	// An error that is a *RecordError stands for one record that cannot be read;
	// it stays where it is, and others follow. Any other error is the last thing
	// that is yielded. Strings of a Record may be kept.
	Load(ctx context.Context) iter.Seq2[Record, error]

	// Apply does what the batch says, all of it or nothing, and returns when that
	// will last. A batch has at most one Op for each Key, in no particular order. No
	// Op has Drop or Touch set, and Stamps do not count: the batch is newer than what
	// is there. Apply must not keep the slice.
	//
	// After an error it may be that the batch was applied all the same. The same
	// batch may come again.
	Apply(ctx context.Context, batch []Op) error

	// Close gives back what the Backend holds. It is called once, last.
	Close() error
}

// A Counter is a Backend that knows how many records it has, so that a progress
// bar can have an end.
type Counter interface {
	Backend

	// Count returns the number of records that Load would yield, or about that.
	Count(ctx context.Context) (int, error)
}

// A Record is a cookie as a jar had it, with all its times and its Order.
type Record struct {
	Cookie store.Cookie

	// List names the public suffix list by which the jar took the cookie, and the user
	// agent that read it. It is empty if the list has no name.
	List string

	// Stamp says when the record was written. It is zero where one jar alone writes; a
	// Backend keeps it.
	Stamp Stamp
}

// String describes the record in a line, without the cookie's value.
func (r Record) String() string { return r.Cookie.String() }

// LogValue implements slog.LogValuer, without the cookie's value.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("cookie", r.Cookie), slog.String("list", r.List))
}

// An Op is what a batch does to the cookie of one identity. Without Delete, Drop and
// Touch it is a put: the Record takes the place of the one of the same Key, if any.
type Op struct {
	Record

	// Delete removes the cookie of that identity, if there is one. Of the Record only the
	// fields of the Key and the Stamp count, and the others are zero.
	Delete bool

	// Drop is Delete for a cookie that a jar gave up by itself, since it has expired: it
	// removes nothing but the record with this very Stamp. Only a [Shared] gets it.
	Drop bool

	// Touch sets nothing but LastAccess, and only of the record with this very Stamp.
	// Only a [Shared] gets it.
	Touch bool
}

// Key returns the identity of the cookie that the Op is about.
func (o *Op) Key() store.Key { return o.Cookie.Key() }

// LogValue implements slog.LogValuer, without the cookie's value.
func (o Op) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("cookie", o.Cookie), slog.Bool("delete", o.Delete),
		slog.Bool("drop", o.Drop), slog.Bool("touch", o.Touch))
}

// A RecordError is one record that cannot be read, or that the jar refuses. It stays
// where it is.
type RecordError struct {
	Where string // what finds the record in its Backend; nothing secret
	Err   error
}

// Error implements error.
func (e *RecordError) Error() string { return "cookie record " + e.Where + ": " + e.Err.Error() }

// Unwrap returns e.Err.
func (e *RecordError) Unwrap() error { return e.Err }
