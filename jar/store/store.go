// Package store keeps cookies in memory: by identity, in the order in which they
// are sent, until they expire, within limits.
//
// It decides what depends on the cookies already there, under the lock of the
// site concerned, from a [Guard] that package policy gives it; and it compares
// bits. It knows nothing of HTTP or of SameSite.
package store

import (
	"sync/atomic"

	"uacookie/jar/match"
)

// A Store holds cookies. The zero Store is empty and ready to use. It must not be
// copied after first use.
//
// All methods are safe for concurrent use. Select, Send and All take no lock.
type Store struct {
	// Changed, if not nil, is called for each change, with no lock held, by one
	// goroutine at a time: the changes of one site in their order, those of
	// several sites in no particular one. It may call back into the Store. A
	// change may be delivered by another goroutine's call, after the call that
	// made it has returned. Set it before the Store is used.
	Changed func(Change)

	hash        atomic.Pointer[hasher]
	list        atomic.Pointer[match.Sites]
	count       atomic.Int64  // cookies
	partitioned atomic.Int64  // those of them in a partition
	order       atomic.Uint64 // the last Order assigned
	hand        atomic.Uint64 // where the next sample for Total starts: a hand
	unused      unused        // for Limits.TotalUnused
	feed        feed
	shards      [shardCount]shard
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
	return s.firstSites()
}

// firstSites has the store file by the embedded list, unless it has one by now.
func (s *Store) firstSites() *match.Sites {
	s.list.CompareAndSwap(nil, new(match.Sites))
	return s.list.Load()
}
