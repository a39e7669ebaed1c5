// Package store keeps cookies in memory by the storage model of RFC 6265bis: it identifies,
// replaces, orders, limits, evicts and expires them.
//
// It makes the decisions that depend on the cookies already stored, under the lock of the
// site. Package rules passes them as [Conditions] and as bits to compare, so this package
// knows nothing of HTTP or SameSite. Package engine stores the bytes, and knows nothing of
// the rules here.
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
	// Changed, if not nil, is called for each change, by one goroutine at a time and
	// with no lock held. The changes of one site come in the order in which they were
	// made. Changed may call methods of the Store, except Settle. Another goroutine may
	// deliver a change after the call that made it has returned. Set Changed before the
	// Store is used.
	Changed func(Change)

	list   atomic.Pointer[match.Sites] // nil: the embedded one
	index  engine.Index
	unused atomic.Pointer[unused] // for Limits.TotalUnused; nil until it is used
	feed   atomic.Pointer[feed]   // nil until there is a change to deliver
}

// Len returns the number of cookies, including expired ones not yet removed.
func (s *Store) Len() int { return s.index.Len() }

// Partitioned reports whether any cookie is in a partition. If not, a reader can skip the
// computation of a partition key.
func (s *Store) Partitioned() bool { return s.index.HasPartitioned() }

// Sites returns the list by which cookies are sorted into sites. It is the embedded list
// until [Store.SetSites] replaces it.
func (s *Store) Sites() *match.Sites {
	if p := s.list.Load(); p != nil {
		return p
	}
	return s.firstSites()
}

// embedded is the embedded list, for stores that were given no other.
var embedded match.Sites

// firstSites sets the list to the embedded one, unless another goroutine has set it.
func (s *Store) firstSites() *match.Sites {
	s.list.CompareAndSwap(nil, &embedded)
	return s.list.Load()
}
