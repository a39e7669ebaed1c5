package store

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"uacookie/internal/words"
	"uacookie/jar/match"
)

// A Demand is a set of conditions on a request, one bit each. Policy gives the
// bits their meaning: it compiles what a cookie demands when it is put, and what
// a request grants when it asks. The store compares.
type Demand uint8

// A Query is a request as the store sees it.
type Query struct {
	Host string // canonical
	Path string // escaped

	// Now is the time of the request. If it is zero, it is set to what Clock tells
	// as soon as a cookie may be in reach: most hosts have none.
	Now   time.Time
	Clock *Clock

	// Partition is the partition that the request reaches besides the
	// unpartitioned cookies; the zero Partition if none.
	Partition Partition

	// Grants are the demands that the request meets. For cookies that are not older
	// than Fresh, if that is not zero, Recent counts as well.
	Grants Demand
	Recent Demand
	Fresh  time.Duration

	// Withheld asks also for cookies whose demands are not met, OffPath also for
	// those whose path does not match.
	Withheld bool
	OffPath  bool

	// site is how many bytes at the end of the host are its site, once that is known; see
	// Store.each. It is a length because a string would put the Query on the heap.
	site int
}

// Lacking returns those demands of a cookie created then that q does not grant.
func (q *Query) Lacking(d Demand, created time.Time) Demand {
	f := filter{q: q}
	f.begin()
	return f.lacking(d, created.UnixMicro())
}

// times returns the time of the request, and since when a cookie is fresh.
func (q *Query) times() (now, since int64) {
	if q.Now.IsZero() && q.Clock != nil {
		q.Now = q.Clock.Now()
	}
	since = math.MaxInt64
	if q.Fresh != 0 { // the first whole microsecond
		since = q.Now.Add(time.Microsecond - 1 - q.Fresh).UnixMicro()
	}
	return q.Now.UnixMicro(), since
}

// A Match is a stored cookie that a Query found. It is valid for as long as it is
// kept, whatever happens to the store.
type Match struct {
	page *page
	item uint8 // its number, since a pointer is one more for the collector to follow

	// Lacks are the demands that were not met. If zero and not OffPath, the
	// request carries the cookie.
	Lacks   Demand
	OffPath bool
}

func (m Match) entry() entry { return entry{m.page, m.page.item(int(m.item))} }

// Name returns the cookie's name.
func (m Match) Name() string { return m.entry().name() }

// Size returns how many octets the cookie has in a cookie-string.
func (m Match) Size() int { return m.entry().item.pairLen() - len("; ") }

// Value returns the cookie's value.
func (m Match) Value() string { return m.entry().value() }

// Cookie returns the cookie, its last access as of now.
func (m Match) Cookie() Cookie { return m.entry().cookie() }

// accessStep is the resolution of last-access-time, in microseconds: a hot
// cookie is not written to on each request. Chromium has the same.
const accessStep = int64(time.Minute / time.Microsecond)

// Touch makes now the cookie's last access, if that is at least a minute after
// the one it has. See RFC 6265bis, Section 5.8.3, step 5.
func (m Match) Touch(now time.Time) { m.entry().item.touch(now.UnixMicro()) }

func (i *item) touch(now int64) {
	if now-atomic.LoadInt64(&i.access) >= accessStep {
		atomic.StoreInt64(&i.access, now)
	}
}

// Select appends to dst the cookies for q in the order in which they are sent.
// It takes no lock, and allocates only if dst has no room, or a site has hundreds of
// cookies.
// See RFC 6265bis, Section 5.8.3, steps 3 and 4.
func (s *Store) Select(dst []Match, q *Query) []Match {
	start, sources := len(dst), 0
	s.each(q, func(from source) {
		before := len(dst)
		f := filter{q: q}
		f.begin()
		if l := from.head.large(); l != nil {
			dst = l.selectFrom(dst, &f, &from)
		} else {
			v := from.head.view()
			dst = v.selectFrom(dst, &f, &from)
		}
		if len(dst) > before {
			sources++
		}
	})
	if sources > 1 {
		slices.SortFunc(dst[start:], func(a, b Match) int { return compare(a.entry(), b.entry()) })
	}
	return dst
}

