package store

import (
	"iter"
	"slices"
	"time"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// All returns the cookies that have not expired at now, site by site. The cookies of one
// site are in send order, from a snapshot taken when the iteration reaches the site.
func (s *Store) All(now time.Time) iter.Seq[Cookie] {
	return func(yield func(Cookie) bool) {
		for _, p := range s.index.Sites() {
			for e := range p.All() {
				if !expired(e.Item, now.UnixMicro()) && !yield(cookie(e)) {
					return
				}
			}
		}
	}
}

// Get returns the cookie with the identity k, and whether the store has one that has not
// expired at now. It takes no lock.
func (s *Store) Get(k Key, now time.Time) (Cookie, bool) {
	c := Cookie{Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path}
	var wanted engine.Insertion
	setInsertion(&wanted, &c, 0)
	if !wanted.Fits() {
		return Cookie{}, false
	}
	at := now.UnixMicro()
	var l siteLookup
	s.find(&l, &c, &wanted, s.Sites(), at)
	if l.slot.OK() {
		if p := l.slot.Page(); p != nil {
			for _, v := range p.AppendViews(nil) {
				if found := findIn(v, &wanted, at); found.Item != nil {
					return cookie(found.Entry()), true
				}
			}
		}
	}
	return Cookie{}, false
}

// Delete removes the cookies for which pred returns true, and returns their number. It also
// removes expired cookies, without calling pred and without counting them. It calls pred
// with no lock held. If a cookie is replaced after the call of pred, the new cookie stays.
// See RFC 6265bis, Section 5.7.
func (s *Store) Delete(now time.Time, pred func(Cookie) bool) int {
	at := now.UnixMicro()
	old := func(e engine.Entry) bool { return expired(e.Item, at) }
	return s.eachSite(func(sl engine.Slot, p *engine.Page) int {
		doomed := make(map[uint64][]engine.Entry) // by order; few entries share one
		anyOld := false
		for e := range p.All() {
			switch {
			case old(e):
				anyOld = true
			case pred(cookie(e)):
				doomed[e.Item.Order] = append(doomed[e.Item.Order], e)
			}
		}
		if anyOld {
			s.removeFrom(sl, CauseExpired, old)
		}
		if len(doomed) == 0 {
			return 0
		}
		return s.removeFrom(sl, CauseDeleted, func(e engine.Entry) bool {
			return slices.ContainsFunc(doomed[e.Item.Order], e.Same)
		})
	})
}

// Remove removes the cookie with the identity k. It reports whether there was such a cookie
// that had not expired.
func (s *Store) Remove(k Key, now time.Time) bool {
	c := Cookie{Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path}
	var wanted engine.Insertion
	setInsertion(&wanted, &c, 0)
	if !wanted.Fits() {
		return false
	}
	for {
		if n, ok := s.removeIdentical(&c, &wanted, now.UnixMicro()); ok {
			s.deliver()
			return n > 0
		}
	}
}

// removeIdentical removes the cookie that has the identity of c. wanted is the insertion of
// c. It returns the number of cookies removed. ok is false if the list was replaced
// meanwhile, and the caller must try again.
func (s *Store) removeIdentical(c *Cookie, wanted *engine.Insertion, now int64) (n int, ok bool) {
	sites := s.Sites()
	var l siteLookup
	s.find(&l, c, wanted, sites, now)
	sh := s.index.Lock(l.hash)
	defer s.index.Unlock(sh)
	if s.list.Load() != sites {
		return 0, false
	}
	sl := s.index.Probe(l.hash, l.name, partition(&c.Partition))
	if !sl.OK() || sl.Page() == nil {
		return 0, true
	}
	old := findIdentical(sl.Page(), wanted, now)
	if old.Item == nil {
		return 0, true
	}
	return s.remove(sh, sl, CauseDeleted, func(e engine.Entry) bool { return e.Item == old.Item }), true
}

// Clear removes all cookies, one site after the other.
func (s *Store) Clear() {
	s.removeAll(func(engine.Entry) bool { return true })
}

// EndSession removes the cookies that are not persistent, one site after the other, and
// returns their number. See RFC 6265bis, Section 5.7.
func (s *Store) EndSession() int {
	return s.removeAll(func(e engine.Entry) bool { return e.Item.Expires == engine.Never })
}

func (s *Store) removeAll(gone func(engine.Entry) bool) int {
	return s.eachSite(func(sl engine.Slot, _ *engine.Page) int { return s.removeFrom(sl, CauseDeleted, gone) })
}

// eachSite calls f for each site, with no lock held, and returns the sum of the results. If
// the list is replaced meanwhile, it visits all sites again, since cookies have moved
// between sites.
func (s *Store) eachSite(f func(engine.Slot, *engine.Page) int) int {
	n := 0
	for {
		list := s.Sites()
		for sl, p := range s.index.Sites() {
			n += f(sl, p)
		}
		if s.Sites() == list {
			return n
		}
	}
}

// removeFrom removes the cookies of a site for which gone returns true, delivers the
// changes, and returns the number of cookies removed. The slot may belong to a table that
// was replaced.
func (s *Store) removeFrom(sl engine.Slot, cause Cause, gone func(engine.Entry) bool) int {
	n := 0
	sh := s.index.Lock(sl.Hash())
	if sl, p := s.index.Current(sl); p != nil {
		n = s.remove(sh, sl, cause, gone)
	}
	s.index.Unlock(sh)
	s.deliver()
	return n
}

// remove is removeFrom for a slot of the current table. It delivers no changes. The caller
// holds the lock of sh.
func (s *Store) remove(sh *engine.Shard, sl engine.Slot, cause Cause, gone func(engine.Entry) bool) int {
	p := sl.Page()
	before := p.Len()
	next, n := p.Without(func(e engine.Entry) bool {
		if !gone(e) {
			return false
		}
		s.report(cause, e)
		return true
	})
	s.index.Publish(sh, sl, sl.Hash(), next, before, engine.Never)
	return n
}

// removeExpired removes the expired cookies of a site. The caller holds the lock of sh.
func (s *Store) removeExpired(sh *engine.Shard, sl engine.Slot, now int64) {
	s.remove(sh, sl, CauseExpired, func(e engine.Entry) bool { return expired(e.Item, now) })
}

// CopyTo copies a snapshot of s to dst: the cookies with their times and order, and the
// list. dst must be empty and not yet in use.
func (s *Store) CopyTo(dst *Store) {
	s.index.LockAll()
	defer s.index.UnlockAll()
	dst.list.Store(s.Sites())
	s.index.CopyTo(&dst.index)
}

// SetSites replaces the list by which cookies are sorted into sites. It removes and returns
// the cookies that are not host-only and whose domain is a public suffix by the new list;
// see RFC 6265bis, Section 5.8.3, step 3. Writers wait until SetSites is done. Readers do
// not wait. A reader concurrent with the last step may miss cookies, or see them twice, if
// the new list splits or joins their site.
//
// If the list panics, SetSites panics and the store keeps its old list.
func (s *Store) SetSites(list match.Sites) []Cookie {
	if s.list.Load() == nil && s.index.Unused() && list == (match.Sites{}) {
		return nil // it has that list; a new jar costs no allocation for it
	}
	gone := s.setSites(list)
	s.deliver()
	return gone
}

// setSites is SetSites without delivering the changes.
func (s *Store) setSites(sites match.Sites) []Cookie {
	list := &sites
	if s.index.Unused() {
		s.list.Store(list)
		if s.index.Unused() { // writers see the list from here on
			return nil
		}
	}
	s.index.LockAll()
	defer s.index.UnlockAll() // even if the list panics
	var disowned []engine.Entry
	type site struct {
		name      string
		partition engine.Partition
	}
	bySite := make(map[site][]engine.Entry)
	facts := make(map[site]uint8)
	for _, p := range s.index.Sites() {
		for e := range p.All() {
			if !has(e.Item, flagHostOnly) && list.IsPublicSuffix(e.Domain()) {
				disowned = append(disowned, e)
				continue
			}
			name, about := locate(list, e.Domain())
			k := site{name, p.Partition()}
			bySite[k] = append(bySite[k], e)
			facts[k] = about
		}
	}
	var next engine.Index
	for k, entries := range bySite {
		slices.SortFunc(entries, engine.Compare)
		p := engine.NewSite(&engine.Site{Name: k.name, Partition: k.partition, Facts: facts[k]}, entries)
		next.Add(engine.SiteHash(k.name, &k.partition), p)
	}

	// The list is not called from here on, so nothing panics.
	s.index.Replace(&next)
	s.list.Store(list)
	var gone []Cookie
	for _, e := range disowned {
		s.report(CauseDisowned, e)
		gone = append(gone, cookie(e))
	}
	return gone
}
