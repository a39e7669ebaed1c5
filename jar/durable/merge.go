package durable

import (
	"context"
	"errors"
	"slices"

	"uacookie/jar/backend"
)

// merge does to the jar what the server has: Ops that took effect, or, if whole, all
// records of the site. The caller holds the site. It returns the error of ctx if that
// is done before the jar has reported all changes.
//
// If the records are older than the newest version that the worker has heard of, because
// something was written after the server read them, merge removes no other cookie and
// replaces none that is newer. The site stays stale.
func (f *fleet) merge(ctx context.Context, s *site, ops []backend.Op, version uint64, whole bool) error {
	ops, strange := f.own(s, ops)
	f.w.mu.Lock()
	todo := f.decide(s, ops, whole && version >= s.heard)
	f.w.mu.Unlock()
	for _, err := range strange {
		f.w.report(err)
	}
	for len(todo) > 0 {
		for _, e := range todo {
			f.force(e)
		}
		if err := f.j.persistent.Settle(ctx); err != nil {
			return err
		}
		f.w.mu.Lock()
		todo = f.settled(s, todo)
		f.w.mu.Unlock()
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	s.version = version
	s.heard = max(s.heard, version)
	return nil
}

// errOtherSite is the error for a record of another worker's public suffix list.
var errOtherSite = errors.New("the cookie is of another site by this jar's public suffix list")

// own returns the Ops for cookies that belong to this site by the jar's public suffix list,
// and an error for each other put. Otherwise one cookie could be in two sites, and a logout
// in one site would be undone by the other.
func (f *fleet) own(s *site, ops []backend.Op) (own []backend.Op, strange []error) {
	domain, same := "", f.w.siteOf("") == s.name
	own = slices.DeleteFunc(ops, func(o backend.Op) bool {
		if o.Cookie.Domain != domain {
			domain = o.Cookie.Domain
			same = f.w.siteOf(domain) == s.name
		}
		if !same && !o.Delete && !o.Drop && !o.Touch {
			strange = append(strange, &backend.RecordError{Where: o.Record.String(), Err: errOtherSite})
		}
		return !same
	})
	return own, strange
}

// decide returns the changes to make to the jar, and notes that they are expected. The
// caller holds w.mu.
func (f *fleet) decide(s *site, ops []backend.Op, whole bool) []*expectation {
	var todo []*expectation
	expect := func(o backend.Op) {
		e := &expectation{Op: o}
		todo = append(todo, e)
		f.w.expectations[o.Key()] = e
	}
	there := map[key]bool{}
	for _, o := range ops {
		k := o.Key()
		there[k] = true
		f.clock.observe(o.Stamp)
		h, ok := s.held[k]
		if !f.take(s, k, o, h, ok, whole) {
			continue
		}
		expires := expiry(&o.Cookie)
		o.Record = f.clock.toJar(o.Record)
		switch {
		case o.Delete || o.Drop:
			delete(s.held, k)
			if ok {
				gone := deletion(k)
				expect(gone)
			}
		case !o.Cookie.Persistent() && f.hasEnded(s, o.Stamp):
			s.held[k] = held{stamp: o.Stamp, known: true, absent: true, ended: true}
			if ok && !h.absent {
				expect(deletion(k))
			}
		default:
			expired := o.Cookie.Expired(f.j.now())
			s.held[k] = held{stamp: o.Stamp, known: true, absent: expired, access: o.Cookie.LastAccess, expires: expires}
			if expired {
				o = deletion(k)
			}
			expect(o)
		}
	}
	if whole {
		for k := range s.held {
			if there[k] || f.unwritten(k) {
				continue
			}
			delete(s.held, k)
			if f.w.siteOf(k.Domain) == s.name { // or the list was replaced, and another site has it
				expect(deletion(k))
			}
		}
	}
	return todo
}

// take reports whether the jar should have what the server has of a cookie. The caller
// holds w.mu.
func (f *fleet) take(s *site, k key, o backend.Op, h held, ok, whole bool) bool {
	known := func() {
		h.known = true
		s.held[k] = h
	}
	switch {
	case o.Touch:
		return false
	case o.Drop:
		return ok && h.stamp == o.Stamp && !f.unwritten(k)
	case ok && h.stamp == o.Stamp:
		if o.Delete && !f.unwritten(k) {
			delete(s.held, k) // the jar's own deletion, which it need not remember any more
		} else {
			known()
		}
		return false
	case ok && h.stamp.Compare(o.Stamp) > 0 && (!whole || f.unwritten(k)):
		known()
		return false
	}
	f.count(f.w.ops[k], -1)
	f.count(f.w.aside[k], -1)
	delete(f.w.ops, k) // what is pending is older, and would lose
	delete(f.w.aside, k)
	return true
}

// unwritten reports whether a change of the cookie is pending or being written. The caller
// holds w.mu.
func (f *fleet) unwritten(k key) bool {
	w := f.w
	if o, ok := w.ops[k]; ok {
		return !o.Drop && !o.Touch
	}
	if o, ok := w.aside[k]; ok {
		return !o.Drop && !o.Touch
	}
	o, ok := w.flying[k]
	return ok && !o.Drop && !o.Touch
}

// outdated reports whether an Op that failed need not be written any more: the jar has a
// newer state of the cookie, or it came and went. The caller holds w.mu.
func (f *fleet) outdated(k key, o *op) bool {
	s, ok := f.sites[o.site]
	if !ok {
		return false
	}
	h, ok := s.held[k]
	switch {
	case ok && o.fresh && !o.Delete && h.absent && h.stamp == o.Stamp:
		delete(s.held, k)
		return true
	case ok && h.stamp.Compare(o.Stamp) > 0:
		f.count(*o, -1)
		return true
	}
	return false
}

// force puts the jar into the state that is expected. The caller does not hold w.mu.
func (f *fleet) force(e *expectation) {
	f.w.mu.Lock()
	disturbed := e.disturbed
	f.w.mu.Unlock()
	if disturbed {
		return // a change made here is newer
	}
	if e.Delete {
		f.j.Remove(e.Cookie.Key())
		return
	}
	// The name of a list is no reason to trust a cookie: others can write to the server.
	if v := f.j.persistent.Restore(e.Cookie, ""); !v.OK() {
		// The jar must not go on with an older value.
		k := e.Cookie.Key()
		gone := deletion(k)
		f.w.mu.Lock()
		f.w.expectations[k] = &expectation{Op: gone}
		f.w.mu.Unlock()
		f.j.Remove(gone.Cookie.Key())
		f.w.report(&backend.RecordError{Where: e.Record.String(), Err: v.Err()})
	}
}

// settled is called when all changes have been reported. It ends the expectations and
// returns those changes that must be made again, since they were made here and an older
// one from the server came after. The caller holds w.mu.
func (f *fleet) settled(s *site, done []*expectation) []*expectation {
	w := f.w
	var again []*expectation
	for _, e := range done {
		k := e.Op.Key()
		delete(w.expectations, k)
		if !f.repair[k] {
			continue
		}
		delete(f.repair, k)
		mine, ok := w.ops[k]
		if !ok {
			mine, ok = w.aside[k]
		}
		if !ok {
			mine, ok = w.flying[k]
		}
		if !ok { // it is written already: load it
			if h, held := s.held[k]; held {
				h.stamp = backend.Stamp{}
				s.held[k] = h
			}
			s.suspect = true
			f.markStale(s)
			continue
		}
		next := &expectation{Op: mine.Op}
		next.Record = f.clock.toJar(mine.Record)
		w.expectations[k] = next
		again = append(again, next)
	}
	return again
}
