package store

import (
	"math"
	"slices"
	"strings"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// A Query is a request as the store sees it.
type Query struct {
	Host string // canonical
	Path string // escaped

	// Now is the time of the request. If it is zero, it is set to what Clock tells
	// as soon as a cookie may match: most hosts have no cookies.
	Now   time.Time
	Clock *clock.Clock

	// Partition is the partition that the request reaches besides the
	// unpartitioned cookies; the zero Partition if none.
	Partition Partition

	// Grants are the requirements that the request meets. For cookies that are no older
	// than RecentAge, if that is not zero, RecentGrants count as well.
	Grants       seam.Requirements
	RecentGrants seam.Requirements
	RecentAge    time.Duration

	// Withheld asks also for cookies whose requirements are not met, OffPath also for
	// those whose path does not match.
	Withheld bool
	OffPath  bool

	// site is the number of bytes at the end of Host that are its site, once that is known;
	// see Store.sitesOf. A string would put the Query on the heap.
	site int
}

// Lacking returns the requirements in r of a cookie created then that q does not grant.
func (q *Query) Lacking(r seam.Requirements, created time.Time) seam.Requirements {
	f := filter{q: q}
	f.begin()
	return f.lacking(uint8(r), created.UnixMicro())
}

// times returns the time of the request, and the creation time from which a cookie counts
// as recent.
func (q *Query) times() (now, since int64) {
	if q.Now.IsZero() && q.Clock != nil {
		q.Now = q.Clock.Now()
	}
	since = math.MaxInt64
	if q.RecentAge != 0 { // the first whole microsecond
		since = q.Now.Add(time.Microsecond - 1 - q.RecentAge).UnixMicro()
	}
	return q.Now.UnixMicro(), since
}

// A Match is a stored cookie that a Query found. It is valid for as long as it is
// kept, whatever happens to the store.
type Match struct {
	page *engine.Page
	item uint8 // its number: a pointer would be another one for the collector to follow

	// Lacks are the requirements that were not met. If it is zero and OffPath is false, the
	// request carries the cookie.
	Lacks   seam.Requirements
	OffPath bool
}

func (m Match) entry() engine.Entry {
	return engine.Entry{Page: m.page, Item: m.page.Item(int(m.item))}
}

// Name returns the cookie's name.
func (m Match) Name() string { return m.entry().Name() }

// Value returns the cookie's value.
func (m Match) Value() string { return m.entry().Value() }

// Cookie returns the cookie, its last access as of now.
func (m Match) Cookie() Cookie { return cookie(m.entry()) }

// Touch makes now the cookie's last access, if that is at least a minute later than the one
// before: a hot cookie is not written to by each request. Chromium has the same resolution.
// See RFC 6265bis, Section 5.8.3, step 5.
func (m Match) Touch(now time.Time) { m.entry().Item.Touch(now.UnixMicro(), engine.AccessStep) }

// Select appends to dst the cookies for q in the order in which they are sent.
// It takes no lock, and allocates only if dst has no room, or a site has hundreds of
// cookies.
// See RFC 6265bis, Section 5.8.3, steps 3 and 4.
func (s *Store) Select(dst []Match, q *Query) []Match {
	start, sources := len(dst), 0
	s.sitesOf(q, func(from source) {
		before := len(dst)
		f := filter{q: q}
		f.begin()
		if p := from.page; !p.IsMultiPage() {
			v := p.View()
			dst = f.appendMatches(dst, &v, &from)
		} else {
			var buf [viewBuffer]engine.View
			pages := p.AppendViews(buf[:0])
			for i := range pages {
				dst = f.appendMatches(dst, &pages[i], &from)
			}
		}
		if len(dst) > before {
			sources++
		}
	})
	if sources > 1 {
		slices.SortFunc(dst[start:], func(a, b Match) int { return engine.Compare(a.entry(), b.entry()) })
	}
	return dst
}

// viewBuffer is the number of pages of a site that fit on a reader's stack.
const viewBuffer = 32

// A source is where a filter finds cookies: a page, and the length of the name of its site. It
// is no part of the filter, which would be on the heap with it.
type source struct {
	store *Store
	page  *engine.Page
	name  int
}

// sitesOf calls f for each site that may have cookies for q.
//
// It looks no public suffix up: a host's cookies are filed under its own site, which is the
// host or a domain above it, and a page that is found there may tell that it is the site. If
// none does, the filter finds out.
func (s *Store) sitesOf(q *Query, f func(source)) {
	h, partitioned := s.index.Hasher(), !q.Partition.isZero()
	name, last := s.climb(q)
	gap := false // there is an empty label before name: it may be of another site than the host
	for {
		hash := h.Name(name)
		if sl := s.index.Shard(hash).Probe(hash, name, nil); sl.OK() {
			if p := sl.Page(); p != nil {
				q.visit(source{s, p, len(name)}, gap, f)
			}
		}
		if partitioned {
			if p := s.index.Find(name, partition(&q.Partition)); p != nil {
				q.visit(source{s, p, len(name)}, gap, f)
			}
		}
		// A single label is a public suffix, and has no cookies for what is below.
		above := strings.IndexByte(name, '.') + 1
		gap = gap || above == 1
		if last -= above; last < 0 || len(name) <= q.site {
			return
		}
		name = name[above:]
	}
}

// visit calls f for a source, unless it is known to be of another site than the host's.
func (q *Query) visit(from source, gap bool, f func(source)) {
	if from.page.Empty() {
		return
	}
	if q.site == 0 && (from.page.Facts() == undivided && !gap || from.name == len(q.Host)) {
		q.site = from.name
	}
	if q.site == 0 || q.site == from.name {
		f(from)
	}
}

// maxLabels is the number of labels that a host of DNS can have, and the number of domains
// that are looked up for one host.
const maxLabels = 127

// climb returns the first of the names under which the cookies of the host may be filed,
// and the index of its last dot. The others are the domains above it; there are none if the
// index is less than zero.
//
// For a host with more labels than DNS allows it is the host's own site, and q.site is
// set: going through all of them would take quadratic time.
func (s *Store) climb(q *Query) (name string, last int) {
	host := q.Host
	q.site = 0
	if len(host) > maxLabels && strings.Count(host, ".") > maxLabels {
		name = s.Sites().Site(host)
		q.site = len(name)
		return name, -1
	}
	if match.IsIP(host) {
		return host, -1
	}
	return host, strings.LastIndexByte(host, '.')
}

// A filter tells which cookies of a page a query reaches.
type filter struct {
	q          *Query
	now, since int64 // see Query.times
	refused    uint8 // all requirements that the query does not grant

	// Cookies of one domain and path usually follow each other: a scope is compared once.
	scope    *engine.Item // an item with the scope that was compared last; nil for none
	inDomain bool
	onPath   bool // and in the domain

	// own is whether the page is known to be of the host's site. If not, and ask is set,
	// isOwn is asked for a cookie that would be sent: its domain is above the host.
	own bool
	ask bool
}

// begin completes a filter that has only q.
func (f *filter) begin() {
	f.own = f.q.site != 0 // visit leaves out other sites
	f.refused = ^uint8(f.q.Grants)
	f.now, f.since = f.q.times()
}

// compare sets f to the scope of an entry of the page.
func (f *filter) compare(p *engine.Page, it *engine.Item, from *source) {
	f.scope = it
	domain, path := engine.Entry{Page: p, Item: it}.Scope()
	// For an address, climb visits no domain that it could be under.
	f.inDomain = domain == f.q.Host || !has(it, flagHostOnly) && match.Under(f.q.Host, domain)
	f.onPath = f.inDomain && match.Path(f.q.Path, path)
	if !f.own && f.inDomain {
		if f.ask = len(domain) < len(f.q.Host); !f.ask { // it is the host's own
			f.own, f.q.site = true, from.name
		}
	}
}

// isOwn reports whether the page is of the host's site. The list is asked only if no
// cookie of the site has the host for its domain.
//
// Deviation: RFC 6265bis, Section 5.8.3, step 3.1 has a cookie sent to all hosts that
// domain-match its domain, unless that is a public suffix. Where a public suffix is
// between the two, as s3.amazonaws.com is below amazonaws.com, the hosts below it belong
// to others. Browsers send it within the registrable domain alone.
func (f *filter) isOwn(from *source) bool {
	if q := f.q; q.site == 0 {
		if q.site = from.name; !from.page.HasDomainAnywhere(q.Host) {
			q.site = len(from.store.Sites().Site(q.Host))
		}
	}
	f.own = f.q.site == from.name
	f.ask = !f.own
	return f.own
}

// compared reports whether the scope of it is the one that was compared last.
func (f *filter) compared(it *engine.Item) bool {
	return f.scope != nil && it.SameScope(f.scope) && (it.Flags^f.scope.Flags)&flagHostOnly == 0
}

// lacking returns the requirements in r of a cookie created then that the query does not
// grant.
func (f *filter) lacking(r uint8, created int64) seam.Requirements {
	r &= f.refused
	if r != 0 && created >= f.since {
		r &^= uint8(f.q.RecentGrants)
	}
	return seam.Requirements(r)
}

// appendMatches appends the cookies of one page.
func (f *filter) appendMatches(dst []Match, v *engine.View, from *source) []Match {
	f.scope = nil
	for k := range v.Order.Len() {
		id := v.Order.At(k)
		it := v.Item(id)
		if it.Expires <= f.now {
			continue
		}
		if !f.compared(it) {
			f.compare(v.Page, it, from)
		}
		if !f.onPath && !(f.inDomain && f.q.OffPath) {
			continue
		}
		if lacks := f.lacking(it.Requires, it.Created); lacks == 0 || f.q.Withheld {
			if f.ask && !f.isOwn(from) {
				continue
			}
			dst = append(dst, Match{v.Page, uint8(id), lacks, !f.onPath})
		}
	}
	return dst
}
