package store

import (
	"time"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// Conditions are what the rules ask of the store when a cookie is put: the checks that
// depend on the cookies already stored, and how the new one takes its place.
type Conditions struct {
	// Requires is what a request must grant to be sent the cookie.
	Requires Requirements

	// Sites is the list that the rules decided by. If the store has another by
	// now, Put does nothing and returns Stale.
	Sites *match.Sites

	// Limits are enforced after the insertion. Nil means none.
	Limits *Limits

	// NoOverlay refuses a cookie that would overlay a Secure one.
	NoOverlay bool

	// OverlayByHost has a host-only cookie overlay, and be overlaid by, only cookies
	// that its own host is sent.
	OverlayByHost bool

	// KeepHTTPOnly refuses a cookie that would replace an HttpOnly one.
	KeepHTTPOnly bool

	// SameValue lets a cookie take over the creation time and order of the one it
	// replaces only if the two have the same value. In the draft it always does.
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
	Removed                 // it had expired: the cookie that it replaced is gone
	RefusedOverlay          // Conditions.NoOverlay
	RefusedHTTPOnly         // Conditions.KeepHTTPOnly
	Stale                   // Conditions.Sites is not the store's list: decide again
	Oversize                // the name or value has more than 65,534 bytes, or another text far more
)

// Put stores c, in place of the cookie of the same identity if there is one, and
// enforces the limits. If c has already expired, Put only removes.
//
// It sets *c to the cookie as stored, with its times, which are in UTC and whole
// microseconds, and keeps nothing of it.
// See RFC 6265bis, Section 5.7, steps 23 and 24.
func (s *Store) Put(c *Cookie, g *Conditions, now time.Time) Outcome {
	var add engine.Insertion
	insertion(&add, c, s.index.Hasher(), g.Requires)
	if !add.Fits() {
		return Oversize
	}
	at := now.UnixMicro()
	var l siteLookup
	s.find(&l, c, &add, g.Sites, at)
	sh := s.index.Shard(l.hash)
	sh.Lock()
	if s.list.Load() != g.Sites {
		sh.Unlock()
		return Stale
	}
	if !sh.Holds(l.slot) {
		l.slot, l.old = sh.Probe(l.hash, l.name, partition(&c.Partition)), engine.Position{}
	}
	outcome := s.put(sh, &l, c, &add, g, at)
	if outcome == Stored {
		sh.Sweep(at, func(sl engine.Slot) { s.removeExpired(sh, sl, at) })
	}
	sh.Unlock()

	if outcome == Stored && g.Limits != nil && g.Limits.Total > 0 {
		if g.Limits.TotalUnused > 0 {
			s.purgeUnused(g.Limits, l.hash, &add, now)
		} else {
			s.enforceTotal(g.Limits, at)
		}
	}
	s.deliver()
	return outcome
}

// put is Put under the lock of the site's shard.
func (s *Store) put(sh *engine.Shard, l *siteLookup, c *Cookie, add *engine.Insertion, g *Conditions, now int64) Outcome {
	var (
		p      *engine.Page
		old    = &l.old
		before int
		sweep  bool // the site may have expired cookies
	)
	if l.slot.OK() {
		p = l.slot.Page()
	}
	if p != nil {
		if g.NoOverlay && overlaid(p, add, g.OverlayByHost, now) {
			return RefusedOverlay
		}
		if old.View != p.View() {
			*old = findIdentical(p, add, now)
		}
		before, sweep = p.Len(), p.Expires() <= now
	} else {
		*old = engine.Position{} // the site may have lost its cookies since
	}
	if old.Item != nil && g.KeepHTTPOnly && has(old.Item, flagHTTPOnly) {
		return RefusedHTTPOnly // 23.2
	}
	removes := expired(&add.Item, now)
	if old.Item != nil && !g.OwnTimes && (!g.SameValue || c.Value == old.Entry().Value()) {
		add.Created, add.Order = old.Item.Created, old.Item.Order // 23.3
	} else if !removes {
		s.index.AssignOrder(&add.Item)
	}
	c.Order, c.Created, c.LastAccess = add.Order, fromMicro(add.Created), fromMicro(add.Access())
	switch {
	case removes && old.Item == nil && !sweep:
		return Removed // there is nothing to do, and no site to make for it
	case removes:
		next, _ := p.Without(s.leaving(old.Item, CauseExpiredOverwrite, now))
		s.index.Publish(sh, l.slot, l.hash, next, before, engine.Never)
		return Removed
	}
	if add.Expires != engine.Never {
		c.Expires = fromMicro(add.Expires)
	}
	p = s.edit(p, l, c, add, g, now, before, sweep)
	s.index.Publish(sh, l.slot, l.hash, p, before, add.Access())
	return Stored
}

// edit puts add into the site, whose page is p or nil, and returns the page to publish.
// sweep is whether the site may have expired cookies.
func (s *Store) edit(p *engine.Page, l *siteLookup, c *Cookie, add *engine.Insertion, g *Conditions, now int64, before int, sweep bool) *engine.Page {
	old, partitioned := &l.old, add.Flags&flagPartitioned != 0
	exceeded := g.Limits.exceeded(p, before, old.Item, add)
	inPlace := exceeded && p != nil && p.IsMultiPage() && g.Limits.few(partitioned, before+1)
	switch {
	case sweep, old.Item != nil && engine.CompareAge(&add.Item, old.Item) != 0, exceeded && !inPlace:
		site := l.site(c)
		all := p.With(&site, add, s.leaving(old.Item, CauseOverwritten, now)) // 23.4 and 24 at once
		s.inserted(c)
		return s.evict(engine.NewSite(&site, all), add, g.Limits)
	case p == nil:
		s.inserted(c)
		site := l.site(c)
		return engine.NewSiteOf(&site, add) // 24
	case old.Item != nil:
		s.report(CauseOverwritten, old.Entry())
		s.inserted(c)
		p = p.Replace(old, add) // 23.4 and 24 at once
	default:
		s.inserted(c)
		p = p.Insert(add) // 24
	}
	if inPlace {
		p = s.evict(p, add, g.Limits)
	}
	return p
}

// site returns the site that was looked up for c.
func (l *siteLookup) site(c *Cookie) engine.Site {
	return engine.Site{Name: l.name, Partition: engine.Partition(c.Partition), Facts: l.facts}
}

// leaving returns which cookies go when another is put, and reports them: those that have
// expired, and old, for that cause.
func (s *Store) leaving(old *engine.Item, cause Cause, now int64) func(engine.Entry) bool {
	return func(e engine.Entry) bool {
		switch {
		case e.Item == old: // 23.4
			s.report(cause, e)
		case expired(e.Item, now):
			s.report(CauseExpired, e)
		default:
			return false
		}
		return true
	}
}
