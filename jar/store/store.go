// Package store keeps cookies in memory: by identity, in the order in which they
// are sent, until they expire, within limits.
//
// It decides what depends on the cookies already there, under the lock of the
// site concerned, from a [Guard] that package policy gives it; and it compares
// bits. It knows nothing of HTTP or of SameSite.
package store

import (
	"cmp"
	"hash/maphash"
	"sync/atomic"
	"time"

	"uacookie/jar/match"
)

// A Store holds cookies. The zero Store is empty and ready to use. It must not be
// copied after first use.
//
// All methods are safe for concurrent use. Select and All take no lock.
type Store struct {
	// Changed, if not nil, is called for each change, with no lock held, by one
	// goroutine at a time: the changes of one site in their order, those of
	// several sites in no particular one. It may call back into the Store. A
	// change may be delivered by another goroutine's call, after the call that
	// made it has returned. Set it before the Store is used.
	Changed func(Change)

	hashSeed     atomic.Pointer[maphash.Seed]
	list         atomic.Pointer[match.Sites]
	count        atomic.Int64  // cookies
	partitioned  atomic.Int64  // those of them in a partition
	order        atomic.Uint64 // the last Order assigned
	hand         atomic.Uint64 // the shard where the next sample for Total starts
	oldestAccess atomic.Int64  // no cookie's last access is earlier, in microseconds; for purgeUnused
	feed         feed
	shards       [shardCount]shard
}

// An entry is a stored cookie. All but access is immutable.
type entry struct {
	cookie  Cookie
	demands Demand
	access  atomic.Int64 // last-access-time, in microseconds since 1970
}

// load returns the cookie with its last access.
func (e *entry) load() Cookie {
	c := e.cookie
	c.LastAccess = time.UnixMicro(e.access.Load())
	return c
}

// newEntry returns an entry for c.
func newEntry(c Cookie, d Demand) *entry {
	e := &entry{cookie: c, demands: d}
	e.access.Store(c.LastAccess.UnixMicro())
	return e
}

// compare orders entries as they are sent.
// See RFC 6265bis, Section 5.8.3, step 4.
func compare(a, b *entry) int {
	if d := len(b.cookie.Path) - len(a.cookie.Path); d != 0 {
		return d // 4.1
	}
	return compareAge(a, b) // 4.2
}

// compareAge orders entries by creation, the older first.
func compareAge(a, b *entry) int {
	if d := a.cookie.Created.Compare(b.cookie.Created); d != 0 {
		return d
	}
	return cmp.Compare(a.cookie.Order, b.cookie.Order)
}

// Len returns the number of cookies, those included that have expired and were
// not removed yet.
func (s *Store) Len() int { return int(s.count.Load()) }

// Partitioned reports whether any cookie is in a partition. If not, a reader can
// spare itself the work of computing a partition key.
func (s *Store) Partitioned() bool { return s.partitioned.Load() > 0 }

// Sites returns the list by which cookies are filed; the embedded one unless
// [Store.Refile] replaced it.
func (s *Store) Sites() *match.Sites {
	if p := s.list.Load(); p != nil {
		return p
	}
	s.list.CompareAndSwap(nil, new(match.Sites))
	return s.list.Load()
}
