// Package store keeps cookies in memory by the storage model of RFC 6265bis: by identity,
// in the order in which they are sent, until they expire, within limits.
//
// It decides what depends on the cookies already stored, under the lock of the site
// concerned, from the [Conditions] that package rules gives it; and it compares bits. It
// knows nothing of HTTP or of SameSite. Under it, the package engine keeps the bytes, and
// knows nothing of these rules.
package store

import (
	"sync/atomic"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
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

	list   atomic.Pointer[match.Sites]
	index  engine.Index
	unused unused // for Limits.TotalUnused
	feed   feed
}

// Len returns the number of cookies, including expired ones not yet removed.
func (s *Store) Len() int { return s.index.Len() }

// Partitioned reports whether any cookie is in a partition. If not, a reader need not
// compute a partition key.
func (s *Store) Partitioned() bool { return s.index.Partitioned() > 0 }

// Sites returns the list by which cookies are sorted into sites: the embedded one unless
// [Store.SetSites] replaced it.
func (s *Store) Sites() *match.Sites {
	if p := s.list.Load(); p != nil {
		return p
	}
	return s.firstSites()
}

// firstSites sets the list to the embedded one, unless it is set by now.
func (s *Store) firstSites() *match.Sites {
	s.list.CompareAndSwap(nil, new(match.Sites))
	return s.list.Load()
}
