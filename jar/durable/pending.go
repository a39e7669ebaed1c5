package durable

import (
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
)

// pending is what is still to be written: the last state of each cookie that has
// changed. It holds at most one for each cookie in the jar and one for each in the
// backend.
type pending struct {
	ops   map[key]op
	aside map[key]op // those that failed while others did not

	// expectations are changes that come from the backend: the backend has them when
	// the jar reports them.
	expectations map[key]*expectation
}

// An op is a backend.Op that is pending.
type op struct {
	backend.Op
	site  string
	known bool // the backend may have a record of this Key
	fresh bool // the backend is not known to have had one before

	doubt *doubt // the clock seems to have been set before this change; nil if not

	tries int // how often it has failed while others did not
	retry time.Time
}

// An expectation is a change that is about to be made to the jar and comes from the
// backend.
type expectation struct {
	backend.Op      // with the jar's times
	disturbed  bool // a change made here came first, and has been undone by this one
}

func newPending() pending {
	return pending{ops: map[key]op{}, aside: map[key]op{}, expectations: map[key]*expectation{}}
}

// deletion returns the Op that deletes the cookie of that Key.
func deletion(k key) backend.Op {
	return backend.Op{Delete: true, Record: backend.Record{Cookie: jar.Cookie{
		Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
	}}}
}

// A solo is what a jar that is alone has pending.
type solo struct {
	w        *writer
	replaced map[key]bool // overwritten by a cookie that is yet to be reported
	touched  map[key]bool // changed since the map was made; may be nil
}

// change notes a change of the jar. The caller holds w.mu.
func (s *solo) change(c jar.Change, list string) {
	p, k := &s.w.pending, c.Cookie.Key()
	if s.touched != nil {
		s.touched[k] = true
	}
	if c.Cause == jar.CauseOverwritten {
		// Not a deletion: what is written must not have the cookie missing.
		s.replaced[k] = true
		return
	}
	next := deletion(k)
	if c.Cause == jar.CauseStored {
		next = backend.Op{Record: backend.Record{Cookie: c.Cookie, List: list}}
	}
	replaced := s.replaced[k]
	delete(s.replaced, k)
	if e := p.expectations[k]; e != nil && sameState(&e.Op, &next) {
		delete(p.expectations, k)
		delete(p.ops, k)
		return
	}
	was, changed := p.ops[k]
	failed, ok := p.aside[k]
	delete(p.aside, k)
	switch {
	case ok:
		failed.Op, failed.known = next, true
		p.aside[k] = failed
	case !next.Delete && changed:
		p.ops[k] = op{Op: next, known: was.known}
	case !next.Delete:
		p.ops[k] = op{Op: next, known: replaced}
	case changed && !was.known:
		delete(p.ops, k) // it came and went
	default:
		p.ops[k] = op{Op: next, known: true}
	}
}

// expect notes that a change is about to be made to the jar which comes from the backend,
// and reports whether it is to be made: what has changed here meanwhile stays.
func (w *writer) expect(o *backend.Op) bool {
	k := o.Key()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.ops[k]; ok {
		return false
	}
	w.expectations[k] = &expectation{Op: *o}
	return true
}

// forget drops the expectations that no change fulfilled, since the change made no
// difference to the jar or was refused. All changes must have been delivered.
func (w *writer) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.expectations)
}

// sameState reports whether a and b leave the cookie of their Key in the same state,
// except for when it was last used. It ignores that Restore may have cut the cookie's
// lifetime, and that a jar has times in microseconds.
func sameState(a, b *backend.Op) bool {
	if a.Delete || b.Delete {
		return a.Delete == b.Delete
	}
	c, d := &a.Cookie, &b.Cookie
	return c.Value == d.Value && c.Secure == d.Secure && c.HttpOnly == d.HttpOnly &&
		c.SameSite == d.SameSite && c.Priority == d.Priority &&
		c.Persistent() == d.Persistent() && c.Created.UnixMicro() == d.Created.UnixMicro() && c.Order == d.Order
}
