package store

import (
	"math"
	"strings"
	"sync/atomic"
	"time"
)

// pageSize is how many cookies a page has at most. A write copies one page.
const pageSize = 16

// A page is a run of a site's cookies in the order in which they are sent. But for
// last accesses it is immutable.
//
// Its text is in two parts. First the places, which are a domain and a path each,
// with no separator; several cookies may share one. The first is that of the site's
// name and "/". Then the cookies as they stand in a cookie-string, each with "; "
// after it, so that cookies that are sent together are copied together.
type page struct {
	text      string
	items     []item
	expires   int64      // the earliest expiry of items
	names     uint64     // a bit for each name, by its hash: most names that are not here are seen not to be
	partition *Partition // nil for unpartitioned cookies; shared by all pages of a site
}

// An item is a cookie in a page. It has no pointer, for the garbage collector's
// sake. Times are in microseconds since 1970.
type item struct {
	access  int64 // last-access-time; atomic, and first so that it is aligned everywhere
	created int64
	expires int64 // never for a session cookie
	order   uint64

	pair      uint32 // where name and value are in the page's text
	place     uint32 // where domain and path are
	domainLen uint32
	pathLen   uint32
	nameLen   uint16
	valueLen  uint16
	nameHash  uint16
	flags     flags
	demands   Demand
}

// never is when a session cookie expires.
const never = math.MaxInt64

// What an item has room for, with some left for the page's other cookies.
const (
	maxPair  = math.MaxUint16
	maxPlace = math.MaxUint32 / (4 * pageSize)
)

// flags are a cookie's small attributes in one octet.
type flags uint8

const (
	flagHostOnly flags = 1 << iota
	flagSecure
	flagHTTPOnly

	sameSiteShift = iota
	priorityShift = sameSiteShift + 2
	twoBits       = 3
)

func flagsOf(c *Cookie) flags {
	f := flags(c.SameSite)&twoBits<<sameSiteShift | flags(c.Priority)&twoBits<<priorityShift
	if c.HostOnly {
		f |= flagHostOnly
	}
	if c.Secure {
		f |= flagSecure
	}
	if c.HttpOnly {
		f |= flagHTTPOnly
	}
	return f
}

func (f flags) sameSite() SameSite { return SameSite(f >> sameSiteShift & twoBits) }
func (f flags) priority() Priority { return Priority(f >> priorityShift & twoBits) }

// pairLen is how many octets the cookie has in a cookie-string, with "; " after it.
func (i *item) pairLen() int {
	n := int(i.nameLen) + int(i.valueLen) + len("; ")
	if i.nameLen > 0 {
		n += len("=")
	}
	return n
}

// An entry is a stored cookie.
type entry struct {
	page *page
	item *item
}

func (e entry) name() string { return e.page.text[e.item.pair:][:e.item.nameLen] }

func (e entry) value() string {
	end := int(e.item.pair) + e.item.pairLen() - len("; ")
	return e.page.text[end-int(e.item.valueLen) : end]
}

func (e entry) domain() string { return e.page.text[e.item.place:][:e.item.domainLen] }

func (e entry) path() string {
	return e.page.text[e.item.place+e.item.domainLen:][:e.item.pathLen]
}

// size is how many octets name and value have.
func (e entry) size() int { return int(e.item.nameLen) + int(e.item.valueLen) }

func (e entry) is(f flags) bool { return e.item.flags&f != 0 }

func (e entry) access() int64 { return atomic.LoadInt64(&e.item.access) }

func (e entry) expired(now int64) bool { return e.item.expires <= now }

// cookie returns the cookie with its last access as of now.
func (e entry) cookie() Cookie {
	c := Cookie{
		Name: e.name(), Value: e.value(),
		Domain: e.domain(), HostOnly: e.is(flagHostOnly), Path: e.path(),
		Secure: e.is(flagSecure), HttpOnly: e.is(flagHTTPOnly),
		SameSite: e.item.flags.sameSite(), Priority: e.item.flags.priority(),
		Created: fromMicro(e.item.created), LastAccess: fromMicro(e.access()),
		Order: e.item.order,
	}
	if e.item.expires != never {
		c.Expires = fromMicro(e.item.expires)
	}
	if p := e.page.partition; p != nil {
		c.Partition = *p
	}
	return c
}

// same reports whether two entries are the same but for the last access: a cookie
// that was looked at before is still there.
func (e entry) same(o entry) bool {
	a, b := e.item, o.item
	return a == b || a.order == b.order && a.created == b.created && a.expires == b.expires &&
		a.flags == b.flags && a.demands == b.demands &&
		e.name() == o.name() && e.value() == o.value() && e.domain() == o.domain() && e.path() == o.path()
}

