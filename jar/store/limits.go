package store

import (
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

// limitSite returns next, the entries of a site in send order, within the limits
// for a site, and reports what is evicted. It works in place. The caller holds
// the lock of the site's shard.
func (s *Store) limitSite(next []*entry, partitioned bool, l *Limits) []*entry {
	var victims []*entry
	switch {
	case partitioned:
		victims = partitionExcess(next, l)
	case l.Site > 0 && len(next) > l.Site:
		left := l.SitePurged
		if left <= 0 {
			left = l.Site
		}
		victims = siteExcess(next, len(next)-left)
	}
	if len(victims) == 0 {
		return next
	}
	gone := make(map[*entry]bool, len(victims))
	for _, e := range victims {
		s.report(Evicted, e)
		gone[e] = true
	}
	return slices.DeleteFunc(next, func(e *entry) bool { return gone[e] })
}

// stalest returns the entries with the least recently accessed first.
// See RFC 6265bis, Section 5.7, removal, step 4.
func stalest(entries []*entry) []*entry {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b *entry) int {
		if d := a.access.Load() - b.access.Load(); d < 0 {
			return -1
		} else if d > 0 {
			return 1
		}
		return compareAge(a, b)
	})
	return sorted
}

// partitionExcess returns the entries to evict from a site in a partition.
func partitionExcess(entries []*entry, l *Limits) []*entry {
	count, size := len(entries), 0
	for _, e := range entries {
		size += len(e.cookie.Name) + len(e.cookie.Value)
	}
	over := func() bool {
		return l.PartitionCount > 0 && count > l.PartitionCount || l.PartitionBytes > 0 && size > l.PartitionBytes
	}
	if !over() {
		return nil
	}
	sorted, n := stalest(entries), 0
	for ; n < len(sorted) && over(); n++ {
		count--
		size -= len(sorted[n].cookie.Name) + len(sorted[n].cookie.Value)
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

// siteExcess returns goal entries to evict from a site.
func siteExcess(entries []*entry, goal int) []*entry {
	left := stalest(entries)
	var victims []*entry
	for _, r := range rounds {
		n, secure := 0, 0
		for _, e := range left {
			if e.cookie.Priority == r.priority {
				n++
				if e.cookie.Secure {
					secure++
				}
			}
		}
		if r.secure {
			secure = 0
		}
		may := min(n-max(secure, r.keep), goal-len(victims))
		left = slices.DeleteFunc(left, func(e *entry) bool {
			if may <= 0 || e.cookie.Priority != r.priority || e.cookie.Secure && !r.secure {
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

// sweep removes the expired cookies of a few sites. The caller holds sh.mu.
func (s *Store) sweep(sh *shard, now time.Time) {
	t := sh.table.Load()
	for range sweepSites {
		sh.hand = (sh.hand + 1) & (len(t.slots) - 1)
		if st := t.slots[sh.hand].Load(); st != nil {
			s.removeExpired(sh, st, now)
		}
		t = sh.table.Load() // a site that is gone may have it rebuilt
	}
}

// removeExpired removes a site's expired cookies and returns how many. The caller
// holds sh.mu.
func (s *Store) removeExpired(sh *shard, st *site, now time.Time) int {
	return s.remove(sh, st, Expired, func(e *entry) bool { return e.cookie.Expired(now) })
}

// remove removes the entries of a site for which gone returns true, and returns
// how many. The caller holds sh.mu.
func (s *Store) remove(sh *shard, st *site, cause Cause, gone func(*entry) bool) int {
	entries := st.record.Load().entries
	first := slices.IndexFunc(entries, gone)
	if first < 0 {
		return 0
	}
	next := slices.Clone(entries[:first])
	for _, e := range entries[first:] {
		if gone(e) {
			s.report(cause, e)
		} else {
			next = append(next, e)
		}
	}
	s.publish(sh, st, next)
	return len(entries) - len(next)
}
