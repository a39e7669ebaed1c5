package store

import (
	"strings"
	"time"

	"uacookie/internal/words"
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
	Oversize                // the name or value has more than 65534 octets, or another text far more
)

// Put stores c, in place of the cookie of the same identity if there is one, and
// enforces the limits. If c has already expired, Put only removes.
//
// It sets *c to the cookie as stored, with its times, which are in UTC and whole
// microseconds, and keeps nothing of it.
// See RFC 6265bis, Section 5.7, steps 23 and 24.
func (s *Store) Put(c *Cookie, g *Guard, now time.Time) Outcome {
	if !fits(c) {
		return Oversize
	}
	at := now.UnixMicro()
	var own item
	own.come(c, uint16(s.hasher().hash(c.Name)), g.Demands)
	add := newcomer{c, &own}
	var h home
	s.find(&h, add, g.Sites, at)
	if g.NoOverlay && !g.SiteOnly && s.overlaysElsewhere(add, &h, g.Sites, at) {
		return RefusedOverlay
	}

	sh := s.shard(h.hash)
	sh.mu.Lock()
	if s.list.Load() != g.Sites {
		sh.mu.Unlock()
		return Stale
	}
	if t := sh.table.Load(); h.slot.t != t || t == nil {
		h.slot, h.old = t.probe(h.hash, h.name, &c.Partition), spot{}
	}
	outcome := s.put(sh, &h, add, g, at)
	if outcome == Stored && sh.expires <= at {
		s.sweep(sh, at)
	}
	sh.mu.Unlock()

	if outcome == Stored && g.Limits != nil && g.Limits.Total > 0 {
		if g.Limits.TotalUnused > 0 {
			s.purgeUnused(g.Limits, &h, add, now)
		} else {
			s.enforceTotal(g.Limits, at)
		}
	}
	s.deliver()
	return outcome
}

// A home is the site that a cookie belongs to.
type home struct {
	name   string
	hash   uint64
	suffix suffix
	slot   slot // none if the site has none, or none was looked for

	// Where the cookie of the same identity was without the lock, if it was looked for.
	// With the lock it is there if the site is in the same state.
	old spot
}

// find sets h to the site of a cookie. The list is asked only if no cookie of the domain
// is seen, and no site of that name.
func (s *Store) find(h *home, add newcomer, sites *match.Sites, now int64) {
	c, names := add.c, s.hasher()
	first := firstName(c.Domain)
	for at := first; at >= 0; at = nextName(c.Domain, at) {
		name := c.Domain[at:]
		hash := names.site(name, &c.Partition)
		if at == first {
			h.hash = hash // it is that name, as a rule
		}
		sl := s.shard(hash).table.Load().probe(hash, name, &c.Partition)
		if !sl.ok() {
			continue
		}
		p := sl.page()
		if p == nil {
			continue
		}
		if p.large() == nil {
			v := p.view()
			k, it := v.lookFor(add, now)
			h.old = spot{v, k, it}
		}
		if h.old.item == nil && at > 0 && !p.isOf(c.Domain) {
			continue // it may be that of a public suffix
		}
		h.name, h.hash, h.suffix, h.slot = name, hash, p.suffix, sl
		return
	}
	h.name = sites.Site(c.Domain)
	if first < 0 || len(h.name) != len(c.Domain)-first {
		h.hash = names.site(h.name, &c.Partition)
	}
	switch {
	case h.name != c.Domain:
	case sites.IsPublicSuffix(h.name):
		h.suffix = suffixYes
	default:
		h.suffix = suffixNo
	}
}

// IsPublicSuffix is that of the store's list, without asking the list where a
// cookie is stored that answers: one that is shared with what is below its domain.
func (s *Store) IsPublicSuffix(domain string) bool {
	for at := firstName(domain); at >= 0; at = nextName(domain, at) {
		if r := s.lookup(domain[at:], Partition{}); r != nil && r.has(domain, flagHostOnly) {
			return false
		}
	}
	return s.Sites().IsPublicSuffix(domain)
}

// firstName returns where in a domain the first name begins that its site may have: the
// domain of two labels, as a rule. It is less than zero if there are too many labels.
func firstName(domain string) int {
	if len(domain) > maxLabels && strings.Count(domain, ".") > maxLabels {
		return -1
	}
	return words.LastDot(domain[:max(words.LastDot(domain), 0)]) + 1
}

