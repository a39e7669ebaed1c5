package store

import "iter"

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

// A suffix says whether a site's name is itself a public suffix.
type suffix uint8

const (
	suffixUnknown suffix = iota
	suffixNo
	suffixYes
)

// site returns the name of the site.
func (r *record) site() string { return r.first.text[:r.siteLen] }

// is reports whether r is of that site; p may be nil for the zero Partition.
func (r *record) is(site string, p *Partition) bool {
	if r.site() != site {
		return false
	}
	if own := r.first.partition; own != nil {
		return p != nil && *p == *own
	}
	return p == nil || *p == Partition{}
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
