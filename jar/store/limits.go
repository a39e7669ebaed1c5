package store

import (
	"cmp"
	"slices"
	"time"

	"uacookie/jar/store/internal/engine"
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

// over reports whether count cookies, with size bytes of names and values, exceed the
// limits of a site.
func (l *Limits) over(partitioned bool, count, size int) bool {
	if !partitioned {
		return l.Site > 0 && count > l.Site
	}
	return l.PartitionCount > 0 && count > l.PartitionCount || l.PartitionBytes > 0 && size > l.PartitionBytes
}

// exceeded reports whether a site, whose page is p or nil and which has count cookies,
// exceeds the limits once add is there, in the place of old if that is not nil. Expired
// cookies count.
func (l *Limits) exceeded(p *engine.Page, count int, old *engine.Item, add *engine.Insertion) bool {
	if l == nil {
		return false
	}
	if old == nil {
		count++
	}
	if add.Flags&flagPartitioned == 0 {
		return l.over(false, count, 0)
	}
	return l.exceededIn(p, count, old, add)
}

// exceededIn is exceeded for a partition, and for count with add.
func (l *Limits) exceededIn(p *engine.Page, count int, old *engine.Item, add *engine.Insertion) bool {
	size := add.Size()
	if p != nil {
		for e := range p.All() {
			if e.Item != old {
				size += e.Item.Size()
			}
		}
	}
	return l.over(true, count, size)
}

// evict returns the cookies of a site without those that go because it has more than the
// limits allow, and reports these.
func (s *Store) evict(all []engine.Entry, partitioned bool, l *Limits) []engine.Entry {
	size := 0
	for _, e := range all {
		size += e.Item.Size()
	}
	if l == nil || !l.over(partitioned, len(all), size) {
		return all
	}
	var victims []engine.Entry
	if partitioned {
		victims = partitionExcess(all, size, l)
	} else {
		left := l.SitePurged
		if left <= 0 {
			left = l.Site
		}
		victims = siteExcess(all, len(all)-left)
	}
	gone := make(map[*engine.Item]bool, len(victims))
	for _, e := range victims {
		s.report(CauseEvicted, e)
		gone[e.Item] = true
	}
	return slices.DeleteFunc(all, func(e engine.Entry) bool { return gone[e.Item] })
}

// leastRecentlyAccessed returns the cookies sorted by their last access, the oldest first.
// See RFC 6265bis, Section 5.7, removal, step 4.
func leastRecentlyAccessed(all []engine.Entry) []engine.Entry {
	type accessed struct {
		engine.Entry
		at int64 // loaded once: it may change while they are sorted
	}
	sorted := make([]accessed, len(all))
	for i, e := range all {
		sorted[i] = accessed{e, e.Item.Access()}
	}
	slices.SortFunc(sorted, func(a, b accessed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), engine.CompareAge(a.Item, b.Item))
	})
	entries := make([]engine.Entry, len(all))
	for i, a := range sorted {
		entries[i] = a.Entry
	}
	return entries
}

// partitionExcess returns the cookies to evict of a site in a partition, whose names and
// values have size bytes.
func partitionExcess(all []engine.Entry, size int, l *Limits) []engine.Entry {
	sorted, n := leastRecentlyAccessed(all), 0
	for ; n < len(sorted) && l.over(true, len(sorted)-n, size); n++ {
		size -= sorted[n].Item.Size()
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

// siteExcess returns goal cookies to evict of those of a site.
func siteExcess(all []engine.Entry, goal int) []engine.Entry {
	left := leastRecentlyAccessed(all)
	var victims []engine.Entry
	for _, round := range rounds {
		n, secure := 0, 0
		for _, e := range left {
			if priorityOf(e.Item) == round.priority {
				n++
				if has(e.Item, flagSecure) {
					secure++
				}
			}
		}
		if round.secure {
			secure = 0
		}
		may := min(n-max(secure, round.keep), goal-len(victims))
		left = slices.DeleteFunc(left, func(e engine.Entry) bool {
			if may <= 0 || priorityOf(e.Item) != round.priority || has(e.Item, flagSecure) && !round.secure {
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
