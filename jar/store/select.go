package store

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

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
	Now  time.Time

	// Partition is the partition that the request reaches besides the
	// unpartitioned cookies; the zero Partition if none.
	Partition Partition

	// Site, if not empty, is the only site whose cookies are looked at, instead of
	// those of all domains above the host.
	Site string

	// Grants are the demands that the request meets. For cookies created at or
	// after Since, if that is not zero, Recent counts as well.
	Grants Demand
	Recent Demand
	Since  time.Time

	// Withheld asks also for cookies whose demands are not met, OffPath also for
	// those whose path does not match.
	Withheld bool
	OffPath  bool
}

// Lacking returns those demands of a cookie created then that q does not grant.
func (q *Query) Lacking(d Demand, created time.Time) Demand {
	return q.lacking(d, created.UnixMicro(), q.since())
}

func (q *Query) lacking(d Demand, created, since int64) Demand {
	d &^= q.Grants
	if d != 0 && created >= since {
		d &^= q.Recent
	}
	return d
}

// since returns the first microsecond that is not before q.Since.
func (q *Query) since() int64 {
	if q.Since.IsZero() {
		return math.MaxInt64
	}
	return q.Since.Add(time.Microsecond - 1).UnixMicro()
}

// A Match is a stored cookie that a Query found. It is valid for as long as it is
// kept, whatever happens to the store.
type Match struct {
	entry entry

	// Lacks are the demands that were not met. If zero and not OffPath, the
	// request carries the cookie.
	Lacks   Demand
	OffPath bool
}

// Name returns the cookie's name.
func (m Match) Name() string { return m.entry.name() }

// Size returns how many octets the cookie has in a cookie-string.
func (m Match) Size() int { return m.entry.item.pairLen() - len("; ") }

// Value returns the cookie's value.
func (m Match) Value() string { return m.entry.value() }

// Cookie returns the cookie, its last access as of now.
func (m Match) Cookie() Cookie { return m.entry.cookie() }

// AppendCookies appends the cookie-string of cookies.
// See RFC 6265bis, Section 5.8.3, step 6.
func AppendCookies(dst []byte, cookies []Match) []byte {
	for len(cookies) > 0 {
		// A page has them serialized, one after the other.
		first := cookies[0].entry
		end := first.item.pair
		for len(cookies) > 0 && cookies[0].entry.page == first.page && cookies[0].entry.item.pair == end {
			end += uint32(cookies[0].entry.item.pairLen())
			cookies = cookies[1:]
		}
		dst = append(dst, first.page.text[first.item.pair:end]...)
		if len(cookies) == 0 {
			dst = dst[:len(dst)-len("; ")] // none after the last
		}
	}
	return dst
}

// accessStep is the resolution of last-access-time, in microseconds: a hot
// cookie is not written to on each request. Chromium has the same.
const accessStep = int64(time.Minute / time.Microsecond)

// Touch makes now the cookie's last access, if that is at least a minute after
// the one it has. See RFC 6265bis, Section 5.8.3, step 5.
func (m Match) Touch(now time.Time) {
	if at := now.UnixMicro(); at-m.entry.access() >= accessStep {
		atomic.StoreInt64(&m.entry.item.access, at)
	}
}

// Select appends to dst the cookies for q in the order in which they are sent.
// It takes no lock, and allocates only if dst has no room.
// See RFC 6265bis, Section 5.8.3, steps 3 and 4.
func (s *Store) Select(dst []Match, q *Query) []Match {
	start, sources := len(dst), 0
	// No public suffix is looked up: a host's cookies are filed under one of the
	// host's own suffixes.
	for c := s.climb(q.Host, q.Site); c.name != ""; c.up() {
		var n int
		if dst, n = s.selectSite(dst, q, c.name, Partition{}); n > 0 {
			sources++
		}
		if q.Partition != (Partition{}) {
			if dst, n = s.selectSite(dst, q, c.name, q.Partition); n > 0 {
				sources++
			}
		}
	}
	if sources > 1 {
		slices.SortFunc(dst[start:], func(a, b Match) int { return compare(a.entry.item, b.entry.item) })
	}
	return dst
}

// maxLabels is how many labels a host of DNS can have, and how many domains are
// looked up for one host.
const maxLabels = 127

// A climb visits the names under which the cookies of a host may be filed: the
// host and the domains above it, one after the other.
type climb struct {
	name string // empty at the end
	only bool   // there is no other name
}

// climb starts a climb from host, or one that visits site alone if that is not
// empty. From a host with more labels than there can be it visits only the host's
// own site: the whole climb would take the square of their number.
func (s *Store) climb(host, site string) climb {
	if site == "" && strings.Count(host, ".") > maxLabels {
		site = s.Sites().Site(host)
	}
	if site != "" {
		return climb{site, true}
	}
	return climb{host, match.IsIP(host)}
}

// up moves to the domain above.
func (c *climb) up() {
	_, above, _ := strings.Cut(c.name, ".")
	if c.only {
		above = ""
	}
	c.name = above
}

// selectSite appends the cookies of one site, and returns how many.
func (s *Store) selectSite(dst []Match, q *Query, name string, p Partition) ([]Match, int) {
	r := s.lookup(name, p)
	if r == nil {
		return dst, 0
	}
	start := len(dst)
	now, since := q.Now.UnixMicro(), q.since()
	for i := range r.pages() {
		dst = r.page(i).selectFrom(dst, q, now, since)
	}
	return dst, len(dst) - start
}

// selectFrom appends the cookies of one page.
func (p *page) selectFrom(dst []Match, q *Query, now, since int64) []Match {
	// Cookies of one place come one after the other, as a rule: it is compared once.
	var (
		place    = uint32(math.MaxUint32)
		hostOnly flags
		inDomain bool
		offPath  bool
	)
	for i := range p.items {
		e := entry{p, &p.items[i]}
		if e.expired(now) {
			continue
		}
		if e.item.place != place || e.item.flags&flagHostOnly != hostOnly {
			place, hostOnly = e.item.place, e.item.flags&flagHostOnly
			domain := e.domain()
			inDomain = domain == q.Host || hostOnly == 0 && match.Domain(q.Host, domain)
			offPath = inDomain && !match.Path(q.Path, e.path())
		}
		if !inDomain || offPath && !q.OffPath {
			continue
		}
		lacks := q.lacking(e.item.demands, e.item.created, since)
		if lacks != 0 && !q.Withheld {
			continue
		}
		dst = append(dst, Match{e, lacks, offPath})
	}
	return dst
}
