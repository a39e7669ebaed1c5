package durable

import (
	"uacookie/jar"
	"uacookie/jar/backend"
)

// change notes a change of the jar. The caller holds w.mu.
func (f *fleet) change(c jar.Change, list string) {
	k, w := c.Cookie.Key(), f.w
	dropped := false
	next := deletion(k)
	switch c.Cause {
	case jar.CauseOverwritten:
		return // the cookie that took its place follows
	case jar.CauseStored:
		next = backend.Op{Record: backend.Record{Cookie: c.Cookie, List: list}}
	case jar.CauseExpired, jar.CauseEvicted, jar.CauseDisowned:
		dropped = true
	}
	e := w.expectations[k]
	switch {
	case e != nil && f.fulfils(&next, e):
		delete(w.expectations, k)
		if e.disturbed {
			f.repair[k] = true
		}
		return
	case dropped && e != nil:
		return // it was about to be replaced
	case dropped:
		f.drop(c, k)
		return
	case e != nil:
		e.disturbed = true
	}
	delete(f.repair, k)
	s := f.site(w.siteOf(k.Domain))
	h := s.held[k]
	was, pending := w.ops[k]
	o := op{Op: next, site: s.name, known: h.known || !s.loaded || was.known}
	_, flying := w.flying[k]
	failed, aside := w.aside[k]
	o.fresh = !h.known && !flying && !aside && (!pending || was.fresh)
	doubt, skew := f.clock.check()
	o.doubt, f.doubtful = doubt, f.doubtful || doubt != nil
	o.Record = shift(o.Record, -skew)
	o.Stamp = f.clock.after(h.stamp)
	f.count(was, -1)
	f.count(failed, -1)
	if o.Delete && o.fresh && s.fresh >= backend.MaxTombstones {
		// No other worker has seen the cookie, most likely, and a hostile server could
		// fill the memory.
		delete(w.ops, k)
		delete(s.held, k)
		return
	}
	f.count(o, +1)
	s.held[k] = held{stamp: o.Stamp, known: h.known, absent: o.Delete, access: c.Cookie.LastAccess, expires: expiry(&o.Cookie)}
	if aside {
		o.tries, o.retry = failed.tries, failed.retry
		w.aside[k] = o
		return
	}
	w.ops[k] = o
}

// count adds n to the number of a site's pending deletions of cookies that the server is
// not known to have had, if o is one of them. The caller holds w.mu.
func (f *fleet) count(o op, n int) {
	if o.fresh && o.Delete {
		f.site(o.site).fresh += n
	}
}

// fulfils reports whether a change of the jar is the one that was expected.
func (f *fleet) fulfils(next *backend.Op, e *expectation) bool {
	if sameState(&e.Op, next) {
		return true
	}
	// The cookie has expired between the decision to restore it and the act.
	return next.Delete && !e.Delete && e.Cookie.Expired(f.j.now())
}

// drop notes that the jar has given up a cookie by itself. The caller holds w.mu.
func (f *fleet) drop(c jar.Change, k key) {
	w := f.w
	delete(f.repair, k)
	s, ok := f.sites[w.siteOf(k.Domain)]
	if !ok {
		return
	}
	h, ok := s.held[k]
	if !ok {
		return
	}
	if o, pending := w.ops[k]; pending {
		if o.fresh && !o.Delete && (c.Cause != jar.CauseExpired || o.Cookie.Expired(f.clock.now())) {
			if c.Cause == jar.CauseExpired && s.fresh < backend.MaxTombstones {
				// What it replaced, unknown to this worker, must not come back.
				stamp := o.Stamp
				o.Op = deletion(k)
				o.Stamp = stamp
				f.count(o, +1)
				w.ops[k] = o
				h.absent = true
				s.held[k] = h
				return
			}
			delete(w.ops, k) // it came and went
			delete(s.held, k)
			return
		}
		h.absent = true
		s.held[k] = h
		return
	}
	_, flying := w.flying[k]
	_, aside := w.aside[k]
	expired := h.expires != 0 && h.expires <= f.clock.now().UnixMicro()
	if c.Cause != jar.CauseExpired || flying || aside || !h.known || h.stamp == (backend.Stamp{}) || !expired {
		h.absent = true
		s.held[k] = h
		return
	}
	// It has expired by the server's clock, too: no worker has a use for it.
	o := op{Op: deletion(k), site: s.name, known: true}
	o.Delete, o.Drop, o.Stamp = false, true, h.stamp
	w.ops[k] = o
	delete(s.held, k)
}