// nextName returns where the next name begins, which has one more label; less than zero
// if there is none.
func nextName(domain string, at int) int {
	if at == 0 {
		return -1
	}
	return words.LastDot(domain[:at-1]) + 1
}

// put is Put under the lock of the site's shard.
func (s *Store) put(sh *shard, h *home, add newcomer, g *Guard, now int64) Outcome {
	var (
		r       *page
		old     = &h.old
		before  int
		expired bool
	)
	if h.slot.ok() {
		r = h.slot.page()
	}
	if r != nil {
		if g.NoOverlay && r.overlaid(add, now) {
			return RefusedOverlay
		}
		if old.view != r.view() {
			*old = r.lookFor(add, now)
		}
		before, expired = r.len(), r.expires <= now
	} else {
		*old = spot{} // it may have been there without the lock
	}
	if old.item != nil && g.KeepHTTPOnly && old.entry().is(flagHTTPOnly) {
		return RefusedHTTPOnly // 23.2
	}
	dies := add.item.expires <= now
	c := add.c
	if old.item != nil && !g.OwnTimes && (!g.SameValue || c.Value == old.entry().value()) {
		add.item.created, add.item.order = old.item.created, old.item.order // 23.3
	} else if !dies {
		s.assignOrder(add.item)
	}
	c.Order, c.Created, c.LastAccess = add.item.order, fromMicro(add.item.created), fromMicro(add.item.access)
	switch {
	case dies && old.item == nil && !expired:
		return Removed // nothing to do, and no site to make for it
	case dies:
		r, _ = r.without(s.leaving(old.item, ExpiredOverwrite, now))
		s.publish(sh, h.slot, h.hash, r, before, never)
		return Removed
	}
	if add.item.expires != never {
		c.Expires = fromMicro(add.item.expires)
	}

	exceeded := g.Limits.exceeded(r, before, old.item, add)
	inPlace := exceeded && r != nil && r.large() != nil && g.Limits.few(add.partitioned(), before+1)
	switch {
	case expired, old.item != nil && compareAge(add.item, old.item) != 0, exceeded && !inPlace:
		all := r.with(add, s.leaving(old.item, Overwritten, now)) // 23.4 and 24 at once
		s.inserted(c)
		if r != nil {
			h.suffix = max(h.suffix, r.suffix) // one may not know
		}
		r = s.evict(newSite(&siteName{h.name, c.Partition, h.suffix}, all), add.partitioned(), g.Limits)
	case r == nil:
		s.inserted(c)
		r = alone(&siteName{h.name, c.Partition, h.suffix}, rooms[0], add) // 24
	case old.item != nil:
		s.report(Overwritten, old.entry())
		s.inserted(c)
		r = r.replace(old, add) // 23.4 and 24 at once
	default:
		s.inserted(c)
		r = r.insert(add) // 24
	}
	if inPlace {
		r = s.evict(r, add.partitioned(), g.Limits)
	}
	s.publish(sh, h.slot, h.hash, r, before, add.item.access)
	return Stored
}

// leaving returns which cookies go when another comes, and reports them: those that have
// expired, and old, for that cause.
func (s *Store) leaving(old *item, cause Cause, now int64) func(entry) bool {
	return func(e entry) bool {
		switch {
		case e.item == old: // 23.4
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
func (s *Store) overlaysElsewhere(add newcomer, h *home, sites *match.Sites, now int64) bool {
	c := add.c
	name, last := s.climb(c.Domain, "")
	for {
		if name != h.name {
			if r := s.lookup(name, c.Partition); r != nil && overlaid(r.views(nil), add, now) {
				return true
			}
		}
		if last < 0 {
			break
		}
		above := words.Index(name, '.') + 1
		name, last = name[above:], last-above
	}
	if c.Domain != h.name || !c.HostOnly || h.suffix == suffixNo || h.suffix == suffixUnknown && !sites.IsPublicSuffix(c.Domain) {
		return false
	}
	below := "." + c.Domain
	for i := range s.shards {
		for _, r := range s.shards[i].sites() {
			if strings.HasSuffix(r.name(), below) && r.partition() == c.Partition && overlaid(r.views(nil), add, now) {
				return true
			}
		}
	}
	return false
}
