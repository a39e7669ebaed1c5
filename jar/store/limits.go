package store

import "time"

// Limits bound a store. In each field zero means no limit.
type Limits struct {
	// Site is how many unpartitioned cookies a site may have. One more, and the
	// site is purged to SitePurged cookies (to Site, if SitePurged is zero): by
	// priority, cookies that are not Secure before those that are, the least
	// recently accessed first. Of low priority 30 are spared, of medium 50, of high
	// 70, until there is nothing else left to take.
	Site       int
	SitePurged int

	// PartitionCount and PartitionBytes are how many cookies, and bytes of names
	// and values, a site may have in one partition. Past either, the least
	// recently accessed go until both hold.
	PartitionCount int
	PartitionBytes int

	// Total is how many cookies the store may have. Past it, one goes for each
	// that comes: expired ones first, then those that share their domain with
	// more than Domain others, the not Secure ones before the Secure, then any;
	// of equals the least recently accessed. They are sought in a sample of the
	// sites, not in all.
	Total  int
	Domain int

	// TotalUnused, if not zero, makes Total a limit as Chromium has it. Past it,
	// the store is purged to TotalPurged unpartitioned cookies, but only of those
	// that were last accessed longer than TotalUnused ago: those not Secure
	// before those that are, the least recently accessed first. Where few are so
	// old, the store grows. A store that has this limit must have it for every Put.
	TotalUnused time.Duration
	TotalPurged int
}

// over reports whether count cookies, whose names and values have size bytes in all,
// exceed what a site may have.
func (l *Limits) over(partitioned bool, count, size int) bool {
	if !partitioned {
		return l.Site > 0 && count > l.Site
	}
	return l.PartitionCount > 0 && count > l.PartitionCount || l.PartitionBytes > 0 && size > l.PartitionBytes
}

// exceeded reports whether a site, p or nil, that has count cookies would have more than
// it may once add is there, in the place of old if that is not nil. Cookies that have
// expired count.
func (l *Limits) exceeded(p *page, count int, old *item, add newcomer) bool {
	if l == nil {
		return false
	}
	if old == nil {
		count++
	}
	if !add.partitioned() {
		return l.over(false, count, 0)
	}
	size := add.item.size()
	if p != nil {
		size += p.size()
	}
	if old != nil {
		size -= old.size()
	}
	return l.over(true, count, size)
}

// excess returns how many cookies of an unpartitioned site of count cookies go.
func (l *Limits) excess(count int) int {
	if !l.over(false, count, 0) {
		return 0
	}
	left := l.SitePurged
	if left <= 0 || left > l.Site {
		left = l.Site
	}
	return count - left
}

// few reports whether a purge takes a small part of a site of count cookies: it is then
// done in place, and the next one comes soon.
func (l *Limits) few(partitioned bool, count int) bool {
	return partitioned || 8*l.excess(count) <= count
}

// evict removes from p the cookies that are more than its site may have, reports them,
// and returns the page that is to be published. None of p's cookies has expired.
func (s *Store) evict(p *page, partitioned bool, l *Limits) *page {
	count := p.len()
	if l == nil || !l.over(partitioned, count, p.size()) {
		return p
	}
	e := evictor{s, p, p.ranking()}
	if partitioned {
		for l.over(true, e.page.len(), e.page.size()) && e.evictOne(allKinds) {
		}
	} else {
		e.evictSite(l.excess(count))
	}
	if large := e.page.large(); large != nil {
		large.ranking = nil
		if l.few(partitioned, count) { // the next eviction comes soon
			large.ranking = e.ranking
		}
	}
	return e.page
}

// rounds are the rounds in which Chromium purges a site, and how many cookies of
// the round's priority survive it. They refine RFC 6265bis, Section 5.7, removal,
// steps 2 and 3.
var rounds = [...]struct {
	priority Priority
	secure   bool // Secure cookies may go too
	keep     int
}{
	{PriorityLow, false, 30},
	{PriorityLow, true, 30},
	{PriorityMedium, false, 50},
	{PriorityHigh, false, 70},
	{PriorityMedium, true, 50},
	{PriorityHigh, true, 70},
}

// An evictor evicts cookies of one page.
type evictor struct {
	store *Store
	*page // what is left
	*ranking
}

// evictSite evicts goal cookies, by the rounds. Limits may be smaller than what the rounds
// keep: what they do not give is taken by the same rounds once more, which then keep
// nothing back.
func (e *evictor) evictSite(goal int) {
	for _, keeps := range [...]bool{true, false} {
		for _, round := range rounds {
			insecure, secure := kindOf(round.priority, false), kindOf(round.priority, true)
			n, kept := e.count[insecure]+e.count[secure], 0
			if keeps {
				kept = round.keep
			}
			may := insecure.set()
			if round.secure {
				may |= secure.set()
			} else {
				kept = max(kept, e.count[secure])
			}
			for left := min(n-kept, goal); left > 0 && e.evictOne(may); left-- {
				goal--
			}
		}
	}
}

// evictOne evicts the least recently accessed cookie of those kinds, and reports whether
// there was one.
func (e *evictor) evictOne(of kindSet) bool {
	sp := e.stalest(of, e.page.locate)
	if sp.item == nil {
		return false
	}
	e.store.report(Evicted, sp.entry())
	e.page = e.page.cut(&sp)
	return true
}

// sweepSites is how many slots of the shard's table each Put looks through for
// expired cookies, so that those of sites nobody writes to go too. While a table
// grows to twice its size it takes in 3/8 of the new size: with three slots or
// more a write, the sweep gets round before the table is built anew.
const sweepSites = 4

// sweep removes the expired cookies of a few sites. There may be any if sh.expires is past.
// The caller holds sh.mu.
func (s *Store) sweep(sh *shard, now int64) {
	t := sh.table.Load()
	for range sweepSites {
		sl := slot{t, sh.hand}
		if count, expires := sl.note().about(); count > 0 {
			if expires <= now {
				s.remove(sh, sl, Expired, func(e entry) bool { return e.expired(now) })
				if sh.table.Load() != t { // a site that is gone may have it rebuilt
					return
				}
				_, expires = sl.note().about()
			}
			sh.passed = min(sh.passed, expires)
		}
		if sh.hand++; sh.hand == len(t.notes) {
			sh.hand, sh.expires, sh.passed = 0, sh.passed, never
		}
	}
}

// remove removes the cookies of a site for which gone returns true, and returns how
// many. The caller holds sh.mu.
func (s *Store) remove(sh *shard, sl slot, cause Cause, gone func(entry) bool) int {
	r := sl.page()
	before := r.len()
	next, n := r.without(func(e entry) bool {
		if !gone(e) {
			return false
		}
		s.report(cause, e)
		return true
	})
	s.publish(sh, sl, sl.hash(), next, before, never)
	return n
}
