package store

import (
	"sync"
	"sync/atomic"
	"time"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// An unused ranks the unpartitioned cookies of a whole store for Limits.TotalUnused, so that
// the next cookie to evict is found without a scan. It is empty until the store first
// exceeds Limits.Total.
type unused struct {
	// list is the list by which the ranked cookies are filed, since the hashes of their
	// sites depend on it. It is nil while there is no ranking. It is written with mu held,
	// before the scan that ranks the cookies. So if a Put finds it nil after its insertion,
	// the next scan will find the cookie.
	list atomic.Pointer[match.Sites]

	mu      sync.Mutex
	ranking engine.Ranking // all cookies rank as of medium priority: priorities do not count here
}

// The classes of an unused, in the order in which they are evicted.
var (
	unusedInsecure = classOf(PriorityMedium, false)
	unusedSecure   = classOf(PriorityMedium, true)
)

// ranked returns the ranking, and allocates it at the first call.
func (s *Store) ranked() *unused {
	if u := s.unused.Load(); u != nil {
		return u
	}
	s.unused.CompareAndSwap(nil, new(unused))
	return s.unused.Load()
}

func (u *unused) forget() {
	u.list.Store(nil)
	u.ranking = engine.Ranking{}
}

// unpartitioned returns the number of cookies that count towards Limits.Total if
// TotalUnused is set.
func (s *Store) unpartitioned() int { return s.index.Len() - s.index.Partitioned() }

// purgeUnused enforces Limits.Total if TotalUnused is set, after add was stored in a site
// with this hash. After the first scan of the store, its cost is proportional to the number
// of evicted cookies. The caller delivers the changes.
func (s *Store) purgeUnused(l *Limits, hash uint64, add *engine.Insertion, now time.Time) {
	u := s.ranked()
	s.index.CountTotals()
	if u.list.Load() == nil && s.unpartitioned() <= l.Total {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	count := s.unpartitioned()
	switch sites := s.Sites(); {
	case u.list.Load() != sites || u.ranking.Stale(count):
		u.forget()
		if count > l.Total {
			u.list.Store(sites)
			s.rankUnused()
		}
	case add.Flags&flagPartitioned == 0:
		u.add(&add.Item, add.Rank(), hash)
	}
	limit := now.Add(-l.TotalUnused).UnixMicro()
	if count <= l.Total || !s.dropUnused(unusedInsecure, limit, false) && !s.dropUnused(unusedSecure, limit, false) {
		return
	}
	at := now.UnixMicro()
	s.index.EachLocked(func(sh *engine.Shard) {
		sh.SweepAll(at, func(sl engine.Slot) { s.removeExpired(sh, sl, at) })
	})
	if s.unpartitioned() <= l.Total { // the sweep removed enough
		return
	}
	for _, class := range [...]uint8{unusedInsecure, unusedSecure} {
		for s.unpartitioned() > l.TotalPurged && s.dropUnused(class, limit, true) {
		}
	}
}

// add ranks a cookie. site is the hash of its site.
func (u *unused) add(it *engine.Item, r engine.Rank, site uint64) {
	r.Site = site
	u.ranking.Hold(classOf(PriorityMedium, has(it, flagSecure)), r)
}

// rankUnused ranks all cookies.
func (s *Store) rankUnused() {
	for sl, p := range s.index.Sites() {
		if p.IsPartitioned() {
			continue
		}
		for e := range p.All() {
			s.ranked().add(e.Item, e.Rank(), sl.Hash())
		}
	}
}

// dropUnused reports whether any cookie of a class was last accessed before limit. If there
// is one and evict is set, it evicts the least recently accessed one.
func (s *Store) dropUnused(class uint8, limit int64, evict bool) bool {
	k := &s.ranked().ranking
	for r := k.First(class); r != nil && r.Access < limit; r = k.First(class) {
		sh := s.index.Lock(r.Site)
		sl, at := locateUnused(sh, r, class)
		switch {
		case at.Item == nil:
			k.Drop(class)
		case at.Item.Access() != r.Access:
			r.Access = at.Item.Access()
			k.Fix(class)
		default:
			if evict {
				s.cut(sh, sl, &at, CauseEvicted)
				k.Drop(class)
			}
			s.index.Unlock(sh)
			return true
		}
		s.index.Unlock(sh)
	}
	return false
}

// locateUnused returns the slot and position of the cookie with a rank and class, or zero
// values. The caller holds the lock of sh.
func locateUnused(sh *engine.Shard, r *engine.Rank, class uint8) (found engine.Slot, at engine.Position) {
	for sl := range sh.WithHash(r.Site) {
		p := sl.Page()
		if p.IsPartitioned() {
			continue
		}
		for priority := range Priority(twoBits + 1) {
			here := p.Locate(r, classOf(priority, class == unusedSecure))
			if here.Item != nil && (at.Item == nil || here.Item.Access() < at.Item.Access()) {
				found, at = sl, here
			}
		}
	}
	return found, at
}

// cut removes the cookie at a position of the site in sl. The caller holds the lock of sh.
func (s *Store) cut(sh *engine.Shard, sl engine.Slot, at *engine.Position, cause Cause) {
	p := sl.Page()
	before := p.Len()
	s.report(cause, at.Entry())
	s.index.Publish(sh, sl, sl.Hash(), p.Cut(at), before, engine.Never)
}
