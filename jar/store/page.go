package store

import (
	"encoding/binary"
	"sync/atomic"
)

const (
	pageSize = 12 // how many cookies a page has at most
	pageRoom = 31 // how many items it has room for at most
	ofLarge  = 15 // how many it says it has if it is the head of a large
)

// A page is a run of a site's cookies. It is a log: what is written to it stays as it
// is, and what is new is written behind it, where nobody reads yet. Then order, which
// says what is there, is replaced. So a write costs what it writes, until there is no
// room: then a new page is built.
//
// This is its head, which items and text follow: see newPage. The text begins with the
// place of the site's name and "/", and the partition. Behind these are other places,
// and the cookies as they stand in a cookie-string, each with "; " after it. Cookies of
// one place share it, and in a page as it is built cookies that are sent together stand
// together, to be copied together.
type page struct {
	order atomic.Uint64 // see type order

	expires      int64  // no cookie of the site expires before; for writers
	textLen      uint32 // how much of the text is written; for writers
	textRoom     uint32
	partitionLen uint32
	used         uint8 // how many items are written; for writers
	room         uint8 // how many there are
	whole        bool  // see siteName
	partitioned  partitioned
}

// partitioned says whether a site is in a partition, and in which of the two of a
// top-level site.
type partitioned uint8

const (
	unpartitioned partitioned = iota
	sameSiteAncestors
	crossSiteAncestor
)

// A place is a domain and a path. In a text their lengths are before it.
const placeHead = 8

// place returns the place that is there in the text.
func (p *page) place(at uint32) (domain, path string) {
	t := p.text()[at:]
	both := binary.LittleEndian.Uint64(t)
	d, n := int(uint32(both)), int(both>>32)
	place := shared(t[placeHead:][:d+n])
	return place[:d], place[d:]
}

// pathLen returns the length of the path of the place that is there in the text.
func (p *page) pathLen(at uint32) int {
	return int(binary.LittleEndian.Uint32(p.text()[at+4:]))
}

// isPlace reports whether a text begins with that place.
func isPlace(t []byte, domain, path string) bool {
	if binary.LittleEndian.Uint64(t) != lengths(domain, path) {
		return false
	}
	t = t[placeHead:][:len(domain)+len(path)]
	if string(t[:len(domain)]) != domain {
		return false
	}
	t = t[len(domain):]
	return path == "/" && t[0] == '/' || string(t) == path // most are "/"
}

// isPlaceIn reports whether the place that is there in the text is of that domain.
func (p *page) isPlaceIn(at uint32, domain string) bool {
	t := p.text()[at:]
	d := binary.LittleEndian.Uint32(t)
	return int(d) == len(domain) && string(t[placeHead:][:d]) == domain
}

// copyPlace writes a place to text, and returns its length.
func copyPlace(text []byte, domain, path string) int {
	binary.LittleEndian.PutUint64(text, lengths(domain, path))
	n := placeHead + copy(text[placeHead:], domain)
	return n + copy(text[n:], path)
}

// lengths returns the lengths of domain and path as they are before a place.
func lengths(domain, path string) uint64 { return uint64(len(domain)) | uint64(len(path))<<32 }

func placeSize(domain, path string) uint32 { return uint32(placeHead + len(domain) + len(path)) }

// A view is a page as it was at one time.
type view struct {
	*page
	order order
	leaf  *leaf // nil if the site has but one page
}

func (p *page) view() view { return view{p, order(p.order.Load()), nil} }

// entry returns the k-th cookie.
func (v view) entry(k int) entry { return entry{v.page, v.item(v.order.at(k))} }

// entries appends the cookies to buf.
func (v view) entries(buf []entry) []entry {
	for k := range v.order.len() {
		buf = append(buf, v.entry(k))
	}
	return buf
}

// entriesWith appends the cookies to buf, with the zero entry, which stands for a
// newcomer, before the k-th, or in its place.
func (v view) entriesWith(buf []entry, k int, replace bool) []entry {
	for i := range v.order.len() {
		if i == k {
			buf = append(buf, entry{})
			if replace {
				continue
			}
		}
		buf = append(buf, v.entry(i))
	}
	if k == v.order.len() {
		buf = append(buf, entry{})
	}
	return buf
}

// search returns before which cookie a newcomer sorts.
func (v view) search(add newcomer) int {
	k := v.order.len()
	for k > 0 && add.before(v.entry(k-1)) { // new ones are last, as a rule
		k--
	}
	return k
}

