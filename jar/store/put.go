package store

import (
	"math"
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
	Oversize                // the name or value has more than 65535 octets, or another text far more
)

// Put stores c, in place of the cookie of the same identity if there is one, and
// enforces the limits. If c has already expired, Put only removes.
//
// It sets *c to the cookie as stored, with its times, which are in UTC and whole
// microseconds, and keeps nothing of it.
// See RFC 6265bis, Section 5.7, steps 23 and 24.
func (s *Store) Put(c *Cookie, g Guard, now time.Time) Outcome {
	if !fits(c) {
		return Oversize
	}
	at := now.UnixMicro()
	var h home
	s.find(&h, c, g.Sites)
	hash := s.nameHash(c.Name)
	if g.NoOverlay && !g.SiteOnly && s.overlaysElsewhere(c, hash, &h, g.Sites, at) {
		return RefusedOverlay
	}
	var own item
	own.come(c, hash, g.Demands)

	sh := s.shard(h.hash)
	sh.mu.Lock()
	if s.Sites() != g.Sites {
		sh.mu.Unlock()
		return Stale
	}
	if !h.slot.ok() || sh.table.Load() != h.slot.t {
		h.slot = sh.table.Load().find(&h.siteKey)
	}
	outcome := s.put(sh, &h, newcomer{c, &own}, &g, at)
	if outcome == Stored {
		s.sweep(sh, at)
	}
	sh.mu.Unlock()

	if outcome == Stored && g.Limits != nil && g.Limits.Total > 0 {
		if g.Limits.TotalUnused > 0 {
			s.purgeUnused(g.Limits, now)
		} else {
			s.enforceTotal(g.Limits, at)
		}
	}
	s.deliver()
	return outcome
}

// A home is the site that a cookie belongs to.
type home struct {
	siteKey
	suffix suffix
	slot   slot // none if the site has none, or none was looked for
}

// find sets h to the site of a cookie. The list is asked only if there is no cookie of
// the domain.
func (s *Store) find(h *home, c *Cookie, sites *match.Sites) {
	h.partition = c.Partition
	for at := s.climb(c.Domain, ""); at.name != ""; at.up() {
		s.identify(&h.siteKey, at.name)
		h.slot = s.shard(h.hash).table.Load().find(&h.siteKey)
		if !h.slot.ok() {
			continue
		}
		if r := h.slot.page(); r.has(c.Domain, 0) {
			h.suffix = r.suffix
			return
		}
	}
	h.slot = slot{}
	site := sites.Site(c.Domain)
	s.identify(&h.siteKey, site)
	switch {
	case site != c.Domain:
	case sites.IsPublicSuffix(site):
		h.suffix = suffixYes
	default:
		h.suffix = suffixNo
	}
}

// IsPublicSuffix is that of the store's list, without asking the list where a
// cookie is stored that answers: one that is shared with what is below its domain.
func (s *Store) IsPublicSuffix(domain string) bool {
	for at := s.climb(domain, ""); at.name != ""; at.up() {
		if r := s.lookup(at.name, Partition{}); r != nil && r.has(domain, flagHostOnly) {
			return false
		}
	}
	return s.Sites().IsPublicSuffix(domain)
}

