package store

import "slices"

// replace puts add, which sorts where sp is, in the place of the cookie there. It
// returns the record that is to be published.
func (r *record) replace(sp *spot, add *newcomer) *record {
	next := r
	switch id, ok := sp.write(add, sp.entry(sp.k).item); {
	case ok && r.large != nil:
		r.large.reorder(sp.leaf, sp.order.with(sp.k, id))
	case ok:
		r.order.Store(uint64(sp.order.with(sp.k, id)))
	case r.large != nil:
		r.large.rebuild(r.site(), &sp.view, sp.k, true, add)
	default:
		// Where cookies have been replaced before, they will be again.
		n := sp.order.len()
		room := n + 1
		if int(sp.used) > n {
			room = n + max(3, n/2)
		}
		next = r.rebuilt(&sp.view, sp.k, true, add, room)
	}
	next.expires = min(next.expires, add.item.expires)
	return next
}

// insert adds a cookie where it sorts. It returns the record that is to be published.
func (r *record) insert(add *newcomer) *record {
	next := r
	if r.large != nil {
		r.large.insert(r.site(), add)
	} else {
		v := r.view()
		k := v.search(&add.item)
		if v.order.len() == pageSize {
			return r.with(add, func(entry) bool { return false })
		}
		if id, ok := v.write(add, nil); ok {
			r.order.Store(uint64(v.order.insert(k, id)))
		} else {
			next = r.rebuilt(&v, k, false, add, v.order.len()+1)
		}
	}
	next.expires = min(next.expires, add.item.expires)
	return next
}

// rebuilt returns r, which has one page, with add before the k-th cookie, or in its
// place, and room for so many items at least.
func (r *record) rebuilt(v *view, k int, replace bool, add *newcomer, room int) *record {
	var buf [pageSize]entry
	next := roomFor(room)
	next.build(r.site(), r.page.partition, v.entriesWith(buf[:0], k, replace), add)
	next.siteLen, next.suffix, next.expires = r.siteLen, r.suffix, r.expires
	return next
}

// with returns a record of the cookies of r but those for which gone, called once for
// each in send order, returns true, and of add where it sorts. R stays as it is.
func (r *record) with(add *newcomer, gone func(entry) bool) *record {
	all := slices.DeleteFunc(r.entries(), gone)
	own := add.entry()
	k, _ := slices.BinarySearchFunc(all, own, func(a, b entry) int { return compare(a.item, b.item) })
	return newRecord(r.site(), r.suffix, r.page.partition, slices.Insert(all, k, own))
}

// entry returns the cookie in a page of its own.
func (n *newcomer) entry() entry {
	p := &page{items: make([]item, 1)}
	p.build("", nil, []entry{{}}, n)
	return entry{p, &p.items[0]}
}

// without removes the cookies for which gone, called once for each in send order,
// returns true. It returns the record that is to be published, and how many went.
func (r *record) without(gone func(entry) bool) (next *record, n int) {
	if r.large != nil {
		return r.withoutLarge(gone)
	}
	v := r.view()
	left := order(0)
	texts := 0
	for k := range v.order.len() {
		e := v.entry(k)
		if gone(e) {
			n++
			continue
		}
		left = left.insert(left.len(), v.order.at(k))
		texts += e.item.pairLen()
	}
	if n == 0 {
		return r, 0
	}
	// What is small may stay where it is until there is no room.
	if len(r.items) > 3+4*left.len() || len(r.text) > 512+2*texts {
		var buf [pageSize]entry
		v.order = left
		return newRecord(r.site(), r.suffix, r.page.partition, v.entries(buf[:0])), n
	}
	r.order.Store(uint64(left))
	r.expires = r.first()
	return r, n
}

// withoutLarge is without for a site of several pages.
func (r *record) withoutLarge(gone func(entry) bool) (next *record, n int) {
	l := r.large
	var leaves []*leaf
	var old []view
	var made []*leaf
	for _, v := range l.views(nil) {
		var buf [pageSize]entry
		before := v.order.len()
		live := slices.DeleteFunc(v.entries(buf[:0]), gone)
		n += before - len(live)
		if len(live) == before {
			leaves = append(leaves, v.leaf)
			continue
		}
		old = append(old, v)
		if len(live) > 0 {
			f := newLeaf(r.site(), v.partition, live, nil)
			leaves, made = append(leaves, f), append(made, f)
		}
	}
	if n == 0 {
		return r, 0
	}
	if left := l.count - n; left <= pageSize || left < len(leaves)*pageSize/4 { // mostly room
		var all []entry
		for _, f := range leaves {
			v := f.view()
			all = v.entries(all)
		}
		return newRecord(r.site(), r.suffix, r.page.partition, all), n
	}
	for i := range old {
		l.moveOut(&old[i])
	}
	for _, f := range made {
		l.settle(f)
	}
	l.count -= n
	l.version.Add(1)
	l.leaves.Store(&leaves)
	r.expires = r.first()
	return r, n
}

// clone returns a copy of r that shares nothing that changes.
func (r *record) clone() *record {
	return newRecord(r.site(), r.suffix, r.page.partition, r.entries())
}
