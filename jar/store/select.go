package store

import (
	"slices"
	"strings"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// A Query is what the store must know of a request to select its cookies.
type Query struct {
	Host string // canonical
	Path string // escaped

	// Now is the time of the request. The store reads it when it first finds a cookie that
	// may match. Most hosts have no cookies, so most lookups read no clock.
	Now clock.Lazy

	// Partition is the partition whose cookies the request is sent besides the
	// unpartitioned ones. The zero Partition adds no cookies.
	Partition Partition

	// Grants are the requirements that the request meets.
	Grants seam.Grants

	// Select says which cookies [Store.Select] returns besides those that are sent.
	Select seam.Selection

	// site is the length of the suffix of Host that is its site, or zero while the site is
	// unknown; see Store.sitesOf. If it were a string, the Query would escape to the heap.
	site int
}

// A Match is a stored cookie that a Query found. It stays valid after the cookie was
// removed from the store.
type Match struct {
	page *engine.Page
	item uint8 // index of the item; a pointer would add work for the garbage collector

	// Lacks are the requirements that the request does not meet. If Lacks is zero, the
	// request is sent the cookie.
	Lacks seam.Requirements
}

func (m Match) entry() engine.Entry {
	return engine.Entry{Page: m.page, Item: m.page.Item(int(m.item))}
}

// Pair returns the cookie's name and value.
func (m Match) Pair() (name, value string) {
	e := m.entry()
	return e.Name(), e.Value()
}

// Cookie returns the cookie, with its current last access.
func (m Match) Cookie() Cookie { return cookie(m.entry()) }

// Touch sets the cookie's last access to now if that is at least a minute later than the
// last access before. So requests seldom write to a hot cookie. Chromium has the same
// resolution.
// See RFC 6265bis, Section 5.8.3, step 5.
func (m Match) Touch(now time.Time) { m.entry().Item.Touch(now.UnixMicro(), engine.AccessStep) }

// Select appends to dst the cookies for q in send order. It takes no lock. It allocates
// only if dst lacks capacity or a site has hundreds of cookies.
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

// viewBuffer is the number of pages of a site for which a reader has room on its stack.
const viewBuffer = 32

// A source is a page in which a filter looks for cookies, and the length of the name of its
// site. If the filter contained it, the filter would escape to the heap.
type source struct {
	store *Store
	page  *engine.Page
	name  int
}

// sitesOf calls f for each site that may have cookies for q.
//
// It makes no public suffix lookup. A host's cookies are filed under its site, which is the
// host or a domain above it, and most pages record enough to tell whether they belong to
// the host's site. For the other pages the filter calls isOwn.
func (s *Store) sitesOf(q *Query, f func(source)) {
	partitioned := !q.Partition.isZero()
	name, last := s.climb(q)
	gap := false // an empty label precedes name, so name may belong to another site than the host
	for {
		hash := engine.NameHash(name)
		if sl := s.index.Probe(hash, name, nil); sl.OK() {
			if p := sl.Page(); p != nil {
				q.visit(source{s, p, len(name)}, gap, f)
			}
		}
		if partitioned {
			if p := s.index.Find(name, partition(&q.Partition)); p != nil {
				q.visit(source{s, p, len(name)}, gap, f)
			}
		}
		// A single label is a public suffix and has no cookies for the names below it.
		above := strings.IndexByte(name, '.') + 1
		gap = gap || above == 1
		if last -= above; last < 0 || len(name) <= q.site {
			return
		}
		name = name[above:]
	}
}

// visit calls f for a source, unless the source is known to belong to another site than
// the host.
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

// climb returns the longest name under which the cookies of the host may be filed, and the
// index of its last dot. If the index is not less than zero, they may also be filed under
// each domain above that name.
//
// For a host with more labels than DNS allows, climb sets q.site and returns the site: a
// lookup of each domain above the host would take quadratic time.
func (s *Store) climb(q *Query) (name string, last int) {
	host := q.Host
	q.site = 0
	if len(host) > maxLabels && strings.Count(host, ".") > maxLabels {
		name = s.Sites().Site(host)
		q.site = len(name)
		return name, -1
	}
	if hosts.IsIP(host) {
		return host, -1
	}
	return host, strings.LastIndexByte(host, '.')
}

// A filter selects the cookies of a page that match a query.
type filter struct {
	q          *Query
	now, since int64             // the time of the request, and since when cookies are recent
	refused    seam.Requirements // see seam.Refused

	// Cookies with the same domain and path are usually adjacent. Each run of them is
	// compared once.
	scope    *engine.Item // an item with the scope compared last, or nil
	inDomain bool         // the host matches the domain of scope
	onPath   bool         // inDomain, and the path matches, too

	// own reports whether the page is known to belong to the host's site. If it is not
	// known, ask is set for cookies whose domain is above the host, and isOwn must be
	// called before such a cookie is sent.
	own bool
	ask bool
}

// begin sets the other fields of a filter from q.
func (f *filter) begin() {
	f.own = f.q.site != 0 // visit has skipped other sites
	f.refused = seam.Refused(f.q.Grants)
	f.readTime()
}

// readTime sets f.now and f.since.
func (f *filter) readTime() {
	now := f.q.Now.Time()
	f.now, f.since = now.UnixMicro(), seam.RecentSince(f.q.Grants, now)
}

// compare compares the scope of an item with the query and stores the result in f.
func (f *filter) compare(p *engine.Page, it *engine.Item, from *source) {
	f.scope = it
	domain, path := engine.Entry{Page: p, Item: it}.Scope()
	// An IP address needs no check here: for it, climb returns no domain above the host.
	f.inDomain = domain == f.q.Host || !has(it, flagHostOnly) && hosts.Under(f.q.Host, domain)
	f.onPath = f.inDomain && match.Path(f.q.Path, path)
	if !f.own && f.inDomain {
		if f.ask = len(domain) < len(f.q.Host); !f.ask { // the domain is the host
			f.own, f.q.site = true, from.name
		}
	}
}

// isOwn reports whether the page belongs to the host's site. It makes a public suffix
// lookup only if no cookie of the site has the host as its domain.
//
// Deviation: by RFC 6265bis, Section 5.8.3, step 3.1, a cookie is sent to all hosts that
// domain-match its domain, unless the domain is a public suffix. But there may be a public
// suffix between the domain and the host, as s3.amazonaws.com is below amazonaws.com. The
// hosts below it belong to other owners. Browsers send the cookie only within the
// registrable domain.
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

// compared reports whether it has the scope that was compared last.
func (f *filter) compared(it *engine.Item) bool {
	return f.scope != nil && it.SameScope(f.scope) && (it.Flags^f.scope.Flags)&flagHostOnly == 0
}

// lacking returns the requirements of a cookie that the query does not meet.
func (f *filter) lacking(it *engine.Item) seam.Requirements {
	r := seam.Requirements(it.Requires) & f.refused
	if r != 0 {
		r = seam.Lacking(f.q.Grants, r, it.Created >= f.since)
	}
	return r
}

// appendMatches appends the cookies of one page that match the query.
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
		if !f.onPath && !(f.inDomain && f.q.Select == seam.AlsoOffPath) {
			continue
		}
		if lacks := f.lacking(it); lacks == 0 || f.q.Select != seam.OnlySent {
			if f.ask && !f.isOwn(from) {
				continue
			}
			if !f.onPath {
				lacks |= seam.OnPath
			}
			dst = append(dst, Match{v.Page, uint8(id), lacks})
		}
	}
	return dst
}
