package durable

import (
	"uacookie/jar"
	"uacookie/jar/backend"
)

// pending is what the backend has yet to be told: the last state of each cookie that
// has changed. At most it holds one for each cookie in the jar and one for each in the
// backend.
type pending struct {
	ops map[key]op

	// expectations are changes that come from the backend: when the jar reports
	// them, the backend knows.
	expectations map[key]backend.Op

	// unseen are those changes handed to a backend.Watcher that it has not yielded
	// yet; nil for another backend.
	unseen map[key]backend.Op

	// replaced are cookies that were overwritten by one that is yet to be reported.
	replaced map[key]bool

	// touched are the cookies that have changed since it was made; it may be nil.
	touched map[key]bool

	// unloaded is whether the backend may have cookies that the jar does not know.
	unloaded bool
}

// An op is a backend.Op that is pending.
type op struct {
	backend.Op
	known bool // the backend may have a record of this Key
}

func newPending() pending {
	return pending{ops: map[key]op{}, expectations: map[key]backend.Op{}, replaced: map[key]bool{}}
}

// deletion returns the Op that deletes the cookie of that Key.
func deletion(k key) backend.Op {
	return backend.Op{Delete: true, Record: backend.Record{Cookie: jar.Cookie{
		Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
	}}}
}

// change notes a change of the jar.
func (p *pending) change(c jar.Change, list string) {
	k := c.Cookie.Key()
	if p.touched != nil {
		p.touched[k] = true
	}
	if c.Cause == jar.CauseOverwritten {
		// Not a deletion: what is written must not have the cookie missing.
		p.replaced[k] = true
		return
	}
	next := deletion(k)
	if c.Cause == jar.CauseStored {
		next = backend.Op{Record: backend.Record{Cookie: c.Cookie, List: list}}
	}
	replaced := p.replaced[k]
	delete(p.replaced, k)
	if e, ok := p.expectations[k]; ok && sameState(&e, &next) {
		delete(p.expectations, k)
		// If a batch with another state is on its way, that is what the backend
		// will have, unless it is told again.
		if _, ok := p.unseen[k]; !ok {
			delete(p.ops, k)
			return
		}
	}
	was, changed := p.ops[k]
	switch {
	case !next.Delete && changed:
		p.ops[k] = op{next, was.known}
	case !next.Delete:
		p.ops[k] = op{next, replaced || p.unloaded}
	case changed && !was.known:
		delete(p.ops, k) // it came and went
	default:
		p.ops[k] = op{next, true}
	}
}

// expect says that a change is about to be made to the jar which comes from the
// backend, and whether it is to be made: what was done here and is still on its way
// to the backend will come later there, and stays.
func (w *writer) expect(o *backend.Op) bool {
	k := o.Key()
	w.mu.Lock()
	defer w.mu.Unlock()
	if mine, ok := w.unseen[k]; ok {
		if sameState(&mine, o) {
			delete(w.unseen, k)
		}
		return false
	}
	if _, ok := w.ops[k]; ok {
		return false
	}
	w.expectations[k] = *o
	return true
}

// forget drops the expectations of which nothing came, since the change made no
// difference to the jar or was refused. All changes must have been delivered.
func (w *writer) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.expectations)
}

// take returns what is pending, and has nothing pending.
func (p *pending) take() []backend.Op {
	if len(p.ops) == 0 {
		return nil
	}
	batch := make([]backend.Op, 0, len(p.ops))
	for k, o := range p.ops {
		batch = append(batch, o.Op)
		if p.unseen != nil {
			p.unseen[k] = o.Op
		}
	}
	p.ops = make(map[key]op, min(len(p.ops), defaultBatchCount))
	return batch
}

// sameState reports whether a and b leave the cookie of their Key in the same state,
// but for when it was last used. That Restore may have cut its lifetime does not
// count, and neither does that a jar has times in microseconds.
func sameState(a, b *backend.Op) bool {
	if a.Delete || b.Delete {
		return a.Delete == b.Delete
	}
	c, d := &a.Cookie, &b.Cookie
	return c.Value == d.Value && c.Secure == d.Secure && c.HttpOnly == d.HttpOnly &&
		c.SameSite == d.SameSite && c.Priority == d.Priority &&
		c.Persistent() == d.Persistent() && c.Created.UnixMicro() == d.Created.UnixMicro() && c.Order == d.Order
}
