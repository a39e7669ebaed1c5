package engine

import (
	"iter"
	"math"
)

// A Partition tells apart sites of one name.
type Partition struct {
	TopLevelSite      string
	CrossSiteAncestor bool
}

// IsZero reports whether p is the zero Partition, or nil, which stands for it.
func (p *Partition) IsZero() bool { return p == nil || p.TopLevelSite == "" && !p.CrossSiteAncestor }

// A Site is what the engine keeps about a site besides its entries.
type Site struct {
	Name      string
	Partition Partition
	Facts     uint8 // the rules' own
}

// The entries of a site are in one page, or in a MultiPage, which is found by the page
// embedded in it. The methods here are for either. Those said to be for writers need the
// lock of the site's shard.

// setSite stores what the header has of a site.
func (p *Page) setSite(s *Site) {
	p.expires, p.facts = Never, s.Facts
	p.partitionLen = uint32(len(s.Partition.TopLevelSite))
	switch {
	case s.Partition.IsZero():
	case s.Partition.CrossSiteAncestor:
		p.partition = crossSiteAncestor
	default:
		p.partition = sameSiteAncestors
	}
}

// Site returns the site.
func (p *Page) Site() Site {
	if m := p.multiPage(); m != nil {
		return m.site
	}
	return Site{p.Name(), p.Partition(), p.facts}
}

// Name returns the name of the site.
func (p *Page) Name() string {
	if m := p.multiPage(); m != nil {
		return m.site.Name
	}
	name, _ := p.scope(0)
	return name
}

// Partition returns the partition of the site.
func (p *Page) Partition() Partition {
	if p.partition == unpartitioned {
		return Partition{}
	}
	if m := p.multiPage(); m != nil {
		return m.site.Partition
	}
	name, root := p.scope(0)
	return Partition{p.string(scopeSize(name, root), p.partitionLen), p.partition == crossSiteAncestor}
}

// is reports whether p is of the site; in may be nil for the zero Partition.
func (p *Page) is(site string, in *Partition) bool {
	if m := p.multiPage(); m != nil {
		if m.site.Name != site {
			return false
		}
	} else if !p.hasDomain(0, site) {
		return false
	}
	if p.partition == unpartitioned {
		return in.IsZero()
	}
	return in != nil && *in == p.Partition()
}

// Empty reports whether the site has no entries.
func (p *Page) Empty() bool { return p.order.Load() == 0 }

// Len returns the number of entries. It is for writers.
func (p *Page) Len() int {
	if m := p.multiPage(); m != nil {
		return m.count
	}
	return p.View().Order.Len()
}

// Size returns the number of bytes of the names and values. It is for writers.
func (p *Page) Size() (size int) {
	if m := p.multiPage(); m != nil {
		return m.size
	}
	v := p.View()
	for k := range v.Order.Len() {
		size += v.Entry(k).Item.Size()
	}
	return size
}

// IsMultiPage reports whether the site has several pages.
func (p *Page) IsMultiPage() bool { return p.multiPage() != nil }

// AppendViews appends the pages of the site to buf, all of one state of the site.
func (p *Page) AppendViews(buf []View) []View {
	if m := p.multiPage(); m != nil {
		return m.appendViews(buf)
	}
	return append(buf, p.View())
}

// AppendEntries appends the entries of the site to buf, sorted, all of one state of it.
func (p *Page) AppendEntries(buf []Entry) []Entry {
	var pages [1]View
	for _, v := range p.AppendViews(pages[:0]) {
		buf = v.AppendEntries(buf)
	}
	return buf
}

// All yields the entries of the site, sorted, all of one state of it.
func (p *Page) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		var buf [1]View
		for _, v := range p.AppendViews(buf[:0]) {
			for k := range v.Order.Len() {
				if !yield(v.Entry(k)) {
					return
				}
			}
		}
	}
}

// Named yields the views that may have entries with a name of this hash, for writers.
func (p *Page) Named(hash uint16) iter.Seq[View] {
	return func(yield func(View) bool) {
		m := p.multiPage()
		if m == nil {
			yield(p.View())
			return
		}
		for ref := range m.names.refs(hash) {
			if !yield(ref.view()) {
				return
			}
		}
	}
}

// HasDomain reports whether p has, or had, an entry of this domain whose Flags have none
// of the bits of not. It looks at the first page of a multi-page site only: it may miss an
// entry, but does not invent one.
func (p *Page) HasDomain(domain string, not uint8) bool {
	v := p.View()
	if m := p.multiPage(); m != nil {
		v = (*m.refs.Load())[0].view()
	}
	for k := range v.Order.Len() {
		if it := v.Item(v.Order.At(k)); it.Flags&not == 0 && v.hasDomain(it.scope, domain) {
			return true
		}
	}
	return false
}

// HadDomain is [Page.HasDomain] for any flags; of a multi-page site it also knows one
// domain that it had when it was built.
func (p *Page) HadDomain(domain string) bool {
	if m := p.multiPage(); m != nil && m.host == domain {
		return true
	}
	return p.HasDomain(domain, 0)
}

// HasDomainAnywhere is [Page.HasDomain] for any flags, which looks at all pages.
func (p *Page) HasDomainAnywhere(domain string) bool {
	m := p.multiPage()
	if m == nil {
		return p.HasDomain(domain, 0)
	}
	for _, ref := range *m.refs.Load() {
		if ref.page.Load().HasDomain(domain, 0) {
			return true
		}
	}
	return false
}

// firstExpiry returns when the first entry expires.
func (p *Page) firstExpiry() int64 {
	first := int64(Never)
	for e := range p.All() {
		first = min(first, e.Item.Expires)
	}
	return first
}

// oldestAccess returns a time no later than the last access of any entry.
func (p *Page) oldestAccess() int64 {
	if p.multiPage() != nil {
		return math.MinInt64
	}
	oldest := int64(math.MaxInt64)
	v := p.View()
	for k := range v.Order.Len() {
		oldest = min(oldest, v.Entry(k).Item.Access())
	}
	return oldest
}
