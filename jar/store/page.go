package store

import "sync/atomic"

const (
	pageSize = 12 // how many cookies a page has at most
	pageRoom = 16 // how many items it has room for at most
)

// A page is a run of a site's cookies. It is a log: what is written to it stays as it
// is, and what is new is written behind it, where nobody reads yet. Then order, which
// says what is there, is replaced. So a write costs what it writes, until there is no
// room: then a new page is built.
//
// The text begins with the site's name and "/". Behind these are the places, which are a
// domain and a path each, with no separator, and the cookies as they stand in a
// cookie-string, each with "; " after it. Cookies of one place share it, and in a page as
// it is built cookies that are sent together stand together, to be copied together.
type page struct {
	order     atomic.Uint64 // see type order
	items     []item
	text      text
	partition *Partition // nil for unpartitioned cookies; shared by all pages of a site

	// These are for writers.
	textLen uint32 // how much of text is written
	used    uint8  // how many of items are
}

// A view is a page as it was at one time.
type view struct {
	*page
	order order
	leaf  *leaf // nil if the site has but one page
}

// A spot is where a cookie is. That of no page is nowhere.
type spot struct {
	view
	k int // in order
}

func (p *page) view() view { return view{p, order(p.order.Load()), nil} }

// entry returns the k-th cookie.
func (v *view) entry(k int) entry { return entry{v.page, &v.items[v.order.at(k)]} }

// entries appends the cookies to buf.
func (v *view) entries(buf []entry) []entry {
	for k := range v.order.len() {
		buf = append(buf, v.entry(k))
	}
	return buf
}

// entriesWith appends the cookies to buf, with the zero entry, which stands for a
// newcomer, before the k-th, or in its place.
func (v *view) entriesWith(buf []entry, k int, replace bool) []entry {
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

// find returns the first cookie from the k-th on whose name may have that hash, or
// where none would be.
func (v *view) find(k int, hash uint16) int {
	for n := v.order.len(); k < n; k++ {
		if v.items[v.order.at(k)].nameHash == hash {
			break
		}
	}
	return k
}

// search returns before which cookie an item sorts.
func (v *view) search(it *item) int {
	k := v.order.len()
	for k > 0 && compare(it, &v.items[v.order.at(k-1)]) < 0 { // new ones are last, as a rule
		k--
	}
	return k
}

// write writes a cookie behind what is there, and returns which item it is; or false if
// there is no room. The caller makes it part of the order.
func (v *view) write(add *newcomer, replaced *item) (id int, ok bool) {
	p := v.page
	place, known := uint32(0), true
	if replaced != nil {
		place = replaced.place // of one identity is of one place
	} else {
		place, known = v.placeOf(add)
	}
	at := p.textLen
	end := int(at) + add.item.pairLen()
	if !known {
		end += len(add.domain) + len(add.path)
	}
	if int(p.used) == len(p.items) || end > len(p.text) {
		return 0, false
	}
	to := p.text[at:end]
	if !known {
		place = at
		at += uint32(len(add.domain) + len(add.path))
		to = to[copy(to, add.domain):]
		to = to[copy(to, add.path):]
	}
	add.copyPair(to)
	id = int(p.used)
	it := &p.items[id]
	*it = add.item
	it.place, it.pair = place, at
	p.used++
	p.textLen = uint32(end)
	return id, true
}

// placeOf returns where the page has the place of add, if it has it.
func (v *view) placeOf(add *newcomer) (at uint32, ok bool) {
	for k := range v.order.len() {
		if e := v.entry(k); e.hasPlace(add.domain, add.path) {
			return e.item.place, true
		}
	}
	// The first is there even if no cookie has it.
	d := uint32(len(add.domain))
	if add.path == "/" && d < v.textLen && v.text.at(0, d) == add.domain && v.text[d] == '/' {
		return 0, true
	}
	return 0, false
}

// build makes a new page, which has room for items and a text of its own, of entries,
// pageSize at most. The zero entry stands for add. Where there is room for more
// items, there will be for their texts.
func (p *page) build(site string, partition *Partition, entries []entry, add *newcomer) {
	n := len(entries)
	// First where everything will be: the places, each once, and then the cookies.
	root := uint32(len(site) + len("/"))
	end := root
	for i, e := range entries {
		to := &p.items[i]
		if e.page == nil {
			*to = add.item
		} else {
			to.copy(e.item)
		}
		if i > 0 && e.page != nil && e.page == entries[i-1].page && e.item.place == entries[i-1].item.place {
			to.place = p.items[i-1].place
			continue
		}
		to.place = end
		domain, path := e.placeIn(add)
		if domain == site && path == "/" {
			to.place = 0
		}
		for j := i - 1; j >= 0 && to.place == end; j-- {
			if d, pa := entries[j].placeIn(add); d == domain && pa == path {
				to.place = p.items[j].place
			}
		}
		if to.place == end {
			end += uint32(len(domain) + len(path))
		}
	}
	pairs := end
	for i := range n {
		p.items[i].pair = end
		end += uint32(p.items[i].pairLen())
	}
	spare := uint32(0)
	if n > 0 {
		// That much more for values that are large does not pay.
		spare = min(uint32(len(p.items)-n)*((end-pairs)/uint32(n)), (end-pairs)/2+256)
	}
	p.text = newText(int(end + spare))
	p.textLen, p.used, p.partition = end, uint8(n), partition

	copy(p.text, site)
	p.text[len(site)] = '/'
	written := root
	for i, e := range entries {
		it := &p.items[i]
		if it.place == written {
			domain, path := e.placeIn(add)
			written += uint32(copy(p.text[written:], domain))
			written += uint32(copy(p.text[written:], path))
		}
		if e.page == nil {
			add.copyPair(p.text[it.pair:])
		} else {
			copy(p.text[it.pair:], e.pair())
		}
	}
	p.order.Store(uint64(inOrder(n)))
}

// placeIn returns domain and path of e, which are those of add if it is the zero entry.
func (e entry) placeIn(add *newcomer) (domain, path string) {
	if e.page == nil {
		return add.domain, add.path
	}
	return e.domain(), e.path()
}
