package store

import (
	"iter"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/internal/words"
	"uacookie/jar/match"
)

// An unused ranks the unpartitioned cookies of a whole store, for Limits.TotalUnused: the
// next cookie to go is found without a look at the others. It is empty until the store
// first has more than Limits.Total.
type unused struct {
	// list is the list by which the ranked cookies are filed, since that decides the
	// hashes of their sites; nil while there is no ranking. It is written with mu held,
	// before the cookies are ranked: a Put that finds it nil after its insertion can leave
	// its cookie to the scan to come.
	list atomic.Pointer[match.Sites]

	mu      sync.Mutex
	ranking ranking // with kinds of medium priority only: priorities do not count here
}

// The kinds of an unused, in the order in which they go.
const (
	unusedInsecure = kind(PriorityMedium) << 1
	unusedSecure   = unusedInsecure | 1
)

func (u *unused) forget() {
	u.list.Store(nil)
	u.ranking = ranking{}
}

// unpartitioned returns how many cookies count towards Limits.Total where TotalUnused is
// set.
func (s *Store) unpartitioned() int { return int(s.count.Load() - s.partitioned.Load()) }

// purgeUnused keeps Limits.Total where TotalUnused is set, after add was stored in site
// h. Beyond the first scan of the store its cost is in proportion to what goes. The
// caller delivers the changes.
func (s *Store) purgeUnused(l *Limits, h *home, add newcomer, now time.Time) {
	u := &s.unused
	if u.list.Load() == nil && s.unpartitioned() <= l.Total {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	count := s.unpartitioned()
	switch sites := s.Sites(); {
	case u.list.Load() != sites || u.ranking.stale(count):
		u.forget()
		if count > l.Total {
			u.list.Store(sites)
			s.rankUnused()
		}
	case !add.partitioned():
		u.add(add.item, add.item.access, len(add.c.Path), h.hash)
	}
	limit := now.Add(-l.TotalUnused).UnixMicro()
	if count <= l.Total || !s.dropUnused(unusedInsecure, limit, false) && !s.dropUnused(unusedSecure, limit, false) {
		return
	}
	for i := range s.shards {
		s.dropExpired(&s.shards[i], now.UnixMicro())
	}
	if s.unpartitioned() <= l.Total { // the expired ones were enough
		return
	}
	for _, of := range [...]kind{unusedInsecure, unusedSecure} {
		for s.unpartitioned() > l.TotalPurged && s.dropUnused(of, limit, true) {
		}
	}
}

// add ranks a cookie of a site of that hash.
func (u *unused) add(it *item, access int64, pathLen int, site uint64) {
	r := rankOf(it, access, pathLen)
	r.site = site
	u.ranking.hold(unusedKind(it), r)
}

func unusedKind(it *item) kind { return kindOf(PriorityMedium, it.flags&flagSecure != 0) }

// rankUnused ranks all cookies.
func (s *Store) rankUnused() {
	for i := range s.shards {
		for sl, p := range s.shards[i].sites() {
			if p.partitioned != unpartitioned {
				continue
			}
			for e := range p.all() {
				s.unused.add(e.item, e.access(), e.pathLen(), sl.hash())
			}
		}
	}
}

// dropUnused reports whether any cookie of that kind was last accessed before limit. If
// so, and evict is set, it evicts the least recently accessed one.
func (s *Store) dropUnused(of kind, limit int64, evict bool) bool {
	k := &s.unused.ranking
	for h := &k.heaps[of]; len(*h) > 0 && (*h)[0].access < limit; {
		r := &(*h)[0]
		sh := s.shard(r.site)
		sh.mu.Lock()
		sl, sp := sh.locateUnused(r, of)
		switch {
		case sp.item == nil:
			h.pop()
			k.held--
		case sp.entry().access() != r.access:
			r.access = sp.entry().access()
			h.down(0)
		case evict:
			s.cut(sh, sl, &sp, Evicted)
			h.pop()
			k.held--
			fallthrough
		default:
			sh.mu.Unlock()
			return true
		}
		sh.mu.Unlock()
	}
	return false
}

// locateUnused returns where the cookie of that rank and kind is, or the zero spot. The
// caller holds sh.mu.
func (sh *shard) locateUnused(r *rank, of kind) (found slot, at spot) {
	for sl := range sh.table.Load().withHash(r.site) {
		p := sl.page()
		if p.partitioned != unpartitioned {
			continue
		}
		for priority := range Priority(twoBits + 1) {
			sp := p.locate(r, kindOf(priority, of == unusedSecure))
			if sp.item != nil && (at.item == nil || sp.entry().access() < at.entry().access()) {
				found, at = sl, sp
			}
		}
	}
	return found, at
}

// cut removes the cookie at sp, which is of the site in sl. The caller holds sh.mu.
func (s *Store) cut(sh *shard, sl slot, sp *spot, cause Cause) {
	p := sl.page()
	before := p.len()
	s.report(cause, sp.entry())
	s.publish(sh, sl, sl.hash(), p.cut(sp), before, never)
}

// withHash yields the slots of the sites with that hash: two sites with one hash are
// rare. The table may be nil. It is for writers.
func (t *table) withHash(hash uint64) iter.Seq[slot] {
	return func(yield func(slot) bool) {
		if t == nil {
			return
		}
		tag := tagOf(hash)
		for g := t.group(hash); ; g = (g + 1) & (len(t.tags) - 1) {
			for same := words.First(t.tags[g], tag); same != 0; same &= same - 1 {
				sl := slot{t, g*8 + bits.TrailingZeros64(same)/8}
				if sl.hash() == hash && sl.page() != nil && !yield(sl) {
					return
				}
			}
			if words.First(t.tags[g], 0) != 0 {
				return
			}
		}
	}
}

// dropExpired removes all of a shard's cookies that have expired. It looks at none if
// none can have.
func (s *Store) dropExpired(sh *shard, now int64) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := sh.table.Load()
	if t == nil || sh.expires > now {
		return
	}
	first := int64(never)
	for i := 0; i < len(t.notes); i++ {
		sl := slot{t, i}
		count, expires := sl.note().about()
		if count == 0 {
			continue
		}
		if expires <= now {
			s.remove(sh, sl, Expired, func(e entry) bool { return e.expired(now) })
			if next := sh.table.Load(); next != t { // a site that is gone may have it rebuilt
				t, i, first = next, -1, never
				continue
			}
			p := sl.page()
			if p == nil {
				continue
			}
			expires = p.expires // note's is only to the second
		}
		first = min(first, expires)
	}
	sh.hand, sh.expires, sh.passed = 0, first, never
}
