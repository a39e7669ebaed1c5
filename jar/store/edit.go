package store

import "slices"

// replace puts add, which sorts where sp is, in the place of the cookie there. It
// returns the page that is to be published.
func (p *page) replace(sp *spot, add newcomer) *page {
	id, ok := sp.write(add, sp.item)
	l := p.large()
	if l != nil {
		l.went(sp.item)
		l.came(add)
	}
	switch {
	case ok && l != nil:
		l.reorder(sp.leaf, sp.order.with(sp.k, id))
	case ok:
		p.order.Store(uint64(sp.order.with(sp.k, id)))
	case l != nil:
		l.rebuild(&sp.view, sp.k, true, add)
	default:
		// Where cookies have been replaced before, they will be again.
		n := sp.order.len()
		replaced := int(p.used) - n
		return p.rebuilt(&sp.view, sp.k, true, add, n+min(2*replaced+1, max(8, n)))
	}
	p.expires = min(p.expires, add.item.expires)
	return p
}

// rooms are how many items pages have room for as they grow.
var rooms = [...]int{1, 3, 5, 8, pageSize}

// insert adds a cookie where it sorts. It returns the page that is to be published.
func (p *page) insert(add newcomer) *page {
	if l := p.large(); l != nil {
		l.insert(add)
	} else {
		v := p.view()
		n := v.order.len()
		if n == pageSize {
			site := p.site()
			return newSite(&site, p.with(add, func(entry) bool { return false }))
		}
		k := v.search(add)
		id, ok := v.write(add, nil)
		if !ok {
			next, _ := slices.BinarySearch(rooms[:], n+1)
			return p.rebuilt(&v, k, false, add, rooms[next])
		}
		p.order.Store(uint64(v.order.insert(k, id)))
	}
	p.expires = min(p.expires, add.item.expires)
	return p
}

// rebuilt returns a page of the cookies of v and, before the k-th, or in its place, add.
func (p *page) rebuilt(v *view, k int, replace bool, add newcomer, room int) *page {
	site := p.site()
	if replace && v.order.len() == 1 {
		return alone(&site, room, add)
	}
	var buf [pageSize]entry
	return build(&site, room, v.entriesWith(buf[:0], k, replace), add)
}

// with returns the cookies of p, which may be nil, but those for which gone, called once
// for each in send order, returns true; and add where it sorts.
func (p *page) with(add newcomer, gone func(entry) bool) []entry {
	var all []entry
	if p != nil {
		all = slices.DeleteFunc(p.entries(nil), gone)
	}
	own := add.entry()
	k, _ := slices.BinarySearchFunc(all, own, compare)
	return slices.Insert(all, k, own)
}

// entry returns the cookie in a page of its own.
func (n newcomer) entry() entry {
	p := alone(&siteName{partition: n.c.Partition}, 1, n)
	return entry{p, p.item(0)}
}

// without removes the cookies for which gone, called once for each in send order,
// returns true. It returns the page that is to be published, and how many went.
func (p *page) without(gone func(entry) bool) (next *page, n int) {
	if l := p.large(); l != nil {
		return l.without(gone)
	}
	v := p.view()
	left := order(0)
	for k := range v.order.len() {
		e := v.entry(k)
		if gone(e) {
			n++
			continue
		}
		left = left.insert(left.len(), v.order.at(k))
	}
	if n == 0 {
		p.expires = p.first() // it may have been too early
		return p, 0
	}
	// A page that has lost all its cookies may stay as it is: it is not kept.
	if v.order = left; left.len() > 0 && v.roomy() {
		var buf [pageSize]entry
		site := p.site()
		return newSite(&site, v.entries(buf[:0])), n
	}
	p.order.Store(uint64(left))
	p.expires = p.first()
	return p, n
}

// roomy reports whether v's page is to be built again because it is mostly room: what is
// small may stay as it is until there is no room.
func (v view) roomy() bool {
	n, texts := v.order.len(), 0
	for k := range n {
		texts += v.entry(k).item.pairLen()
	}
	return int(v.room) > 3+4*n || int(v.textRoom) > 512+2*texts
}

// cut removes the cookie at sp, and returns the page that is to be published.
func (p *page) cut(sp *spot) *page {
	if l := p.large(); l != nil {
		return l.cut(sp)
	}
	next, _ := p.without(func(e entry) bool { return e.item == sp.item })
	return next
}

// clone returns a copy of p that shares nothing that changes.
func (p *page) clone() *page {
	site := p.site()
	return newSite(&site, p.entries(nil))
}
