package store

import (
	"slices"
	"strings"
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
	d &^= q.Grants
	if d != 0 && !q.Since.IsZero() && !created.Before(q.Since) {
		d &^= q.Recent
	}
	return d
}

// A Match is a stored cookie that a Query found. It is valid for as long as it is
// kept, whatever happens to the store.
type Match struct {
	entry *entry

	// Lacks are the demands that were not met. If zero and not OffPath, the
	// request carries the cookie.
	Lacks   Demand
	OffPath bool
}

// Name returns the cookie's name.
func (m Match) Name() string { return m.entry.cookie.Name }

// Value returns the cookie's value.
func (m Match) Value() string { return m.entry.cookie.Value }

// Cookie returns the cookie, its last access as of now.
func (m Match) Cookie() Cookie { return m.entry.load() }

// accessStep is the resolution of last-access-time, in microseconds: a hot
// cookie is not written to on each request. Chromium has the same.
const accessStep = int64(time.Minute / time.Microsecond)

// Touch makes now the cookie's last access, if that is at least a minute after
// the one it has. See RFC 6265bis, Section 5.8.3, step 5.
func (m Match) Touch(now time.Time) {
	if at := now.UnixMicro(); at-m.entry.access.Load() >= accessStep {
		m.entry.access.Store(at)
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
		slices.SortFunc(dst[start:], func(a, b Match) int { return compare(a.entry, b.entry) })
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
	st := s.lookup(name, p)
	if st == nil {
		return dst, 0
	}
	start := len(dst)
	for _, e := range st.record.Load().entries {
		c := &e.cookie
		if c.Expired(q.Now) || c.Domain != q.Host && (c.HostOnly || !match.Domain(q.Host, c.Domain)) {
			continue
		}
		lacks := q.Lacking(e.demands, c.Created)
		if lacks != 0 && !q.Withheld {
			continue
		}
		offPath := !match.Path(q.Path, c.Path)
		if offPath && !q.OffPath {
			continue
		}
		dst = append(dst, Match{e, lacks, offPath})
	}
	return dst, len(dst) - start
}