// each calls f for each site that may have cookies for q.
//
// No public suffix is looked up for that: a host's cookies are filed under its own site,
// which is the host or a domain above it, and a page found there may tell that it is the
// site. If none does, the filter finds out.
func (s *Store) each(q *Query, f func(source)) {
	h, partitioned := s.hasher(), !q.Partition.isZero()
	name, last := s.climb(q)
	for {
		hash := h.hash(name)
		if sl := s.shard(hash).table.Load().probe(hash, name, nil); sl.ok() {
			if r := sl.page(); r != nil {
				q.visit(source{s, r, len(name)}, f)
			}
		}
		if partitioned {
			if r := s.lookup(name, q.Partition); r != nil {
				q.visit(source{s, r, len(name)}, f)
			}
		}
		// A single label is a public suffix, and has no cookies for what is below; nor
		// has what is above an empty label.
		above := words.Index(name, '.') + 1
		if last -= above; last < 0 || len(name) <= q.site || above == len(".") {
			return
		}
		name = name[above:]
	}
}

// visit calls f for a source, unless it is known to be of another site than the host's.
func (q *Query) visit(from source, f func(source)) {
	if from.head.empty() {
		return
	}
	if q.site == 0 && (from.head.whole || from.name == len(q.Host)) {
		q.site = from.name
	}
	if q.site == 0 || q.site == from.name {
		f(from)
	}
}

// maxLabels is how many labels a host of DNS can have, and how many domains are
// looked up for one host.
const maxLabels = 127

// climb returns the first of the names under which the cookies of the host may be filed,
// and where its last dot is. The others are the domains above it, unless the dot is less
// than zero.
//
// A host with more labels than DNS allows is looked up, and its site is the only name: to
// go through all its labels would take time quadratic in their number.
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
	return host, words.LastDot(host)
}

// A filter tells which cookies of a page a query reaches.
type filter struct {
	q          *Query
	now, since int64  // what times returns
	refused    Demand // all that the query does not grant

	// Cookies of one place come one after the other, as a rule: it is compared once.
	hostOnly flags
	inDomain bool
	onPath   bool // and in the domain
	place    uint32

	// own is whether the page is known to be of the host's site. If not, it is asked of
	// isOwn for a cookie that would be sent and whose domain is above the host.
	own bool
	ask bool
}

// A source is where a filter finds cookies: a page, or the head of a large, and how long
// the name of its site is. It is no part of the filter, which would have to be on the heap
// with it.
type source struct {
	store *Store
	head  *page
	name  int
}

// noPlace is where no place is.
const noPlace = math.MaxUint32

// begin completes a filter of q alone.
func (f *filter) begin() {
	f.own = f.q.site != 0 // visit leaves out other sites
	f.refused, f.place = ^f.q.Grants, noPlace
	f.now, f.since = f.q.times()
}

// at sets f to the place of a cookie.
func (f *filter) at(p *page, it *item, from *source) {
	f.place, f.hostOnly = it.place, it.flags&flagHostOnly
	domain, path := p.place(it.place)
	// For an address, climb visits no domain that it could be under.
	f.inDomain = domain == f.q.Host || f.hostOnly == 0 && match.Under(f.q.Host, domain)
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
		if q.site = from.name; !from.head.hasCookieOf(q.Host) {
			q.site = len(from.store.Sites().Site(q.Host))
		}
	}
	f.own = f.q.site == from.name
	f.ask = !f.own
	return f.own
}

func (f *filter) isAt(it *item) bool {
	return it.place == f.place && it.flags&flagHostOnly == f.hostOnly
}

// lacking returns those demands of a cookie created then that the query does not grant.
func (f *filter) lacking(d Demand, created int64) Demand {
	d &= f.refused
	if d != 0 && created >= f.since {
		d &^= f.q.Recent
	}
	return d
}

// selectFrom appends the cookies of one page.
func (v *view) selectFrom(dst []Match, f *filter, from *source) []Match {
	f.place = noPlace
	for k := range v.order.len() {
		id := v.order.at(k)
		it := v.item(id)
		if it.expires <= f.now {
			continue
		}
		if !f.isAt(it) {
			f.at(v.page, it, from)
		}
		if !f.onPath && !(f.inDomain && f.q.OffPath) {
			continue
		}
		if lacks := f.lacking(it.demands, it.created); lacks == 0 || f.q.Withheld {
			if f.ask && !f.isOwn(from) {
				continue
			}
			dst = append(dst, Match{v.page, uint8(id), lacks, !f.onPath})
		}
	}
	return dst
}

// pagesRead is how many pages a reader has room for on its stack.
const pagesRead = 32

// selectFrom appends the cookies of all pages.
func (l *large) selectFrom(dst []Match, f *filter, from *source) []Match {
	var buf [pagesRead]view
	pages := l.views(buf[:0])
	for i := range pages {
		dst = pages[i].selectFrom(dst, f, from)
	}
	return dst
}