// put is Put under the lock of the site's shard.
func (s *Store) put(sh *shard, h *home, add newcomer, g *Guard, now int64) Outcome {
	c := add.c
	var (
		r       *page
		sp      spot
		old     entry
		before  int
		expired bool
	)
	if h.slot.ok() {
		r = h.slot.page()
		var buf [1]view
		pages := r.likely(add.item.nameHash, buf[:0])
		if g.NoOverlay && overlaid(pages, c, add.item.nameHash, now) {
			return RefusedOverlay
		}
		sp, old = lookFor(pages, c, add.item.nameHash, now)
		before, expired = r.len(), r.expires <= now
	}
	if old.item != nil && g.KeepHTTPOnly && old.is(flagHTTPOnly) {
		return RefusedHTTPOnly // 23.2
	}
	dies := add.item.expires <= now
	if dies && old.item == nil && !expired {
		return Removed // nothing to do, and no site to make for it
	}

	if old.item != nil && !g.OwnTimes && (!g.SameValue || c.Value == old.value()) {
		add.item.created, add.item.order = old.item.created, old.item.order // 23.3
	}
	if !dies {
		s.assignOrder(add.item)
	}
	c.Order, c.Created, c.LastAccess = add.item.order, fromMicro(add.item.created), fromMicro(add.item.access)
	if !dies && add.item.expires != never {
		c.Expires = fromMicro(add.item.expires)
	}
	if dies {
		r, _ = r.without(s.leaving(old, ExpiredOverwrite, now))
		s.publish(sh, h.slot, h.hash, r, before, never)
		return Removed
	}
	partitioned := h.partition != Partition{}
	anew := expired || old.item != nil && compareAge(add.item, old.item) != 0 || g.Limits.exceeded(r, partitioned, old, add)
	var all []entry
	switch {
	case anew:
		all = r.with(add, s.leaving(old, Overwritten, now)) // 23.4 and 24 at once
	case r == nil:
		r = build(&siteName{h.name, h.partition, h.suffix}, 1, []entry{{}}, add) // 24
	case old.item != nil:
		s.report(Overwritten, old)
		r = r.replace(&sp, add) // 23.4 and 24 at once
	default:
		r = r.insert(add) // 24
	}
	if s.Changed != nil {
		s.feed.add(Change{Inserted, *c})
	}
	if g.OwnTimes {
		s.oldestAccess.Store(math.MinInt64) // it may be older than any
	}
	if anew {
		all = s.evict(all, partitioned, g.Limits)
		if r != nil {
			h.suffix = max(h.suffix, r.suffix) // one may not know
		}
		r = newSite(&siteName{h.name, h.partition, h.suffix}, all)
	}
	s.publish(sh, h.slot, h.hash, r, before, add.item.access)
	return Stored
}

// leaving returns which cookies go when another comes, and reports them: those that have
// expired, and old, for that cause.
func (s *Store) leaving(old entry, cause Cause, now int64) func(entry) bool {
	return func(e entry) bool {
		switch {
		case e.item == old.item: // 23.4
			s.report(cause, e)
		case e.expired(now):
			s.report(Expired, e)
		default:
			return false
		}
		return true
	}
}

// assignOrder gives a cookie the next number, or notes the one it has.
func (s *Store) assignOrder(it *item) {
	if it.order == 0 {
		it.order = s.order.Add(1)
		return
	}
	for {
		last := s.order.Load()
		if it.order <= last || s.order.CompareAndSwap(last, it.order) {
			return
		}
	}
}

// overlaysElsewhere reports whether c would overlay a cookie of another site than
// its own, h: one above it, or, if its domain is a public suffix, one below.
//
// Deviation: a domain that is no public suffix may have public suffixes below it,
// as amazonaws.com has. Cookies under these are not looked for, since that would
// take a look at the whole store for each cookie. See RFC 6265bis, Section 5.7,
// step 16.
func (s *Store) overlaysElsewhere(c *Cookie, hash uint16, h *home, sites *match.Sites, now int64) bool {
	for at := s.climb(c.Domain, ""); at.name != ""; at.up() {
		if at.name == h.name {
			continue
		}
		if r := s.lookup(at.name, c.Partition); r != nil && overlaid(r.views(nil), c, hash, now) {
			return true
		}
	}
	if c.Domain != h.name || !c.HostOnly || h.suffix == suffixNo || h.suffix == suffixUnknown && !sites.IsPublicSuffix(c.Domain) {
		return false
	}
	below := "." + c.Domain
	for i := range s.shards {
		for _, r := range s.shards[i].sites() {
			if strings.HasSuffix(r.name(), below) && r.partition() == c.Partition && overlaid(r.views(nil), c, hash, now) {
				return true
			}
		}
	}
	return false
}
