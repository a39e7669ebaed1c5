// Package backend is the seam between a jar and where its cookies are kept: on disk,
// or on a server that several jars share.
//
// A [Backend] holds one [Record] for each cookie. Package durable runs a jar on one:
// it keeps all cookies in memory, so that reading never gets here, and hands over
// what has changed in batches. A Backend therefore knows no rules: not what expires,
// what matches or what is a public suffix.
//
// Package backendtest has the tests that every Backend must pass.
//
// # One jar
//
// An embedded database needs the three methods of [Backend], and no goroutine. What
// [Backend.Apply] has returned nil for must survive the loss of the process, and, if
// the database says so, of power.
//
// # Several jars
//
// A server such as Redis or Valkey, which a fleet of workers shares, has two more
// abilities. [SiteLoader] lets a worker begin with no cookie and load a site when it
// first needs it. [Watcher] lets it hear what the others change. With Redis:
//
//   - One hash for each domain that has cookies: the field is the rest of the
//     identity, the value an encoded [Record]. A Record is self-contained, so the
//     field may be a digest.
//   - Apply is one MULTI with an HSET or HDEL for each Op and one XADD of the batch
//     to a stream; or a script that does the same. In a cluster, the stream and the
//     hashes must share a hash tag, or a batch is not atomic.
//   - LoadSite is one HGETALL for each domain below the site, which a sorted set of
//     reversed domains finds (ZRANGE BYLEX). Load is a SCAN of the hashes.
//   - Watch remembers the end of the stream, and then reads on with XREAD BLOCK. If
//     the stream was trimmed past the place where a worker is, Watch fails, and the
//     worker must open its jar anew.
//
// # What a worker sees
//
// Its own changes at once. Those of others when Watch has yielded them: usually
// soon, never at once. All workers that have caught up have the same cookies, since
// all follow the one order of the server: of two writers of one cookie, the one whose
// batch came later wins, whole cookies at a time. It is not known before the writes
// meet at the server who that is, and a worker may for a moment go back to an older
// state while it loads a site. While the server cannot be reached, a worker goes on
// with what it has, and what it writes meanwhile comes later.
//
// So nothing is read-modify-write across workers. A server that gives out a new token
// with each answer and takes each only once needs one worker for its site at a time.
// Limits are kept by each worker for what it has loaded, and what it evicts it deletes
// for all.
package backend

import (
	"cmp"
	"context"
	"iter"
	"log/slog"

	"uacookie/jar/store"
)

// A Backend keeps the cookies of a jar.
//
// Its methods are not called concurrently, but for those of [SiteLoader] and
// [Watcher]. Each returns soon after its context is done.
type Backend interface {
	// Load yields every Record there is, in any order, one for each Key.
	//
	// An error that is a *RecordError stands for one record that cannot be read;
	// it stays where it is, and others follow. Any other error is the last thing
	// that is yielded. Strings of a Record may be kept.
	Load(ctx context.Context) iter.Seq2[Record, error]

	// Apply does what the batch says, all of it or nothing, and returns when that
	// will last. A batch has at most one Op for each Key, in no particular order.
	// Apply must not keep the slice.
	//
	// After an error it may be that the batch was applied all the same. The same
	// batch may come again.
	Apply(ctx context.Context, batch []Op) error

	// Close gives back what the Backend holds. It is called once, last.
	Close() error
}

// A SiteLoader is a Backend that can load one site.
type SiteLoader interface {
	Backend

	// LoadSite is Load for the cookies whose Domain is the host site or below it,
	// in whatever partition. It may be called while Apply is under way.
	LoadSite(ctx context.Context, site string) iter.Seq2[Record, error]
}

// A Watcher is a Backend that several jars share.
type Watcher interface {
	Backend

	// Watch yields every batch that takes effect after it has returned, in the
	// one order in which they took effect, those of this Backend's own Apply
	// included. The iterator is used once, and waits until ctx is done; an error
	// is the last thing that it yields. What it yields is the caller's.
	Watch(ctx context.Context) (iter.Seq2[[]Op, error], error)
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

	// Stamp says when the record was written. Package durable leaves it zero; a
	// Backend keeps it.
	Stamp Stamp
}

// A Stamp orders the writes of several jars to one cookie: the newest wins. The zero
// Stamp is the oldest, and that of every record which was written without one.
type Stamp struct {
	Time    uint64 // by the server's clock, in microseconds since 1970
	Counter uint32 // tells apart the writes of one microsecond
	Writer  uint64 // breaks ties between writers
}

// Compare returns -1 if s is older than t, +1 if it is newer, and 0 if they are the same.
func (s Stamp) Compare(t Stamp) int {
	return cmp.Or(cmp.Compare(s.Time, t.Time), cmp.Compare(s.Counter, t.Counter), cmp.Compare(s.Writer, t.Writer))
}

// String describes the record in a line, without the cookie's value.
func (r Record) String() string { return r.Cookie.String() }

// LogValue implements slog.LogValuer, without the cookie's value.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("cookie", r.Cookie), slog.String("list", r.List))
}

// An Op is what a batch does to the cookie of one identity.
type Op struct {
	Record

	// Delete has the cookie of that identity removed, if there is one; of the
	// Record, only the fields of the Key count, and the others are zero. Without
	// it the Record takes the place of the one of the same Key, if any.
	Delete bool
}

// Key returns the identity of the cookie that the Op is about.
func (o *Op) Key() store.Key { return o.Cookie.Key() }

// LogValue implements slog.LogValuer, without the cookie's value.
func (o Op) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("cookie", o.Cookie), slog.Bool("delete", o.Delete))
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
