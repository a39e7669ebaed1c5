package store

import (
	"math"
	"sync/atomic"
)

// An item is a cookie in a page. But for its last access it does not change.
type item struct {
	access int64 // last-access-time; atomic, and first so that it is aligned everywhere
	fixed
}

// A fixed is what of an item does not change. Times are in microseconds since 1970.
type fixed struct {
	created int64
	expires int64 // never for a session cookie
	order   uint64

	pair     uint32 // where name and value are in the page's text
	place    uint32 // where domain and path are
	nameLen  uint16 // with its "="; 0 without a name
	valueLen uint16
	nameHash uint16
	flags    flags
	demands  Demand
}

// never is when a session cookie expires.
const never = math.MaxInt64

// What an item has room for, with some left for the page's other cookies.
const (
	maxPair  = math.MaxUint16 - len("=")       // a name or value
	maxPlace = math.MaxUint32 / (4 * pageRoom) // a domain or path
)

// fits reports whether there is room for c in a page.
func fits(c *Cookie) bool {
	return len(c.Name) <= maxPair && len(c.Value) <= maxPair && len(c.Domain) <= maxPlace && len(c.Path) <= maxPlace
}

// flags are a cookie's small attributes in one octet.
type flags uint8

const (
	flagHostOnly flags = 1 << iota
	flagSecure
	flagHTTPOnly
	flagPartitioned

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
	if !c.Partition.isZero() {
		f |= flagPartitioned
	}
	return f
}

func (f flags) sameSite() SameSite { return SameSite(f >> sameSiteShift & twoBits) }
func (f flags) priority() Priority { return Priority(f >> priorityShift & twoBits) }

// size is how many octets name and value have.
func (i *item) size() int { return i.nameSize() + int(i.valueLen) }

// nameSize is how many octets the name has.
func (i *item) nameSize() int { return max(int(i.nameLen)-len("="), 0) }

// pairLen is how many octets the cookie has in a cookie-string, with "; " after it.
func (i *item) pairLen() int { return int(i.nameLen) + int(i.valueLen) + len("; ") }

// copy sets i to a copy of from, whose last access may be changing.
func (i *item) copy(from *item) {
	i.access = atomic.LoadInt64(&from.access)
	i.fixed = from.fixed
}

// A newcomer is a cookie on its way into a page.
type newcomer struct {
	c    *Cookie
	item *item // what is known of it: all but pair and place
}

// come sets the zero i to what is known of a newcomer.
func (i *item) come(c *Cookie, nameHash uint16, d Demand) {
	i.created, i.expires, i.order = c.Created.UnixMicro(), never, c.Order
	if i.access = i.created; c.LastAccess != c.Created {
		i.access = c.LastAccess.UnixMicro()
	}
	if c.Persistent() {
		i.expires = c.Expires.UnixMicro()
	}
	if c.Name != "" {
		i.nameLen = uint16(len(c.Name) + len("="))
	}
	i.valueLen = uint16(len(c.Value))
	i.nameHash, i.flags, i.demands = nameHash, flagsOf(c), d
}

// partitioned reports whether n is in a partition.
func (n newcomer) partitioned() bool { return n.item.flags&flagPartitioned != 0 }

// before reports whether n is sent before e.
func (n newcomer) before(e entry) bool {
	return compareSent(len(n.c.Path), n.item, e.pathLen(), e.item) < 0
}

// copyPair writes name and value as they stand in a cookie-string.
// See RFC 6265bis, Section 5.8.3, step 6.
func (n newcomer) copyPair(to []byte) {
	at := 0
	if n.c.Name != "" { // 6.1
		at = copy(to, n.c.Name)
		to[at] = '='
		at++
	}
	at += copy(to[at:], n.c.Value) // 6.2
	to[at], to[at+1] = ';', ' '    // 6.3
}
