package store

import (
	"time"

	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// Conditions tell Put which checks to make against the cookies already stored, and how to
// insert the new cookie. Package rules sets them.
type Conditions struct {
	// Requires are the requirements that a request must meet to be sent the cookie.
	Requires seam.Requirements

	// Sites is the list by which the rules decided. If the store has another list now,
	// Put changes nothing and returns Stale.
	Sites *match.Sites

	// Host, if not empty, is the host that sets the cookie. It domain-matches the cookie's
	// Domain attribute. Put refuses the cookie if its domain is outside the registrable
	// domain of Host. If Host equals the domain and has no registrable domain, the cookie
	// becomes host-only.
	Host string

	// Limits are enforced after the insertion. Nil means no limits.
	Limits *Limits

	// Rules are the other rules by which the cookie is put.
	Rules seam.Rules
}

// has reports whether a rule applies.
func (g *Conditions) has(r seam.Rules) bool { return g.Rules&r != 0 }

// Put stores c and enforces the limits. c replaces the cookie of the same identity. If c
// has already expired, Put removes that cookie and stores nothing.
//
// Put sets *c to the cookie as stored: its times are in UTC and whole microseconds. It does
// not retain c or its strings.
// See RFC 6265bis, Section 5.7, steps 9, 10, 23 and 24.
func (s *Store) Put(c *Cookie, g *Conditions, now time.Time) seam.Outcome {
	var l siteLookup
	if g.Host != "" && !s.shares(&l, g.Host, c) && !s.mayHave(g.Host, c, g.Sites) {
		if s.list.Load() != g.Sites {
			return seam.Stale
		}
		return seam.RefusedDomain // 9.3, 10.1
	}
	var add engine.Insertion
	setInsertion(&add, c, g.Requires)
	if !add.Fits() {
		return seam.Oversize
	}
	at := now.UnixMicro()
	s.find(&l, c, &add, g.Sites, at)
	sh := s.index.Lock(l.hash)
	if s.list.Load() != g.Sites {
		s.index.Unlock(sh)
		return seam.Stale
	}
	if !sh.Holds(l.slot) {
		l.slot, l.old = s.index.Probe(l.hash, l.name, partition(&c.Partition)), engine.Position{}
	}
	outcome := s.put(sh, &l, c, &add, g, at)
	if outcome == seam.Stored {
		sh.Sweep(at, func(sl engine.Slot) { s.removeExpired(sh, sl, at) })
	}
	s.index.Unlock(sh)

	if outcome == seam.Stored && g.Limits != nil && g.Limits.Total > 0 {
		if g.Limits.TotalUnused > 0 {
			s.purgeUnused(g.Limits, l.hash, &add, now)
		} else {
			s.enforceTotal(g.Limits, at)
		}
	}
	s.deliver()
	return outcome
}

// put is Put for callers that hold the lock of the site's shard.
func (s *Store) put(sh *engine.Shard, l *siteLookup, c *Cookie, add *engine.Insertion, g *Conditions, now int64) seam.Outcome {
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
		if g.has(seam.NoOverlay) && overlaid(p, add, g.has(seam.OverlayByHost), now) {
			return seam.RefusedOverlay
		}
		if old.View != p.View() {
			*old = findIdentical(p, add, now)
		}
		before, sweep = p.Len(), p.Expires() <= now
	} else {
		*old = engine.Position{} // the site may have lost its cookies since the lookup
	}
	if old.Item != nil && g.has(seam.KeepHTTPOnly) && has(old.Item, flagHTTPOnly) {
		return seam.RefusedHTTPOnly // 23.2
	}
	removes := expired(&add.Item, now)
	if old.Item != nil && !g.has(seam.OwnTimes) && (!g.has(seam.SameValue) || c.Value == old.Entry().Value()) {
		add.Created, add.Order = old.Item.Created, old.Item.Order // 23.3
	} else if !removes {
		sh.AssignOrder(&add.Item)
	}
	c.Order, c.Created, c.LastAccess = add.Order, fromMicro(add.Created), fromMicro(add.Access())
	switch {
	case removes && old.Item == nil && !sweep:
		return seam.Removed // nothing to remove
	case removes:
		next, _ := p.Without(s.leaving(old.Item, CauseExpiredOverwrite, now))
		s.index.Publish(sh, l.slot, l.hash, next, before, engine.Never)
		return seam.Removed
	}
	if add.Expires != engine.Never {
		c.Expires = fromMicro(add.Expires)
	}
	p = s.edit(p, l, c, add, g, now, before, sweep)
	s.index.Publish(sh, l.slot, l.hash, p, before, add.Access())
	return seam.Stored
}

// edit inserts add into its site and returns the page to publish. p is the page of the
// site, or nil. sweep reports whether the site may have expired cookies.
func (s *Store) edit(p *engine.Page, l *siteLookup, c *Cookie, add *engine.Insertion, g *Conditions, now int64, before int, sweep bool) *engine.Page {
	old, partitioned := &l.old, add.Flags&flagPartitioned != 0
	exceeded := g.exceeded(p, before, old.Item, add)
	inPlace := exceeded && p != nil && p.IsMultiPage() && g.few(partitioned, before+1)
	switch {
	case sweep, old.Item != nil && engine.CompareAge(&add.Item, old.Item) != 0, exceeded && !inPlace:
		site := l.site(c)
		all := p.With(&site, add, s.leaving(old.Item, CauseOverwritten, now)) // 23.4 and 24 at once
		s.inserted(c)
		return s.evict(engine.NewSite(&site, all), add, g)
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
		p = s.evict(p, add, g)
	}
	return p
}

// site returns the site that l found for c.
func (l *siteLookup) site(c *Cookie) engine.Site {
	return engine.Site{Name: l.name, Partition: engine.Partition(c.Partition), Facts: l.facts}
}

// leaving returns a function that reports whether an insertion removes a cookie. The
// insertion removes old, with the given cause, and expired cookies. The function queues the
// change of each removed cookie.
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
