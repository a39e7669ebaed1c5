package store

import (
	"slices"
	"sort"
)

// paginate returns full pages, but for the last, for a site with these entries in send
// order; one, if there are none.
func paginate(site string, p *Partition, entries []entry) []*page {
	var pages []*page
	for chunk := range slices.Chunk(entries, pageSize) {
		pages = append(pages, newPage(site, p, chunk))
	}
	if len(pages) == 0 {
		pages = append(pages, newPage(site, p, nil))
	}
	return pages
}

// newRecord returns the record of a site with these pages, one at least.
func newRecord(site string, s suffix, pages []*page) *record {
	r := &record{first: *pages[0], siteLen: uint32(len(site)), suffix: s}
	if len(pages) > 1 {
		r.more = &tail{expires: never}
	}
	for _, p := range pages {
		r.count += int32(len(p.items))
		if r.more != nil {
			r.more.pages = append(r.more.pages, p.ref())
			r.more.expires = min(r.more.expires, p.expires)
		}
	}
	if r.more != nil {
		r.more.pages[0].page = nil
	}
	return r
}

// entries appends the page's cookies to buf.
func (p *page) entries(buf []entry) []entry {
	for j := range p.items {
		buf = append(buf, entry{p, &p.items[j]})
	}
	return buf
}

// newSite returns the record of a site whose only cookie is add.
func newSite(k *siteKey, add *newcomer) *record {
	empty := page{text: k.name + "/", expires: never}
	if k.partition != (Partition{}) {
		own := k.partition
		empty.partition = &own
	}
	r := roomFor(1)
	r.count, r.siteLen = 1, uint32(len(k.name))
	empty.with(&r.first, 0, false, add)
	return r
}

// with returns r with add before item at of the i-th page, or in its place: see
// page.with.
func (r *record) with(i, at int, replace bool, add *newcomer) *record {
	count := r.count
	if !replace {
		count++
	}
	if r.more == nil {
		next := roomFor(int(count))
		next.count, next.siteLen, next.suffix = count, r.siteLen, r.suffix
		r.first.with(&next.first, at, replace, add)
		return next
	}
	next := &record{first: r.first, more: &tail{pages: slices.Clone(r.more.pages)}, count: count, siteLen: r.siteLen, suffix: r.suffix}
	changed := &next.first
	if i > 0 {
		changed = new(page)
		next.more.pages[i].page = changed
	}
	changed.items = nil
	r.page(i).with(changed, at, replace, add)
	next.more.pages[i].prints = changed.ref().prints
	next.more.expires = min(r.expiresWithout(i), changed.expires)
	return next
}

// roomFor returns a record whose first page has room for n items. The items of small
// sites, which most are, are in one piece with it.
func roomFor(n int) *record {
	switch {
	case n <= 1:
		b := new(sized[[1]item])
		b.first.items = b.items[:n]
		return &b.record
	case n <= 2:
		b := new(sized[[2]item])
		b.first.items = b.items[:n]
		return &b.record
	case n <= 3:
		b := new(sized[[3]item])
		b.first.items = b.items[:n]
		return &b.record
	case n <= 5:
		b := new(sized[[5]item])
		b.first.items = b.items[:n]
		return &b.record
	}
	r := new(record)
	r.first.items = make([]item, n)
	return r
}

// A sized record has its items, an array of them, with it.
type sized[A any] struct {
	record
	items A
}

// insert returns r with add where it sorts.
func (r *record) insert(add *newcomer) *record {
	i, at := r.search(&add.item)
	p := r.page(i)
	if len(p.items) < pageSize {
		return r.with(i, at, false, add)
	}
	// The page is full. Where cookies come in order, pages stay so.
	entries := p.entries(nil)
	var left, right *page
	const half = pageSize / 2
	switch more := new(page); {
	case at == pageSize:
		empty := newPage(r.site(), p.partition, nil)
		empty.with(more, 0, false, add)
		left, right = p, more
	case at <= half:
		left, right = newPage(r.site(), p.partition, entries[:half]), newPage(r.site(), p.partition, entries[half:])
		left.with(more, at, false, add)
		left = more
	default:
		left, right = newPage(r.site(), p.partition, entries[:half]), newPage(r.site(), p.partition, entries[half:])
		right.with(more, at-half, false, add)
		right = more
	}
	pages := make([]*page, 0, r.pages()+1)
	for j := range r.pages() {
		if j == i {
			pages = append(pages, left, right)
		} else {
			pages = append(pages, r.page(j))
		}
	}
	return newRecord(r.site(), r.suffix, pages)
}

// search returns the page where an item sorts, and the place in it.
func (r *record) search(it *item) (i, at int) {
	if r.more != nil {
		last := func(i int) *item {
			items := r.page(i).items
			return &items[len(items)-1]
		}
		i = min(sort.Search(r.pages(), func(i int) bool { return compare(it, last(i)) < 0 }), r.pages()-1)
	}
	items := r.page(i).items
	return i, sort.Search(len(items), func(j int) bool { return compare(it, &items[j]) < 0 })
}

// expiresWithout is expires without the i-th page.
func (r *record) expiresWithout(i int) int64 {
	first := r.expires()
	if r.page(i).expires > first {
		return first
	}
	first = never
	for j := range r.pages() {
		if j != i {
			first = min(first, r.page(j).expires)
		}
	}
	return first
}

// without returns r without the cookies for which gone, called once for each in
// send order, returns true. It returns r itself if there is none.
func (r *record) without(gone func(entry) bool) *record {
	if r.more == nil {
		return r.withoutIn(gone)
	}
	var pages []*page
	left := int32(0)
	for i := range r.pages() {
		p := r.page(i)
		var buf [pageSize]entry
		kept := buf[:0]
		for j := range p.items {
			if e := (entry{p, &p.items[j]}); !gone(e) {
				kept = append(kept, e)
			}
		}
		left += int32(len(kept))
		switch {
		case len(kept) == len(p.items):
			pages = append(pages, p)
		case len(kept) > 0:
			pages = append(pages, newPage(r.site(), p.partition, kept))
		}
	}
	if left == r.count {
		return r
	}
	if len(pages) == 0 || int(left) < len(pages)*pageSize/4 { // mostly room
		var all []entry
		for _, p := range pages {
			all = p.entries(all)
		}
		pages = paginate(r.site(), r.first.partition, all)
	}
	return newRecord(r.site(), r.suffix, pages)
}

// withoutIn is without for a record of one page.
func (r *record) withoutIn(gone func(entry) bool) *record {
	p := &r.first
	var buf [pageSize]entry
	kept, last := buf[:0], 0
	for i := range p.items {
		if e := (entry{p, &p.items[i]}); gone(e) {
			last = i
		} else {
			kept = append(kept, e)
		}
	}
	switch len(p.items) - len(kept) {
	case 0:
		return r
	case 1:
		next := roomFor(len(kept))
		next.count, next.siteLen, next.suffix = int32(len(kept)), r.siteLen, r.suffix
		if p.without(&next.first, last) {
			return next
		}
	}
	return newRecord(r.site(), r.suffix, []*page{newPage(r.site(), p.partition, kept)})
}

// clone returns a copy of r that shares nothing that changes.
func (r *record) clone() *record {
	next := *r
	next.first.items = cloneItems(r.first.items)
	if r.more != nil {
		t := &tail{slices.Clone(r.more.pages), r.more.expires}
		for i := 1; i < len(t.pages); i++ {
			p := *t.pages[i].page
			p.items = cloneItems(p.items)
			t.pages[i].page = &p
		}
		next.more = t
	}
	return &next
}
