package store

import (
	"iter"
	"math"
)

// A record is the cookies of a site. Readers find it without a lock; what is said to be
// for writers is guarded by the lock of the site's shard.
type record struct {
	page // all of the cookies, if large is nil

	large   *large
	expires int64  // no cookie expires before; for writers
	siteLen uint32 // the site's name is at the start of the text
	suffix  suffix
}

// A suffix says whether a site's name is itself a public suffix.
type suffix uint8

const (
	suffixUnknown suffix = iota
	suffixNo
	suffixYes
)

// newRecord returns a record of a site with these cookies, which are in send order.
func newRecord(site string, s suffix, p *Partition, entries []entry) *record {
	if len(entries) > pageSize {
		r := roomFor(0)
		r.build(site, p, nil, nil)
		r.siteLen, r.suffix, r.large = uint32(len(site)), s, newLarge(site, p, entries)
		r.expires = r.first()
		return r
	}
	r := roomFor(len(entries))
	r.build(site, p, entries, nil)
	r.siteLen, r.suffix = uint32(len(site)), s
	r.expires = r.first()
	return r
}

// newSite returns the record of a site whose only cookie is add.
func newSite(k *siteKey, s suffix, add *newcomer) *record {
	var p *Partition
	if k.partition != (Partition{}) {
		own := k.partition
		p = &own
	}
	r := roomFor(1)
	r.build(k.name, p, []entry{{}}, add)
	r.siteLen, r.suffix, r.expires = uint32(len(k.name)), s, add.item.expires
	return r
}

// A sized record has its items, an array of them, with it.
type sized[A any] struct {
	record
	items A
}

// roomFor returns a record that has room for n items at least, in one piece with it.
func roomFor(n int) *record {
	switch {
	case n <= 1:
		b := new(sized[[1]item])
		b.record.items = b.items[:]
		return &b.record
	case n <= 3:
		b := new(sized[[3]item])
		b.record.items = b.items[:]
		return &b.record
	case n <= 5:
		b := new(sized[[5]item])
		b.record.items = b.items[:]
		return &b.record
	case n <= 8:
		b := new(sized[[8]item])
		b.record.items = b.items[:]
		return &b.record
	case n <= pageSize:
		b := new(sized[[pageSize]item])
		b.record.items = b.items[:]
		return &b.record
	}
	b := new(sized[[pageRoom]item])
	b.record.items = b.items[:]
	return &b.record
}

// site returns the name of the site.
func (r *record) site() string { return r.text.at(0, r.siteLen) }

// is reports whether r is of that site; p may be nil for the zero Partition.
func (r *record) is(site string, p *Partition) bool {
	if r.site() != site {
		return false
	}
	if own := r.page.partition; own != nil {
		return p != nil && *p == *own
	}
	return p == nil || *p == Partition{}
}

// partition returns the partition of the site.
func (r *record) partition() Partition {
	if p := r.page.partition; p != nil {
		return *p
	}
	return Partition{}
}

// empty reports whether there are no cookies.
func (r *record) empty() bool { return r.large == nil && r.order.Load() == 0 }

// len returns how many cookies there are. It is for writers.
func (r *record) len() int {
	if r.large != nil {
		return r.large.count
	}
	return r.view().order.len()
}

// views appends the pages to buf, as of one time.
func (r *record) views(buf []view) []view {
	if r.large != nil {
		return r.large.views(buf)
	}
	return append(buf, r.view())
}

// entries returns the cookies in send order, as of one time.
func (r *record) entries() []entry {
	var buf [1]view
	var all []entry
	for _, v := range r.views(buf[:0]) {
		all = v.entries(all)
	}
	return all
}

// all yields the cookies in send order, as of one time.
func (r *record) all() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		var buf [1]view
		for _, v := range r.views(buf[:0]) {
			for k := range v.order.len() {
				if !yield(v.entry(k)) {
					return
				}
			}
		}
	}
}

// first is when the first cookie expires.
func (r *record) first() int64 {
	first := int64(never)
	for e := range r.all() {
		first = min(first, e.item.expires)
	}
	return first
}

// oldest is no later than any cookie's last access.
func (r *record) oldest() int64 {
	if r.large != nil {
		return math.MinInt64
	}
	oldest := int64(math.MaxInt64)
	v := r.view()
	for k := range v.order.len() {
		oldest = min(oldest, v.entry(k).access())
	}
	return oldest
}
