package store

import (
	"time"

	"uacookie/jar/store/internal/engine"
)

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
	// recently accessed go until both hold. PartitionPurged and PartitionBytesPurged,
	// if not zero, are how many are left instead.
	PartitionCount       int
	PartitionPurged      int
	PartitionBytes       int
	PartitionBytesPurged int

	// SecureLast makes purges by Site and PartitionCount what they are in Firefox,
	// where priorities mean nothing. Cookies that are not Secure go, the least recently
	// accessed first. If there is none but the new one, that one goes; if there is none
	// at all, Secure ones go.
	SecureLast bool

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
	size := add.Size()
	if p != nil {
		size += p.Size()
	}
	if old != nil {
		size -= old.Size()
	}
	return l.over(true, count, size)
}

// excess returns the number of cookies that go from a site of count cookies.
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

// few reports whether a purge takes a small part of a site of count cookies: it is then
// done in place, and the next one comes soon.
func (l *Limits) few(partitioned bool, count int) bool {
	return 8*l.excess(partitioned, count) <= count
}
