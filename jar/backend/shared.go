package backend

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Protocol is the version of the rules by which workers share a server. Workers of
// different protocols must not share one.
const Protocol = 2

const (
	// MaxAhead is how far the time of a Stamp may be ahead of the server's clock.
	MaxAhead = time.Second

	// MaxTombstones is how many tombstones a server keeps for a site.
	MaxTombstones = 1000

	// MaxRecords is how many records a server keeps for a site.
	MaxRecords = 10_000

	// TombstoneLife is how long a server remembers a deletion. It must refuse what was
	// written earlier than that for a cookie which it does not have.
	TombstoneLife = 30 * 24 * time.Hour
)

// ErrProtocol is the error of [Shared.Join] if the workers of the fleet have another
// protocol.
var ErrProtocol = errors.New("backend: the fleet has another protocol: stop its workers before starting those of another version")

// A Shared is a Backend for a fleet: a connection to a server that several jars share.
//
// The server keeps records by site. What a site is, the workers decide by their public
// suffix list; to the server it is a name. For each site the server keeps:
//
//   - the records, one for each Key, at most [MaxRecords] of them;
//   - tombstones: the Stamps of deleted cookies, by Key, at most [MaxTombstones];
//   - a floor: the newest of the Stamps of the records and tombstones that it gave up to
//     keep within these bounds, those with the oldest Stamps first, and no more than an
//     eighth at once;
//   - a version: a number that each change makes larger, and that no site has twice. The
//     first version of a site that has none is the server's time in microseconds. A server
//     that may lose changes in a failover makes each version no less than its time, so
//     that a change which replaces a lost one has another version.
//
// A cookie that is not there has the Stamp of its tombstone, and without a tombstone the
// floor, or the time that lies TombstoneLife before the server's, whichever is newer.
// A site that has not changed for that long may be forgotten together with its version.
//
// All methods are safe for concurrent use. Each returns soon after its context is done.
// A failed call may have taken effect. None may hold up another one, except that Apply
// may wait for an Apply to the same site.
type Shared interface {
	// Join says that a worker of this protocol uses the server. The first to join an
	// empty server decides about the protocol; the error is ErrProtocol, wrapped, for
	// a worker of another one.
	Join(ctx context.Context, protocol int) error

	// Now returns the time by the server's clock. Servers that share the sites between them
	// should agree within MaxAhead.
	Now(ctx context.Context) (time.Time, error)

	// Apply applies batches, each as a whole or not at all, in any order, and returns one
	// Answer for each of them, in the order of the batches. No two batches of one call have
	// the same Site. Apply keeps nothing of them.
	//
	// A Stamp is cut if its Time is more than MaxAhead ahead of the server's clock, and
	// later than the newest Stamp that the site has had before this batch. Its Time becomes the server's, or
	// a microsecond after that newest Stamp, if that is later: the server's clock may have
	// been set back. Counter and Writer stay. Then, for each Op:
	//
	//   - A put replaces a cookie with an older Stamp. A put with an older Stamp loses.
	//   - A Delete of a cookie with an older Stamp removes it and leaves a tombstone
	//     with the Stamp of the Op. A Delete with an older Stamp loses.
	//   - A Drop removes the cookie if it has exactly this Stamp, and leaves a tombstone
	//     with the same Stamp. Otherwise it does nothing.
	//   - A Touch sets the last access of the cookie if it has exactly this Stamp and
	//     was last used before. Otherwise it does nothing.
	//
	// An Op with the Stamp that the cookie has already does nothing, so that a batch may
	// come again. Records that have expired by the server's clock, or by an option of the
	// backend, may be dropped at any time, as if by a Drop, with or without a new version.
	Apply(ctx context.Context, batches []Batch) []Answer

	// Load yields every site that has records, in any order, each once. An error is the
	// last thing that is yielded.
	Load(ctx context.Context) iter.Seq2[Snapshot, error]

	// LoadSite returns one site as of one moment, no earlier than the call. If the site
	// has the given version still, the Snapshot has that version and no records: zero is
	// the version of a site that the server does not know.
	LoadSite(ctx context.Context, site string, version uint64) (Snapshot, error)

	// Versions yields the versions of the sites, or, if sites is nil, of all there are.
	// It leaves out those that the server does not know. An error is the last thing that
	// is yielded.
	Versions(ctx context.Context, sites []string) iter.Seq2[Version, error]

	// Watch yields the changes that take effect after it has returned, those made through
	// this connection included: the changes of one site in their order. What it yields is
	// the caller's. The iterator is used once, or not at all: when ctx is done, what Watch
	// holds is given back in either case. It waits until ctx is done or the
	// connection is lost; an error is the last thing that is yielded. A connection over
	// which nothing comes any more must be noticed within half a minute.
	//
	// Changes may be missing: the caller sees that by their versions, and calls Watch
	// again after an error.
	Watch(ctx context.Context) (iter.Seq2[Event, error], error)

	// Close gives back what the connection holds. It is called once, last: all other calls
	// have returned.
	Close() error
}

// A Batch is what is to be done to one site as a whole. It has at most one Op for each
// Key, in no particular order.
type Batch struct {
	Site string
	Ops  []Op
}

// An Answer says what became of a Batch.
type Answer struct {
	// Version is the version of the site after the Batch.
	Version uint64

	// Newer has an Op for each cookie that is not as a put or Delete of the Batch would have
	// it: a put if the server has the cookie with another Stamp, which may be
	// the cut Stamp of the Op itself, and a Delete if a put lost against a deletion, with the Stamp of the
	// deletion or of the floor. A Drop or Touch that does nothing has none.
	Newer []Op

	// Err says why the Batch is not known to be applied; nil if it was.
	Err error
}

// A Snapshot is what a site has.
type Snapshot struct {
	Site    string
	Version uint64
	Records []Record

	// Broken are the records that cannot be read. They stay where they are.
	Broken []*RecordError
}

// A Version is the version of a site.
type Version struct {
	Site    string
	Version uint64
}

// An Event is one change of a site. With an empty Site it says only that the connection
// is alive.
type Event struct {
	Site string

	// Before and Version are the versions of the site before and after the change. If
	// Before is not the version of the change that came last, something is missing.
	Before, Version uint64

	// Ops are the Ops that took effect, with the Stamps that they have at the server, and a
	// Drop for each record that was given up to keep within MaxRecords.
	Ops []Op
}
