package store

import (
	"iter"
	"slices"
	"sort"
)

// A record is what a site's cookies are at one time. But for last accesses it is
// immutable: a write makes a new one, of which all pages but one are the old one's.
type record struct {
	first   page  // as long as there is one page, the record is in one piece
	more    *tail // nil if there is no other page
	count   int32
	siteLen uint32 // the site's name is at the start of each page's text
	suffix  suffix
}

// A tail is the pages of a site after the first.
type tail struct {
	pages   []*page
	expires int64 // no cookie of the site expires before
}

// A suffix says whether a site's name is itself a public suffix.
type suffix uint8

const (
	suffixUnknown suffix = iota
	suffixNo
	suffixYes
)

// site returns the name of the site.
func (r *record) site() string { return r.first.text[:r.siteLen] }

// is reports whether r is of that site.
func (r *record) is(site string, p Partition) bool {
	if q := r.first.partition; q != nil {
		return *q == p && r.site() == site
	}
	return p.TopLevelSite == "" && !p.CrossSiteAncestor && r.site() == site
}

// partition returns the partition of the site.
func (r *record) partition() Partition {
	if p := r.first.partition; p != nil {
		return *p
	}
	return Partition{}
}

// expires is when the first cookie may expire: none does before.
func (r *record) expires() int64 {
	if r.more != nil {
		return r.more.expires
	}
	return r.first.expires
}

// pages returns how many pages there are, of which an empty record has one.
func (r *record) pages() int {
	if r.more != nil {
		return 1 + len(r.more.pages)
	}
	return 1
}

// page returns the i-th page.
func (r *record) page(i int) *page {
	if i == 0 {
		return &r.first
	}
	return r.more.pages[i-1]
}

// all yields the cookies in send order.
func (r *record) all() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for i := range r.pages() {
			p := r.page(i)
			for j := range p.items {
				if !yield(entry{p, &p.items[j]}) {
					return
				}
			}
		}
	}
}

// named yields the cookies with that name, and where they are.
func (r *record) named(name string, hash uint16) iter.Seq2[[2]int, entry] {
	return func(yield func([2]int, entry) bool) {
		for i := range r.pages() {
			p := r.page(i)
			if p.names&nameBit(hash) == 0 {
				continue
			}
			for j := range p.items {
				e := entry{p, &p.items[j]}
				if e.item.nameHash == hash && e.name() == name && !yield([2]int{i, j}, e) {
					return
				}
			}
		}
	}
}

// paginate returns full pages, but for the last, for a site with these entries in send
// order; one, if there are none.
func paginate(site string, p *Partition, entries []entry) []*page {
	var pages []*page
	for chunk := range slices.Chunk(entries, pageSize) {
		q := newPage(site, p, chunk, 0, nil)
		pages = append(pages, &q)
	}
	if len(pages) == 0 {
		q := newPage(site, p, nil, 0, nil)
		pages = append(pages, &q)
	}
	return pages
}

// newRecord returns the record of a site with these pages, one at least.
func newRecord(site string, s suffix, pages []*page) *record {
	r := &record{first: *pages[0], siteLen: uint32(len(site)), suffix: s}
	if len(pages) > 1 {
		r.more = &tail{pages[1:], never}
	}
	for _, p := range pages {
		r.count += int32(len(p.items))
		if r.more != nil {
			r.more.expires = min(r.more.expires, p.expires)
		}
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
func newSite(k siteKey, add *newcomer) *record {
	var p *Partition
	if k.partition != (Partition{}) {
		own := k.partition
		p = &own
	}
	return &record{first: newPage(k.name, p, nil, 0, add), count: 1, siteLen: uint32(len(k.name))}
}

// holds reports whether r is seen to have a cookie of that domain.
func (r *record) holds(domain string) bool { return r.has(domain, 0) }

// shares reports whether r is seen to have a cookie for what is below that domain.
func (r *record) shares(domain string) bool { return r.has(domain, flagHostOnly) }

// has looks at the first page only: it may miss a cookie, but not invent one.
func (r *record) has(domain string, not flags) bool {
	p := &r.first
	for i := range p.items {
		if e := (entry{p, &p.items[i]}); !e.is(not) && int(e.item.domainLen) == len(domain) && e.domain() == domain {
			return true
		}
	}
	return false
}

// replace returns r with add in place of the cookie at where, which sorts where
// add does.
func (r *record) replace(where [2]int, add *newcomer) *record {
	var buf [pageSize]entry
	entries := r.page(where[0]).entries(buf[:0])
	entries = append(entries[:where[1]], entries[where[1]+1:]...)
	return r.splice(where[0], 0, newPage(r.site(), r.first.partition, entries, where[1], add))
}

// insert returns r with add.
func (r *record) insert(add *newcomer) *record {
	last := func(i int) *item {
		items := r.page(i).items
		return &items[len(items)-1]
	}
	if r.count == 0 {
		return r.splice(0, 1, newPage(r.site(), r.first.partition, nil, 0, add))
	}
	i := min(sort.Search(r.pages(), func(i int) bool { return compare(&add.item, last(i)) < 0 }), r.pages()-1)
	var buf [pageSize]entry
	entries := r.page(i).entries(buf[:0])
	at := sort.Search(len(entries), func(j int) bool { return compare(&add.item, entries[j].item) < 0 })

	part := func(entries []entry, at int, add *newcomer) page {
		return newPage(r.site(), r.first.partition, entries, at, add)
	}
	const half = pageSize / 2
	switch {
	case len(entries) < pageSize:
		return r.splice(i, 1, part(entries, at, add))
	case at == pageSize: // the last page: where cookies come in order, pages get full
		return r.splice(i, 1, *r.page(i), part(nil, 0, add))
	case at <= half:
		return r.splice(i, 1, part(entries[:half], at, add), part(entries[half:], 0, nil))
	}
	return r.splice(i, 1, part(entries[:half], 0, nil), part(entries[half:], at-half, add))
}

// splice returns r with these pages, one or two, in place of the i-th; all in all
// delta cookies more.
func (r *record) splice(i int, delta int32, pages ...page) *record {
	next := &record{first: r.first, more: r.more, count: r.count + delta, siteLen: r.siteLen, suffix: r.suffix}
	if i == 0 {
		next.first, pages = pages[0], pages[1:]
	}
	if r.more == nil && len(pages) == 0 {
		return next
	}
	t := &tail{pages: make([]*page, 0, r.pages()+len(pages)-1), expires: min(r.expiresWithout(i), next.first.expires)}
	if r.more != nil {
		t.pages = append(t.pages, r.more.pages[:max(i-1, 0)]...)
	}
	for _, p := range pages {
		t.pages = append(t.pages, &p)
		t.expires = min(t.expires, p.expires)
	}
	if r.more != nil {
		t.pages = append(t.pages, r.more.pages[i:]...)
	}
	next.more = t
	return next
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
			q := newPage(r.site(), p.partition, kept, 0, nil)
			pages = append(pages, &q)
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

// clone returns a copy of r that shares nothing that changes.
func (r *record) clone() *record {
	next := *r
	next.first.items = cloneItems(r.first.items)
	if r.more != nil {
		t := &tail{make([]*page, len(r.more.pages)), r.more.expires}
		for i, p := range r.more.pages {
			q := *p
			q.items = cloneItems(p.items)
			t.pages[i] = &q
		}
		next.more = t
	}
	return &next
}