// write writes a cookie behind what is there, and returns which item it is; or false if
// there is no room. The caller makes it part of the order.
func (v view) write(add newcomer, replaced *item) (id int, ok bool) {
	p := v.page
	place, known := uint32(0), true
	if replaced != nil {
		place = replaced.place // of one identity is of one place
	} else {
		place, known = v.placeOf(add)
	}
	at := p.textLen
	end := at + uint32(add.item.pairLen())
	if !known {
		end += placeSize(add.c.Domain, add.c.Path)
	}
	if p.used == p.room || end > p.textRoom {
		return 0, false
	}
	to := p.text()[at:end]
	if !known {
		place = at
		n := copyPlace(to, add.c.Domain, add.c.Path)
		to, at = to[n:], at+uint32(n)
	}
	add.copyPair(to)
	id = int(p.used)
	it := p.item(id)
	*it = *add.item
	it.place, it.pair = place, at
	p.used++
	p.textLen = end
	return id, true
}

// placeOf returns where the page has the place of add, if it has it.
func (v view) placeOf(add newcomer) (at uint32, ok bool) {
	for k := range v.order.len() {
		at := v.item(v.order.at(k)).place
		if isPlace(v.text()[at:], add.c.Domain, add.c.Path) {
			return at, true
		}
	}
	// The first is there even if no cookie has it.
	return 0, isPlace(v.text(), add.c.Domain, add.c.Path)
}

// begin writes what a page has of its site, and returns how much of the text that is.
func (p *page) begin(s *siteName) int {
	p.describe(s)
	n := copyPlace(p.text(), s.name, "/")
	if p.partitionLen > 0 {
		n += copy(p.text()[n:], s.partition.TopLevelSite)
	}
	return n
}

// alone is build for one cookie, add.
func alone(s *siteName, room int, add newcomer) *page {
	pair := uint32(add.item.pairLen())
	text := placeSize(s.name, "/") + uint32(len(s.partition.TopLevelSite)) + pair + spare(room, 1, pair)
	if add.c.Domain != s.name || add.c.Path != "/" {
		text += placeSize(add.c.Domain, add.c.Path)
	}
	p := newPage(room, int(text))
	p.textLen = uint32(p.begin(s))
	p.view().write(add, nil) // there is room
	p.expires = add.item.expires
	p.order.Store(uint64(inOrder(1)))
	return p
}

// spare returns how much text to have room for, besides the pairs of n cookies, where
// there is room for more of them.
func spare(room, n int, pairs uint32) uint32 {
	if n == 0 {
		return 0
	}
	// That much more for values that are large does not pay.
	return min(uint32(room-n)*(pairs/uint32(n)), pairs/2+1024)
}

// build makes a new page, which has room for so many items, of entries, pageSize at
// most. The zero entry stands for add. Where there is room for more items, there will be
// for their texts.
func build(s *siteName, room int, entries []entry, add newcomer) *page {
	// First where everything will be: the places, each once, and then the cookies.
	end, pairs := placeSize(s.name, "/")+uint32(len(s.partition.TopLevelSite)), uint32(0)
	var places [pageSize]uint32
	var last entry
	place := uint32(0)
	for i, e := range entries {
		it := e.item
		if it == nil {
			it = add.item
		}
		pairs += uint32(it.pairLen())
		if e.page == nil || e.page != last.page || it.place != last.item.place {
			domain, path := e.placeIn(add)
			place = end
			if path == "/" && domain == s.name {
				place = 0 // it is the first
			}
			for j := 0; j < i && place == end; j++ {
				if d, p := entries[j].placeIn(add); d == domain && p == path {
					place = places[j]
				}
			}
			if place == end {
				end += placeSize(domain, path)
			}
		}
		places[i], last = place, e
	}
	p := newPage(room, int(end+pairs+spare(room, len(entries), pairs)))
	written := p.begin(s)
	text, pair := p.text(), end
	expires := int64(never)
	for i, e := range entries {
		if int(places[i]) == written {
			domain, path := e.placeIn(add)
			written += copyPlace(text[written:], domain, path)
		}
		it := p.item(i)
		if e.page == nil {
			*it = *add.item
			add.copyPair(text[pair:])
		} else {
			it.copy(e.item)
			copy(text[pair:], e.pair())
		}
		it.place, it.pair = places[i], pair
		pair += uint32(it.pairLen())
		expires = min(expires, it.expires)
	}
	p.expires = expires
	p.used, p.textLen = uint8(len(entries)), pair
	p.order.Store(uint64(inOrder(len(entries))))
	return p
}

// placeIn returns domain and path of e, which are those of add if it is the zero entry.
func (e entry) placeIn(add newcomer) (domain, path string) {
	if e.page == nil {
		return add.c.Domain, add.c.Path
	}
	return e.page.place(e.item.place)
}
