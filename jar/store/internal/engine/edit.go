package engine

import "slices"

// A Position is an entry in a view, as the rules have found it. The zero Position means not found.
type Position struct {
	View
	K    int   // the entry's number
	Item *Item // nil if there is no such entry
}

// Entry returns the entry.
func (at *Position) Entry() Entry { return Entry{at.Page, at.Item} }

// Each edit here is for writers, and returns the page to publish: the site's own, or one
// that takes its place.

// Replace puts add, which sorts the same, in the place of the entry at.
func (p *Page) Replace(at *Position, add *Insertion) *Page {
	id, ok := at.write(add, at.Item)
	m := p.multiPage()
	if m != nil {
		m.removed(at.Item)
		m.added(add)
	}
	switch {
	case ok && m != nil:
		m.publishOrder(at.ref, at.Order.with(at.K, id))
	case ok:
		p.order.Store(uint64(at.Order.with(at.K, id)))
	case m != nil:
		m.rebuildPage(&at.View, at.K, true, add)
	default:
		return p.rebuilt(&at.View, at.K, true, add, at.Order.Len()+p.spareItems(&at.View, add))
	}
	p.expires = min(p.expires, add.Expires)
	return p
}

// renewals is the number of replacements for which a page has capacity if the entry that is
// replaced is larger than the others: a session among small cookies.
const renewals = 7

// spareItems returns the number of items to leave room for in a page that is full, and in which
// add replaces an entry. An entry that was replaced will be replaced again: the more items of
// the page are of replaced entries, the more capacity for others.
func (p *Page) spareItems(v *View, add *Insertion) int {
	n, pairs := v.Order.Len(), 0
	for k := range n {
		pairs += v.Entry(k).Item.PairLen()
	}
	if n > 1 && 4*add.PairLen()*n > 5*pairs {
		return renewals
	}
	replaced := int(p.itemLen) - n
	return min(2*replaced+1, max(8, n))
}

// Insert adds an entry where it sorts.
func (p *Page) Insert(add *Insertion) *Page {
	if m := p.multiPage(); m != nil {
		m.insert(add)
	} else {
		v := p.View()
		n := v.Order.Len()
		if n == MaxPageEntries {
			site := p.Site()
			return NewSite(&site, p.With(&site, add, func(Entry) bool { return false }))
		}
		k := v.search(add)
		id, ok := v.write(add, nil)
		if !ok {
			next, _ := slices.BinarySearch(itemCaps[:], n+1)
			return p.rebuilt(&v, k, false, add, itemCaps[next])
		}
		p.order.Store(uint64(v.Order.insert(k, id)))
	}
	p.expires = min(p.expires, add.Expires)
	return p
}

// rebuilt returns a page of the entries of v with add before entry k, or in its place.
func (p *Page) rebuilt(v *View, k int, replace bool, add *Insertion, itemCap int) *Page {
	site := p.Site()
	if replace && v.Order.Len() == 1 {
		return buildSingle(&site, itemCap, add)
	}
	next := uint32(0)
	if replace {
		next = uint32(add.PairLen())
	}
	var buf [MaxPageEntries]Entry
	return buildPage(&site, itemCap, v.entriesWith(buf[:0], k, replace), add, next)
}

// With returns the entries of p, which is the page of site s or nil, without those for which
// gone, called once for each in order, returns true; and add where it sorts.
func (p *Page) With(s *Site, add *Insertion, gone func(Entry) bool) []Entry {
	var all []Entry
	if p != nil {
		all = slices.DeleteFunc(p.AppendEntries(nil), gone)
	}
	own := add.entry(s)
	k, _ := slices.BinarySearchFunc(all, own, Compare)
	return slices.Insert(all, k, own)
}

// entry returns the entry in a page of its own.
func (add *Insertion) entry(s *Site) Entry {
	p := buildSingle(s, 1, add)
	return Entry{p, p.Item(0)}
}

// Without removes the entries for which gone, called once for each in order, returns
// true, and returns their number.
func (p *Page) Without(gone func(Entry) bool) (next *Page, n int) {
	if m := p.multiPage(); m != nil {
		return m.without(gone)
	}
	v := p.View()
	left := Order(0)
	for k := range v.Order.Len() {
		e := v.Entry(k)
		if gone(e) {
			n++
			continue
		}
		left = left.insert(left.Len(), v.Order.At(k))
	}
	if n == 0 {
		p.expires = p.firstExpiry() // it may have been too early
		return p, 0
	}
	// A page without entries is about to be released whole.
	if v.Order = left; left.Len() > 0 && v.sparse() {
		var buf [MaxPageEntries]Entry
		site := p.Site()
		return NewSite(&site, v.AppendEntries(buf[:0])), n
	}
	p.order.Store(uint64(left))
	p.expires = p.firstExpiry()
	return p, n
}

// sparse reports whether most of the page's capacity is unused: then it is built again. Small
// entries that are gone may keep their room until the page is full.
func (v View) sparse() bool {
	n, texts := v.Order.Len(), 0
	for k := range n {
		texts += v.Entry(k).Item.PairLen()
	}
	return int(v.itemCap) > 3+4*n || int(v.textCap) > 512+2*texts
}

// Cut removes the entry at. On a multi-page site it costs what one page costs.
func (p *Page) Cut(at *Position) *Page {
	if m := p.multiPage(); m != nil {
		return m.cut(at)
	}
	next, _ := p.Without(func(e Entry) bool { return e.Item == at.Item })
	return next
}
