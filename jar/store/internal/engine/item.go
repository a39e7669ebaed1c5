package engine

import (
	"math"
	"sync/atomic"
)

// An Item is the part of an entry that has a fixed size. It does not change once the
// entry is published, but for its last access.
type Item struct {
	access int64 // the last access; atomic, and first, so that it is aligned everywhere
	Fields
}

// Fields are what an Item has that never changes. Times are microseconds since 1970.
type Fields struct {
	Created int64
	Expires int64 // Never for an entry that does not expire
	Order   uint64

	pair     uint32 // byte offset in the page's text: the name and the value
	scope    uint32 // byte offset in the page's text: the domain and the path
	nameLen  uint16 // with the "=" behind it; 0 for an empty name, which has no "="
	valueLen uint16

	NameHash uint16 // low bits of the hash of the name
	Flags    uint8  // the rules' own; the engine keeps them, and knows the class
	Requires uint8  // likewise
}

// Never is the expiry of an entry that does not expire.
const Never = math.MaxInt64

// What an Item can hold, with some room left in the page for other entries.
const (
	maxPair  = math.MaxUint16 - len("=")           // bytes of a name or a value
	maxScope = math.MaxUint32 / (4 * maxPageItems) // bytes of a domain or a path
)

// Size returns the number of bytes of name and value.
func (i *Item) Size() int { return i.nameSize() + int(i.valueLen) }

// nameSize returns the number of bytes of the name.
func (i *Item) nameSize() int { return max(int(i.nameLen)-len("="), 0) }

// PairLen returns the number of bytes of the entry in a cookie-string, with the "; "
// behind it.
func (i *Item) PairLen() int { return int(i.nameLen) + int(i.valueLen) + len("; ") }

// Classes is the number of classes. The top three bits of Flags are an item's class, by
// which a [Ranking] tells entries apart. What a class is, the rules know.
const Classes = 1 << 3

// Class returns the class.
func (i *Item) Class() uint8 { return i.Flags >> 5 }

// PairRange returns the byte offsets in the page's text where the entry's pair starts, and
// where it ends, with the "; " behind it.
func (i *Item) PairRange() (start, end uint32) { return i.pair, i.pair + uint32(i.PairLen()) }

// SameScope reports whether i and j, of one page, have the same domain and path. It may
// report false for two that do.
func (i *Item) SameScope(j *Item) bool { return i.scope == j.scope }

// Access returns the last access.
func (i *Item) Access() int64 { return atomic.LoadInt64(&i.access) }

// Touch makes now the last access, if that is at least step later than the one before.
// A store to a line that other cores read is not free, and a hot entry is read often.
func (i *Item) Touch(now, step int64) {
	if now-atomic.LoadInt64(&i.access) >= step {
		atomic.StoreInt64(&i.access, now)
	}
}

// copyFrom sets i to a copy of from, whose last access other goroutines may be changing.
func (i *Item) copyFrom(from *Item) {
	i.access = from.Access()
	i.Fields = from.Fields
}

// An Insertion is an entry on its way into a page.
type Insertion struct {
	Name, Value  string
	Domain, Path string
	Item         // all of it but the byte offsets
}

// Access returns the last access. No other goroutine has the Insertion, and an atomic read
// would move it to the heap on 32-bit machines.
func (add *Insertion) Access() int64 { return add.access }

// Fits reports whether a page has room for the texts of an insertion.
func (add *Insertion) Fits() bool {
	return len(add.Name) <= maxPair && len(add.Value) <= maxPair &&
		len(add.Domain) <= maxScope && len(add.Path) <= maxScope
}

// SetItem completes add, all but whose lengths, last access and hash of the name is set.
func (add *Insertion) SetItem(access int64, nameHash uint64) {
	add.access, add.nameLen = access, 0
	if add.Name != "" {
		add.nameLen = uint16(len(add.Name) + len("="))
	}
	add.valueLen = uint16(len(add.Value))
	add.NameHash = uint16(nameHash)
}

// before reports whether add sorts before e.
func (add *Insertion) before(e Entry) bool {
	return compareSent(len(add.Path), &add.Item, e.pathLen(), e.Item) < 0
}

// copyPair writes the name and the value as they stand in a cookie-string.
// See RFC 6265bis, Section 5.8.3, step 6.
func (add *Insertion) copyPair(to []byte) {
	at := 0
	if add.Name != "" { // 6.1
		at = copy(to, add.Name)
		to[at] = '='
		at++
	}
	at += copy(to[at:], add.Value) // 6.2
	to[at], to[at+1] = ';', ' '    // 6.3
}