// compare orders entries as they are sent.
// See RFC 6265bis, Section 5.8.3, step 4.
func compare(a, b *item) int {
	if d := int(b.pathLen) - int(a.pathLen); d != 0 {
		return d // 4.1
	}
	return compareAge(a, b) // 4.2
}

// compareAge orders entries by creation, the older first.
func compareAge(a, b *item) int {
	switch {
	case a.created < b.created || a.created == b.created && a.order < b.order:
		return -1
	case a.created == b.created && a.order == b.order:
		return 0
	}
	return 1
}

func fromMicro(t int64) time.Time { return time.UnixMicro(t).UTC() }

// whole returns t as the store keeps it: in UTC and whole microseconds.
func whole(t time.Time) time.Time { return fromMicro(t.UnixMicro()) }

// A newcomer is a cookie on its way into a page.
type newcomer struct {
	*Cookie
	item item // all but pair and place
}

// come returns c as a newcomer.
func come(c *Cookie, nameHash uint16, d Demand) newcomer {
	n := newcomer{c, item{
		access: c.LastAccess.UnixMicro(), created: c.Created.UnixMicro(), expires: never, order: c.Order,
		nameHash: nameHash,
		nameLen:  uint16(len(c.Name)), valueLen: uint16(len(c.Value)),
		domainLen: uint32(len(c.Domain)), pathLen: uint32(len(c.Path)),
		flags: flagsOf(c), demands: d,
	}}
	if c.Persistent() {
		n.item.expires = c.Expires.UnixMicro()
	}
	return n
}

// fits reports whether there is room for c in a page.
func fits(c *Cookie) bool {
	return len(c.Name) <= maxPair && len(c.Value) <= maxPair && len(c.Domain) <= maxPlace && len(c.Path) <= maxPlace
}

// newPage returns a page for that site of some entries and, before the one at, of
// add if it is not nil. All in all they must be no more than pageSize.
func newPage(site string, partition *Partition, entries []entry, at int, add *newcomer) page {
	total := len(entries)
	if add != nil {
		total++
	}
	p := page{expires: never, partition: partition, items: make([]item, total)}

	// The places, each once.
	type place struct {
		domain, path string
		at           uint32
	}
	var buf [1 + pageSize]place
	places := append(buf[:0], place{site, "/", 0})
	size := len(site) + len("/")
	pairs, next := 0, 0
	for i := range p.items {
		it := &p.items[i]
		var domain, path string
		if add != nil && i == at {
			*it = add.item
			domain, path = add.Domain, add.Path
		} else {
			e := entries[next]
			next++
			it.copy(e.item)
			domain, path = e.domain(), e.path()
		}
		pairs += it.pairLen()
		p.expires = min(p.expires, it.expires)
		p.names |= nameBit(it.nameHash)
		k := 0
		for k < len(places) && (places[k].domain != domain || places[k].path != path) {
			k++
		}
		if k == len(places) {
			places = append(places, place{domain, path, uint32(size)})
			size += len(domain) + len(path)
		}
		it.place = places[k].at
	}

	var text strings.Builder
	text.Grow(size + pairs)
	for i := range places {
		text.WriteString(places[i].domain)
		text.WriteString(places[i].path)
	}
	next = 0
	for i := range p.items {
		it := &p.items[i]
		it.pair = uint32(text.Len())
		if add != nil && i == at {
			// See RFC 6265bis, Section 5.8.3, step 6.
			if add.Name != "" { // 6.1
				text.WriteString(add.Name)
				text.WriteByte('=')
			}
			text.WriteString(add.Value) // 6.2
			text.WriteString("; ")      // 6.3
			continue
		}
		e := entries[next]
		next++
		text.WriteString(e.page.text[e.item.pair:][:e.item.pairLen()])
	}
	p.text = text.String()
	return p
}

// copy sets i to a copy of from, whose last access may be changing.
func (i *item) copy(from *item) {
	*i = item{
		access: atomic.LoadInt64(&from.access), created: from.created, expires: from.expires, order: from.order,
		pair: from.pair, place: from.place, nameHash: from.nameHash,
		nameLen: from.nameLen, valueLen: from.valueLen, domainLen: from.domainLen, pathLen: from.pathLen,
		flags: from.flags, demands: from.demands,
	}
}

func cloneItems(from []item) []item {
	items := make([]item, len(from))
	for i := range items {
		items[i].copy(&from[i])
	}
	return items
}

func nameBit(hash uint16) uint64 { return 1 << (hash & 63) }
