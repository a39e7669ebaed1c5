package store

import (
	"cmp"
	"slices"
	"time"
)

// Limits bound a store. In each field zero means no limit.
type Limits struct {
	// Site is how many unpartitioned cookies a site may have. One more, and the
	// site is purged to SitePurged cookies (to Site, if SitePurged is zero): by
	// priority, cookies that are not Secure before those that are, the least
	// recently accessed first.
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
	// old, the store grows.
	TotalUnused time.Duration
	TotalPurged int
}

// over reports whether that is more than a site may have: so many cookies, whose names and
// values are of that size.
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
	return l.exceededIn(p, count, old, add)
}

// exceededIn is exceeded for a partition, and for count with add.
func (l *Limits) exceededIn(p *page, count int, old *item, add newcomer) bool {
	size := add.item.size()
	if p != nil {
		for e := range p.all() {
			if e.item != old {
				size += e.item.size()
			}
		}
	}
	return l.over(true, count, size)
}

// evict returns the cookies of a site less those that go where there are more than it may
// have, and reports these.
func (s *Store) evict(all []entry, partitioned bool, l *Limits) []entry {
	size := 0
	for _, e := range all {
		size += e.item.size()
	}
	if l == nil || !l.over(partitioned, len(all), size) {
		return all
	}
	var victims []entry
	if partitioned {
		victims = partitionExcess(all, size, l)
	} else {
		left := l.SitePurged
		if left <= 0 {
			left = l.Site
		}
		victims = siteExcess(all, len(all)-left)
	}
	gone := make(map[*item]bool, len(victims))
	for _, e := range victims {
		s.report(Evicted, e)
		gone[e.item] = true
	}
	return slices.DeleteFunc(all, func(e entry) bool { return gone[e.item] })
}

// stalest returns the cookies with the least recently accessed first.
// See RFC 6265bis, Section 5.7, removal, step 4.
func stalest(all []entry) []entry {
	type accessed struct {
		entry
		at int64 // as of now: it may change while they are sorted
	}
	sorted := make([]accessed, len(all))
	for i, e := range all {
		sorted[i] = accessed{e, e.access()}
	}
	slices.SortFunc(sorted, func(a, b accessed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), compareAge(a.item, b.item))
	})
	entries := make([]entry, len(all))
	for i, a := range sorted {
		entries[i] = a.entry
	}
	return entries
}

// partitionExcess returns the entries to evict of those of a site in a partition, which
// are of that size.
func partitionExcess(all []entry, size int, l *Limits) []entry {
	sorted, n := stalest(all), 0
	for ; n < len(sorted) && l.over(true, len(sorted)-n, size); n++ {
		size -= sorted[n].item.size()
	}
	return sorted[:n]
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

// siteExcess returns goal entries to evict of those of a site.
func siteExcess(all []entry, goal int) []entry {
	left := stalest(all)
	var victims []entry
	for _, round := range rounds {
		n, secure := 0, 0
		for _, e := range left {
			if e.item.flags.priority() == round.priority {
				n++
				if e.is(flagSecure) {
					secure++
				}
			}
		}
		if round.secure {
			secure = 0
		}
		may := min(n-max(secure, round.keep), goal-len(victims))
		left = slices.DeleteFunc(left, func(e entry) bool {
			if may <= 0 || e.item.flags.priority() != round.priority || e.is(flagSecure) && !round.secure {
				return false
			}
			may--
			victims = append(victims, e)
			return true
		})
	}
	// Limits of one's own may be smaller than what the rounds keep.
	if n := goal - len(victims); n > 0 {
		victims = append(victims, left[:min(n, len(left))]...)
	}
	return victims
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
