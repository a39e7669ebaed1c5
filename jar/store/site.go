package store

import (
	"iter"
	"math"
)

// A site's cookies are in one page, which readers find without a lock, or in a large,
// of which they find the head. The methods here are for either. What is said to be for
// writers is guarded by the lock of the site's shard.

// A siteName is what there is to know of a site besides its cookies.
type siteName struct {
	name      string
	partition Partition
	suffix    suffix
}

// describe notes that p is of a site.
func (p *page) describe(s *siteName) {
	p.expires, p.suffix = never, s.suffix
	p.partitionLen = uint32(len(s.partition.TopLevelSite))
	switch {
	case s.partition.isZero():
	case s.partition.CrossSiteAncestor:
		p.partitioned = crossSiteAncestor
	default:
		p.partitioned = sameSiteAncestors
	}
}

// newSite returns the page, or the head of the large, of a site with these cookies,
// which are in send order.
func newSite(s *siteName, entries []entry) *page {
	if len(entries) > pageSize {
		return &newLarge(s, entries).page
	}
	return build(s, len(entries), entries, newcomer{})
}

// site returns the site.
func (p *page) site() siteName {
	if l := p.large(); l != nil {
		return l.site
	}
	return siteName{p.name(), p.partition(), p.suffix}
}

// name returns the name of the site.
func (p *page) name() string {
	if l := p.large(); l != nil {
		return l.site.name
	}
	name, _ := p.place(0)
	return name
}

// partition returns the partition of the site.
func (p *page) partition() Partition {
	if p.partitioned == unpartitioned {
		return Partition{}
	}
	if l := p.large(); l != nil {
		return l.site.partition
	}
	name, root := p.place(0)
	return Partition{p.at(placeSize(name, root), p.partitionLen), p.partitioned == crossSiteAncestor}
}

// is reports whether p is of that site; in may be nil for the zero Partition.
func (p *page) is(site string, in *Partition) bool {
	if l := p.large(); l != nil {
		if l.site.name != site {
			return false
		}
	} else if !p.isPlaceIn(0, site) {
		return false
	}
	if p.partitioned == unpartitioned {
		return in == nil || in.isZero()
	}
	return in != nil && *in == p.partition()
}

// empty reports whether there are no cookies.
func (p *page) empty() bool { return p.order.Load() == 0 }

// len returns how many cookies there are. It is for writers.
func (p *page) len() int {
	if l := p.large(); l != nil {
		return l.count
	}
	return p.view().order.len()
}

// views appends the pages to buf, as of one time.
func (p *page) views(buf []view) []view {
	if l := p.large(); l != nil {
		return l.views(buf)
	}
	return append(buf, p.view())
}

// entries appends the cookies to buf in send order, as of one time.
func (p *page) entries(buf []entry) []entry {
	var pages [1]view
	for _, v := range p.views(pages[:0]) {
		buf = v.entries(buf)
	}
	return buf
}

// all yields the cookies in send order, as of one time.
func (p *page) all() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		var buf [1]view
		for _, v := range p.views(buf[:0]) {
			for k := range v.order.len() {
				if !yield(v.entry(k)) {
					return
				}
			}
		}
	}
}

// size is how many bytes the names and values have. It is for writers.
func (p *page) size() (size int) {
	if l := p.large(); l != nil {
		return l.size
	}
	v := p.view()
	for k := range v.order.len() {
		size += v.entry(k).item.size()
	}
	return size
}

// ranking returns a ranking of the cookies. It is for writers.
func (p *page) ranking() *ranking {
	l := p.large()
	if l != nil && l.ranking != nil && !l.ranking.stale(l.count) {
		return l.ranking
	}
	k := new(ranking)
	for e := range p.all() {
		k.add(e.item, e.access(), e.pathLen())
	}
	return k
}

// first is when the first cookie expires.
func (p *page) first() int64 {
	first := int64(never)
	for e := range p.all() {
		first = min(first, e.item.expires)
	}
	return first
}

// oldest is no later than any cookie's last access.
func (p *page) oldest() int64 {
	if p.large() != nil {
		return math.MinInt64
	}
	oldest := int64(math.MaxInt64)
	v := p.view()
	for k := range v.order.len() {
		oldest = min(oldest, v.entry(k).access())
	}
	return oldest
}
