package durable

import (
	"context"
	"fmt"

	"uacookie/jar"
	"uacookie/jar/backend"
)

// EndSession removes the session cookies from this jar, as a browser does when it is
// closed, and returns their number. The other workers of a shared jar keep theirs: this
// one no longer loads session cookies that were set before. For a jar that is alone it is
// the session of the backend. See RFC 6265bis, Section 5.7.
func (j *Jar) EndSession() int {
	f := j.fleet
	if f == nil {
		return j.Jar.EndSession()
	}
	f.w.mu.Lock()
	f.ended = f.clock.next()
	f.w.mu.Unlock()
	n := 0
	for c := range j.All() {
		if c.Persistent() {
			continue
		}
		if f.forsake(c) {
			n++
		}
	}
	return n
}

// forsake removes a cookie from the jar and not from the server.
func (f *fleet) forsake(c jar.Cookie) bool {
	k := c.Key()
	f.w.mu.Lock()
	s := f.site(f.w.siteOf(k.Domain))
	f.w.mu.Unlock()
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-f.ctx.Done(): // nothing comes from the server any more
	}
	f.w.mu.Lock()
	h, ok := s.held[k]
	if h.stamp.Compare(f.ended) > 0 {
		f.w.mu.Unlock()
		return false // it was set meanwhile
	}
	if ok {
		h.absent = true
		s.held[k] = h
	}
	e := &expectation{Op: deletion(k)}
	f.w.expectations[k] = e
	f.w.mu.Unlock()
	for todo := []*expectation{e}; len(todo) > 0; {
		for _, e := range todo {
			f.force(e)
		}
		if f.j.persistent.Settle(f.ctx) != nil {
			break
		}
		f.w.mu.Lock()
		todo = f.settled(s, todo)
		f.w.mu.Unlock()
	}
	return true
}

// EndFleetSession ends the session of all workers: it deletes the session cookies that the
// server has, those of sites that are not loaded included, and those of this jar, and
// returns when the server has done it. A session cookie that is set meanwhile stays.
// For a jar that is alone it is EndSession and Flush.
func (j *Jar) EndFleetSession(ctx context.Context) error {
	f := j.fleet
	if f == nil {
		j.EndSession()
		return j.Flush(ctx)
	}
	if err := j.Flush(ctx); err != nil {
		return err
	}
	f.w.mu.Lock()
	stamp := f.clock.next()
	f.ended = stamp
	f.w.mu.Unlock()
	for snapshot, err := range f.server.Load(ctx) {
		b := backend.Batch{Site: snapshot.Site}
		for _, r := range snapshot.Records {
			if !r.Cookie.Persistent() {
				o := deletion(r.Cookie.Key())
				o.Stamp = stamp
				b.Ops = append(b.Ops, o)
			}
		}
		for ; err == nil && len(b.Ops) > 0; b.Ops = b.Ops[min(len(b.Ops), f.w.most):] {
			part := backend.Batch{Site: b.Site, Ops: b.Ops[:min(len(b.Ops), f.w.most)]}
			for _, a := range f.server.Apply(ctx, []backend.Batch{part}) {
				err = a.Err
			}
		}
		if err != nil {
			return fmt.Errorf("durable: end the fleet's session: %w", err)
		}
	}
	return j.Sync(ctx)
}
