package store

import (
	"math"
	"slices"
	"strings"
	"time"

	"uacookie/jar/match"
)

// A Guard is what policy asks of the store when a cookie is put: the checks that
// depend on the cookies already there, and how the new one takes its place.
type Guard struct {
	// Demands are what a request must grant to be sent the cookie.
	Demands Demand

	// Sites is the list that policy decided by. If the store has another by
	// now, Put does nothing and returns Stale.
	Sites *match.Sites

	// Limits are enforced after the insertion. Nil means none.
	Limits *Limits

	// NoOverlay refuses a cookie that would overlay a Secure one.
	NoOverlay bool

	// KeepHTTPOnly refuses a cookie that would replace an HttpOnly one.
	KeepHTTPOnly bool

	// SiteOnly has NoOverlay look at the cookies of the cookie's own site only.
	SiteOnly bool

	// SameValue has a cookie take over the creation time and order of the one it
	// replaces only if the two have the same value. The draft has it do so always.
	SameValue bool

	// OwnTimes keeps the cookie's own creation time and order, as is right for
	// one that was loaded from a file, instead of taking over those of the
	// cookie it replaces.
	OwnTimes bool
}

// An Outcome is what became of a cookie that was put.
type Outcome uint8

// The outcomes of Put.
const (
	_               Outcome = iota
	Stored                  // the cookie is in the store
	Removed                 // it had expired: what it replaced is gone
	RefusedOverlay          // Guard.NoOverlay
	RefusedHTTPOnly         // Guard.KeepHTTPOnly
	Stale                   // Guard.Sites is not the store's list: decide again
)

// Put stores c, in place of the cookie of the same identity if there is one, and
// enforces the limits. If c has already expired, Put only removes.
//
// It returns the cookie as stored, with its times.
// See RFC 6265bis, Section 5.7, steps 23 and 24.
func (s *Store) Put(c Cookie, g Guard, now time.Time) (Cookie, Outcome) {
	name := g.Sites.Site(c.Domain)
	hash := s.hash(name, c.Partition)
	sh := s.shard(hash)
	if g.NoOverlay && !g.SiteOnly && s.overlaysElsewhere(&c, name, g.Sites, now) {
		return c, RefusedOverlay
	}

	sh.mu.Lock()
	if s.Sites() != g.Sites {
		sh.mu.Unlock()
		return c, Stale
	}
	c, outcome := s.put(sh, hash, name, c, g, now)
	if outcome == Stored {
		s.sweep(sh, now)
	}
	sh.mu.Unlock()

	if outcome == Stored && g.Limits != nil && g.Limits.Total > 0 {
		if g.Limits.TotalUnused > 0 {
			s.purgeUnused(g.Limits, now)
		} else {
			s.enforceTotal(g.Limits, now)
		}
	}
	s.deliver()
	return c, outcome
}

// put is Put under the lock of the site's shard.
func (s *Store) put(sh *shard, hash uint64, name string, c Cookie, g Guard, now time.Time) (Cookie, Outcome) {
	st := sh.find(hash, name, c.Partition)
	var entries []*entry
	if st != nil {
		entries = st.record.Load().entries
	}

	var old *entry
	expired := 0
	for _, e := range entries {
		switch {
		case e.cookie.Expired(now):
			expired++
		case g.NoOverlay && overlays(&c, &e.cookie):
			return c, RefusedOverlay
		case same(&c, &e.cookie): // 23.1
			old = e
		}
	}
	if old != nil && g.KeepHTTPOnly && old.cookie.HttpOnly {
		return c, RefusedHTTPOnly // 23.2
	}
	gone := c.Expired(now)
	if gone && old == nil && expired == 0 {
		return c, Removed // nothing to do, and no site to make for it
	}

	if old != nil && !g.OwnTimes && (!g.SameValue || c.Value == old.cookie.Value) {
		c.Created, c.Order = old.cookie.Created, old.cookie.Order // 23.3
	}
	next := make([]*entry, 0, len(entries)+1)
	for _, e := range entries {
		if e == old { // 23.4
			s.report(overwriteCause(gone), e)
		} else if expired > 0 && e.cookie.Expired(now) {
			s.report(Expired, e)
		} else {
			next = append(next, e)
		}
	}
	if gone {
		s.publish(sh, st, next)
		return c, Removed
	}

	s.assignOrder(&c)
	e := newEntry(c, g.Demands)
	if g.OwnTimes {
		s.oldestAccess.Store(math.MinInt64) // it may be older than any
	}
	at, _ := slices.BinarySearchFunc(next, e, compare)
	next = slices.Insert(next, at, e) // 24
	s.report(Inserted, e)
	if g.Limits != nil {
		next = s.limitSite(next, c.Partition != (Partition{}), g.Limits)
	}
	if st == nil {
		st = sh.add(hash, name, c.Partition)
	}
	s.publish(sh, st, next)
	return c, Stored
}

func overwriteCause(gone bool) Cause {
	if gone {
		return ExpiredOverwrite
	}
	return Overwritten
}

// assignOrder gives c the next number, or notes the one it has.
func (s *Store) assignOrder(c *Cookie) {
	if c.Order == 0 {
		c.Order = s.order.Add(1)
		return
	}
	for {
		last := s.order.Load()
		if c.Order <= last || s.order.CompareAndSwap(last, c.Order) {
			return
		}
	}
}

// same reports whether a and b, of one partition, have the same identity.
func same(a, b *Cookie) bool {
	return a.Name == b.Name && a.Domain == b.Domain && a.HostOnly == b.HostOnly && a.Path == b.Path
}

// overlaysElsewhere reports whether c would overlay a cookie of another site than
// its own, name: one above it, or, if its domain is a public suffix, one below.
//
// Deviation: a domain that is no public suffix may have public suffixes below it,
// as amazonaws.com has. Cookies under these are not looked for, since that would
// take a look at the whole store for each cookie. See RFC 6265bis, Section 5.7,
// step 16.
func (s *Store) overlaysElsewhere(c *Cookie, name string, sites *match.Sites, now time.Time) bool {
	overlaid := func(st *site) bool {
		for _, e := range st.record.Load().entries {
			if !e.cookie.Expired(now) && overlays(c, &e.cookie) {
				return true
			}
		}
		return false
	}
	for at := s.climb(c.Domain, ""); at.name != ""; at.up() {
		if st := s.lookup(at.name, c.Partition); at.name != name && st != nil && overlaid(st) {
			return true
		}
	}
	if !sites.IsPublicSuffix(c.Domain) {
		return false
	}
	below := "." + c.Domain
	for i := range s.shards {
		for st := range s.shards[i].sites() {
			if strings.HasSuffix(st.name, below) && st.partition == c.Partition && overlaid(st) {
				return true
			}
		}
	}
	return false
}

// overlays reports whether c, which is not Secure and came over an insecure
// connection, would overlay old. See RFC 6265bis, Section 5.7, step 16.
func overlays(c, old *Cookie) bool {
	return old.Name == c.Name && // 16.1
		old.Secure && // 16.2
		(match.Domain(old.Domain, c.Domain) || match.Domain(c.Domain, old.Domain)) && // 16.3
		match.Path(c.Path, old.Path) // 16.4: one way only; see the Note
}
