package store

import (
	"time"

	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// Limits bound a store. In each field zero means no limit.
//
// Firefox evicts by its own rules. Of a site or partition, the cookies without Secure go
// first, whatever their priority, and Secure ones only if there are no others. A partition of
// too many cookies is purged to SitePurged, as a site is. One that exceeds PartitionBytes by
// more than a fifth is purged to PartitionBytes.
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
	// exceeds neither.
	PartitionCount int
	PartitionBytes int

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
// limits of a site. g.Limits is not nil.
func (g *Conditions) over(partitioned bool, count, size int) bool {
	l := g.Limits
	if !partitioned {
		return l.Site > 0 && count > l.Site
	}
	bytes := l.PartitionBytes
	if g.has(seam.SecureLast) {
		bytes += bytes / 5
	}
	return l.PartitionCount > 0 && count > l.PartitionCount || l.PartitionBytes > 0 && size > bytes
}

// exceeded reports whether a site of count cookies exceeds the limits after the insertion
// of add. p is the page of the site, or nil. old is the cookie that add replaces, or nil.
// Expired cookies count.
func (g *Conditions) exceeded(p *engine.Page, count int, old *engine.Item, add *engine.Insertion) bool {
	if g.Limits == nil {
		return false
	}
	if old == nil {
		count++
	}
	if add.Flags&flagPartitioned == 0 {
		return g.over(false, count, 0)
	}
	size := add.Size()
	if p != nil {
		size += p.Size()
	}
	if old != nil {
		size -= old.Size()
	}
	return g.over(true, count, size)
}

// excess returns the number of cookies to evict from a site of count cookies.
func (g *Conditions) excess(partitioned bool, count int) int {
	if !g.over(partitioned, count, 0) {
		return 0
	}
	most, left := g.Limits.Site, g.Limits.SitePurged
	if partitioned {
		most = g.Limits.PartitionCount
	}
	if partitioned && !g.has(seam.SecureLast) || left <= 0 || left > most {
		left = most
	}
	return count - left
}

// few reports whether a purge removes a small part of a site of count cookies. Such a purge
// is done in place and keeps the ranking, since the next one comes soon.
func (g *Conditions) few(partitioned bool, count int) bool {
	return 8*g.excess(partitioned, count) <= count
}
