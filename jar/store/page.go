package store

import (
	"math"
	"strings"
	"sync/atomic"
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
	partition *Partition // nil for unpartitioned cookies; shared by all pages of a site
}

// An item is a cookie in a page. It has no pointer, for the garbage collector's
// sake.
type item struct {
	access int64 // last-access-time; atomic, and first so that it is aligned everywhere
	fixed
}

// A fixed is what of an item does not change. Times are in microseconds since 1970.
type fixed struct {
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

// fits reports whether there is room for c in a page.
func fits(c *Cookie) bool {
	return len(c.Name) <= maxPair && len(c.Value) <= maxPair && len(c.Domain) <= maxPlace && len(c.Path) <= maxPlace
}

// A newcomer is a cookie on its way into a page.
type newcomer struct {
	name, value, domain, path string

	item item // all but pair and place
}

// come sets n to c.
func (n *newcomer) come(c *Cookie, nameHash uint16, d Demand) {
	n.name, n.value, n.domain, n.path = c.Name, c.Value, c.Domain, c.Path
	n.item = item{c.LastAccess.UnixMicro(), fixed{
		created: c.Created.UnixMicro(), expires: never, order: c.Order,
		nameHash: nameHash,
		nameLen:  uint16(len(c.Name)), valueLen: uint16(len(c.Value)),
		domainLen: uint32(len(c.Domain)), pathLen: uint32(len(c.Path)),
		flags: flagsOf(c), demands: d,
	}}
	if c.Persistent() {
		n.item.expires = c.Expires.UnixMicro()
	}
}

// pair returns name and value as they stand in a cookie-string, in parts.
// See RFC 6265bis, Section 5.8.3, step 6.
func (n *newcomer) pair() (name, equals, value, end string) {
	if n.name != "" { // 6.1
		equals = "="
	}
	return n.name, equals, n.value, "; " // 6.2 and 6.3
}

// with sets to to p with add before the item at, or in its place. In the first case
// p must have room for one more; in the second the two must have one identity. The
// items of to are those that are to be used, or nil.
func (p *page) with(to *page, at int, replace bool, add *newcomer) {
	to.partition, to.expires = p.partition, add.item.expires

	// The text is copied in one go, with what is new inserted at two points.
	from := len(p.text) // where the pair goes
	if at < len(p.items) {
		from = int(p.items[at].pair)
	}
	till := from
	rest := p.items[at:]
	if replace {
		till += p.items[at].pairLen()
		rest = rest[1:]
	}
	places := len(p.text) // where the places end
	if len(p.items) > 0 {
		places = int(p.items[0].pair)
	}
	domain, path := "", ""
	place, known := p.placeOf(add)
	if !known {
		place, domain, path = uint32(places), add.domain, add.path
	}
	name, equals, value, end := add.pair()
	to.text = p.text[:places] + domain + path + p.text[places:from] + name + equals + value + end + p.text[till:]

	if to.items == nil {
		to.items = make([]item, at+1+len(rest))
	}
	shift := uint32(len(domain) + len(path))
	for i := range at {
		to.items[i].copy(&p.items[i], shift)
		to.expires = min(to.expires, p.items[i].expires)
	}
	to.items[at] = add.item
	to.items[at].place, to.items[at].pair = place, uint32(from)+shift
	shift += uint32(add.item.pairLen()) - uint32(till-from)
	for i := range rest {
		to.items[at+1+i].copy(&rest[i], shift)
		to.expires = min(to.expires, rest[i].expires)
	}
}

// without sets to to p without the item at, and reports whether it could: not if no
// other cookie has the item's place, which must go then too. The items of to are those
// that are to be used, or nil.
func (p *page) without(to *page, at int) bool {
	gone := &p.items[at]
	shared := false
	for i := range p.items {
		shared = shared || i != at && p.items[i].place == gone.place
	}
	if !shared && gone.place != 0 {
		return false
	}
	end := gone.pair + uint32(gone.pairLen())
	to.partition, to.expires = p.partition, never
	to.text = p.text[:gone.pair] + p.text[end:]
	if to.items == nil {
		to.items = make([]item, len(p.items)-1)
	}
	next := 0
	for i := range p.items {
		if i == at {
			continue
		}
		shift := uint32(0)
		if i > at {
			shift = gone.pair - end // back
		}
		to.items[next].copy(&p.items[i], shift)
		to.expires = min(to.expires, p.items[i].expires)
		next++
	}
	return true
}

// placeOf returns where p has the place of add, if it has it.
func (p *page) placeOf(add *newcomer) (at uint32, ok bool) {
	d, l := add.item.domainLen, add.item.pathLen
	for i := range p.items {
		it := &p.items[i]
		if it.domainLen == d && it.pathLen == l {
			if e := (entry{p, it}); e.domain() == add.domain && e.path() == add.path {
				return it.place, true
			}
		}
	}
	// The first is there even if no item has it.
	if strings.HasPrefix(p.text, add.domain) && strings.HasPrefix(p.text[d:], "/") && add.path == "/" {
		return 0, true
	}
	return 0, false
}

// copy sets i to a copy of from, whose last access may be changing, with its pair so
// much farther back.
func (i *item) copy(from *item, shift uint32) {
	i.access = atomic.LoadInt64(&from.access)
	i.fixed = from.fixed
	i.pair += shift
}

// newPage returns a page of these entries for that site. There must be no more than
// pageSize.
func newPage(site string, partition *Partition, entries []entry) *page {
	p := &page{expires: never, partition: partition, items: make([]item, len(entries))}

	// The places, each once.
	var text strings.Builder
	text.WriteString(site)
	text.WriteByte('/')
	for i, e := range entries {
		it := &p.items[i]
		it.copy(e.item, 0)
		p.expires = min(p.expires, it.expires)
		places := page{text: text.String(), items: p.items[:i]}
		place, known := places.placeOf(&newcomer{domain: e.domain(), path: e.path(), item: *it})
		if !known {
			place = uint32(text.Len())
			text.WriteString(e.domain())
			text.WriteString(e.path())
		}
		it.place = place
	}
	for i, e := range entries {
		p.items[i].pair = uint32(text.Len())
		text.WriteString(e.page.text[e.item.pair:][:e.item.pairLen()])
	}
	p.text = strings.Clone(text.String()) // without room to grow
	return p
}

func cloneItems(from []item) []item {
	items := make([]item, len(from))
	for i := range items {
		items[i].copy(&from[i], 0)
	}
	return items
}
