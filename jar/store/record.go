package store

import (
	"iter"
	"math/bits"
	"slices"
	"sort"

	"uacookie/jar/match"
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

// A tail tells of the pages of a site that has more than one.
type tail struct {
	pages   []pageRef // in send order; the page of the first is record.first
	expires int64     // no cookie of the site expires before
}

// A pageRef is a page, and an octet of the hash of each name in it, so that a name is
// sought without a look at the pages.
type pageRef struct {
	*page
	prints [pageSize / 8]uint64
}

// ref returns p with its prints.
func (p *page) ref() pageRef {
	f := pageRef{page: p}
	for i := range p.items {
		f.prints[i/8] |= uint64(uint8(p.items[i].nameHash)) << (i % 8 * 8)
	}
	return f
}

// next returns the first item from at on whose name may have that hash; pageSize if
// there is none.
func (f *pageRef) next(at int, hash uint16) int {
	const ones = 0x0101010101010101
	for ; at < pageSize; at = at/8*8 + 8 {
		x := f.prints[at/8] ^ uint64(uint8(hash))*ones
		x |= 1<<(at%8*8) - 1                           // not those before
		if x = (x - ones) &^ x & (ones << 7); x != 0 { // the octets that are zero, and some above
			return at/8*8 + bits.TrailingZeros64(x)/8
		}
	}
	return pageSize
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
func (r *record) is(k *siteKey) bool {
	if r.site() != k.name {
		return false
	}
	if p := r.first.partition; p != nil {
		return *p == k.partition
	}
	return k.partition == Partition{}
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
		return len(r.more.pages)
	}
	return 1
}

// page returns the i-th page.
func (r *record) page(i int) *page {
	if i == 0 {
		return &r.first
	}
	return r.more.pages[i].page
}

// find returns the first cookie from item at of the i-th page on whose name may have
// that hash, and where it is; the zero entry if there is none.
func (r *record) find(i, at int, hash uint16) (e entry, inPage, item int) {
	for ; i < r.pages(); i, at = i+1, 0 {
		if r.more != nil {
			at = r.more.pages[i].next(at, hash)
		}
		p := r.page(i)
		for ; at < len(p.items); at++ {
			if p.items[at].nameHash == hash {
				return entry{p, &p.items[at]}, i, at
			}
			if r.more != nil {
				at = r.more.pages[i].next(at+1, hash) - 1
			}
		}
	}
	return entry{}, 0, 0
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

// lookFor returns the cookie that has the identity of c, and in which page and where
// in it: the entry is zero if there is none. Expired ones are none.
// See RFC 6265bis, Section 5.7, step 23.1.
func (r *record) lookFor(c *Cookie, hash uint16, now int64) (e entry, i, at int) {
	for e, i, at = r.find(0, 0, hash); e.item != nil; e, i, at = r.find(i, at+1, hash) {
		if e.name() == c.Name && e.is(flagHostOnly) == c.HostOnly && e.domain() == c.Domain && e.path() == c.Path &&
			!e.expired(now) {
			break
		}
	}
	return e, i, at
}

// overlaid reports whether c, which is not Secure and came over an insecure
// connection, would overlay a cookie of r. See RFC 6265bis, Section 5.7, step 16.
func (r *record) overlaid(c *Cookie, hash uint16, now int64) bool {
	for e, i, at := r.find(0, 0, hash); e.item != nil; e, i, at = r.find(i, at+1, hash) {
		if !e.expired(now) && overlays(c, e) {
			return true
		}
	}
	return false
}

// overlays is overlaid for one cookie.
func overlays(c *Cookie, old entry) bool {
	return old.name() == c.Name && // 16.1
		old.is(flagSecure) && // 16.2
		(match.Domain(old.domain(), c.Domain) || match.Domain(c.Domain, old.domain())) && // 16.3
		match.Path(c.Path, old.path()) // 16.4: one way only; see the Note
}

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

// has reports whether r is seen to have a cookie of that domain without those flags.
// It looks at the first page only: it may miss a cookie, but not invent one.
func (r *record) has(domain string, not flags) bool {
	p := &r.first
	for i := range p.items {
		if e := (entry{p, &p.items[i]}); !e.is(not) && int(e.item.domainLen) == len(domain) && e.domain() == domain {
			return true
		}
	}
	return false
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
		b := new(struct {
			record
			items [1]item
		})
		b.first.items = b.items[:n]
		return &b.record
	case n <= 2:
		b := new(struct {
			record
			items [2]item
		})
		b.first.items = b.items[:n]
		return &b.record
	case n <= 3:
		b := new(struct {
			record
			items [3]item
		})
		b.first.items = b.items[:n]
		return &b.record
	case n <= 5:
		b := new(struct {
			record
			items [5]item
		})
		b.first.items = b.items[:n]
		return &b.record
	}
	r := new(record)
	r.first.items = make([]item, n)
	return r
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
