package store

import (
	"time"

	"uacookie/jar/store/internal/engine"
)

// Limits bound a store. In each field zero means no limit.
type Limits struct {
	// Site is the maximum number of unpartitioned cookies of a site. A site that
	// exceeds it is purged to SitePurged cookies (to Site, if SitePurged is zero):
	// by priority, cookies without Secure before those with it, and the least recently
	// accessed first. The purge spares 30 cookies of low priority, 50 of medium and 70
	// of high priority, as long as it can evict others.
	Site       int
	SitePurged int

	// PartitionCount and PartitionBytes are the maximum number of cookies, and of
	// bytes of names and values, that a site may have in one partition. If a site
	// exceeds either, its least recently accessed cookies are evicted until it
	// exceeds neither. PartitionPurged and PartitionBytesPurged, if not zero, are how
	// much the eviction leaves instead.
	PartitionCount       int
	PartitionPurged      int
	PartitionBytes       int
	PartitionBytesPurged int

	// SecureLast makes evictions by Site and PartitionCount those of Firefox, which
	// ignores priorities. Cookies that are not Secure are evicted first, the least
	// recently accessed before others. If the new cookie alone is not Secure, it is
	// evicted; if all are Secure, Secure ones are.
	SecureLast bool

	// Total is the maximum number of cookies in the store. When the store is full,
	// each insertion evicts a cookie: an expired one if there is one, then one that
	// shares its domain with more than Domain other cookies (first without Secure,
	// then with it), then any. Among equals, the least recently accessed is evicted.
	// The store looks for it in a sample of the sites, not in all of them.
	Total  int
	Domain int

	// TotalUnused, if not zero, makes Total work as in Chromium, and count
	// unpartitioned cookies only. A store that exceeds Total is purged to TotalPurged
	// unpartitioned cookies, but only cookies last accessed more than TotalUnused ago
	// are evicted: cookies without Secure before those with it, and the least recently
	// accessed first. If few cookies are that old, the store exceeds Total. All calls
	// of Put on a store must use this limit, or none of them.
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

// exceeded reports whether a site of count cookies exceeds the limits after the insertion
// of add. p is the page of the site, or nil. old is the cookie that add replaces, or nil.
// Expired cookies count.
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
	size := add.Size()
	if p != nil {
		size += p.Size()
	}
	if old != nil {
		size -= old.Size()
	}
	return l.over(true, count, size)
}

// excess returns the number of cookies to evict from a site of count cookies.
func (l *Limits) excess(partitioned bool, count int) int {
	if !l.over(partitioned, count, 0) {
		return 0
	}
	most, left := l.Site, l.SitePurged
	if partitioned {
		most, left = l.PartitionCount, l.PartitionPurged
	}
	return count - purged(most, left)
}

// purged returns what a purge leaves, where there is a limit of most: left, unless that is
// no bound.
func purged(most, left int) int {
	if left <= 0 || left > most {
		return most
	}
	return left
}

// few reports whether a purge removes a small part of a site of count cookies. Such a purge
// is done in place and keeps the ranking, since the next one comes soon.
func (l *Limits) few(partitioned bool, count int) bool {
	return 8*l.excess(partitioned, count) <= count
}
