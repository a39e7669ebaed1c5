package engine

import (
	"encoding/binary"
	"sync/atomic"
)

const (
	// MaxPageEntries is the number of entries a page has at most. More need a longer
	// order word; with fewer, more sites have several pages.
	MaxPageEntries = 12

	maxPageItems  = 31 // items a page has capacity for at most
	multiPageMark = 15 // the length in the order word of a multi-page site
)

// A Page holds the entries of a site, or a run of the entries of a multi-page site. It is an
// append log: what is written stays as it is, and new items and texts are written behind
// it, where no reader looks. Then the order word, which says which items are entries, is
// replaced by one atomic store, which publishes them. A write costs what it writes until
// the page is full; then a new page is built.
//
// This struct is the page's header. Items and text follow it in the same allocation: see
// newPage. The text begins with the scope of the site (its name and "/") and the top-level
// site of its partition. Behind them are other scopes, and the entries' pairs as they stand
// in a cookie-string. Entries of one scope share its text. When a page is built, entries that
// are sent one after the other have their pairs in the same order, to be copied together.
type Page struct {
	// order is an Order. The shard's lock guards stores; readers load it without the lock.
	order atomic.Uint64

	// The other fields are written under the shard's lock, and read without it only where
	// they never change once the page is published: textCap, partitionLen, itemCap and
	// partition.

	expires      int64  // no entry of the site expires earlier
	textLen      uint32 // bytes of the text written
	textCap      uint32
	partitionLen uint32 // bytes of the partition's top-level site
	itemLen      uint8  // items written
	itemCap      uint8
	facts        uint8 // what the rules remember about the site
	partition    partitionKind
}

// partitionKind says whether a site is in a partition, and in which of the two of one
// top-level site.
type partitionKind uint8

const (
	unpartitioned partitionKind = iota
	sameSiteAncestors
	crossSiteAncestor
)

// IsPartitioned reports whether the page is of a site in a partition.
func (p *Page) IsPartitioned() bool { return p.partition != unpartitioned }

// Expires returns a time before which no entry of the site expires. It is for writers.
func (p *Page) Expires() int64 { return p.expires }

// Facts returns what the rules remember about the site.
func (p *Page) Facts() uint8 { return p.facts }

// A scope is a domain and a path. In a text, the lengths of both stand before them.
const scopeHeader = 8

// scope returns the scope at a byte offset.
func (p *Page) scope(at uint32) (domain, path string) {
	t := p.text()[at:]
	lengths := binary.LittleEndian.Uint64(t)
	d, n := int(uint32(lengths)), int(lengths>>32)
	both := sharedString(t[scopeHeader:][:d+n])
	return both[:d], both[d:]
}

// pathLen returns the length of the path of the scope at a byte offset.
func (p *Page) pathLen(at uint32) int {
	return int(binary.LittleEndian.Uint32(p.text()[at+4:]))
}

// hasDomain reports whether the scope at a byte offset has this domain.
func (p *Page) hasDomain(at uint32, domain string) bool {
	t := p.text()[at:]
	d := binary.LittleEndian.Uint32(t)
	return int(d) == len(domain) && string(t[scopeHeader:][:d]) == domain
}

// isScope reports whether a text begins with this scope.
func isScope(t []byte, domain, path string) bool {
	if binary.LittleEndian.Uint64(t) != scopeLengths(domain, path) {
		return false
	}
	t = t[scopeHeader:][:len(domain)+len(path)]
	if string(t[:len(domain)]) != domain {
		return false
	}
	t = t[len(domain):]
	return path == "/" && t[0] == '/' || string(t) == path // most are "/"
}

// copyScope writes a scope to text, and returns its size.
func copyScope(text []byte, domain, path string) int {
	binary.LittleEndian.PutUint64(text, scopeLengths(domain, path))
	n := scopeHeader + copy(text[scopeHeader:], domain)
	return n + copy(text[n:], path)
}

func scopeLengths(domain, path string) uint64 { return uint64(len(domain)) | uint64(len(path))<<32 }

func scopeSize(domain, path string) uint32 { return uint32(scopeHeader + len(domain) + len(path)) }

// A View is a page with one value of its order word: one state of the page.
type View struct {
	*Page
	Order Order
	ref   *pageRef // where the page is published; nil if the site has only this page
}

// View returns the page as it is now. The site must have only this page.
func (p *Page) View() View { return View{p, Order(p.order.Load()), nil} }

// Entry returns entry k.
func (v View) Entry(k int) Entry { return Entry{v.Page, v.Item(v.Order.At(k))} }

// AppendEntries appends the entries to buf.
func (v View) AppendEntries(buf []Entry) []Entry {
	for k := range v.Order.Len() {
		buf = append(buf, v.Entry(k))
	}
	return buf
}

// entriesWith appends the entries to buf, with the zero Entry, which stands for an
// insertion, before entry k, or in its place.
func (v View) entriesWith(buf []Entry, k int, replace bool) []Entry {
	for i := range v.Order.Len() {
		if i == k {
			buf = append(buf, Entry{})
			if replace {
				continue
			}
		}
		buf = append(buf, v.Entry(i))
	}
	if k == v.Order.Len() {
		buf = append(buf, Entry{})
	}
	return buf
}

// search returns the number of the entry that add sorts before.
func (v View) search(add *Insertion) int {
	k := v.Order.Len()
	for k > 0 && add.before(v.Entry(k-1)) { // new entries usually sort last
		k--
	}
	return k
}

// write appends add to the log, and returns its item number; false if the page is full.
// If add replaces an entry, replaced is its item. The caller publishes the item.
func (v View) write(add *Insertion, replaced *Item) (id int, ok bool) {
	p := v.Page
	scope, known := uint32(0), true
	if replaced != nil {
		scope = replaced.scope // entries of one identity have one scope
	} else {
		scope, known = v.findScope(add)
	}
	at := p.textLen
	end := at + uint32(add.PairLen())
	if !known {
		end += scopeSize(add.Domain, add.Path)
	}
	if p.itemLen == p.itemCap || end > p.textCap {
		return 0, false
	}
	to := p.text()[at:end]
	if !known {
		scope = at
		n := copyScope(to, add.Domain, add.Path)
		to, at = to[n:], at+uint32(n)
	}
	add.copyPair(to)
	id = int(p.itemLen)
	it := p.Item(id)
	*it = add.Item
	it.scope, it.pair = scope, at
	p.itemLen++
	p.textLen = end
	return id, true
}

// findScope returns the byte offset of the scope of add, if the page has it.
func (v View) findScope(add *Insertion) (at uint32, ok bool) {
	for k := range v.Order.Len() {
		at := v.Item(v.Order.At(k)).scope
		if isScope(v.text()[at:], add.Domain, add.Path) {
			return at, true
		}
	}
	// The site's own scope is there even if no entry has it.
	return 0, isScope(v.text(), add.Domain, add.Path)
}
