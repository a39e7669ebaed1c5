package durable

import (
	"context"
	"fmt"
	"time"

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

// hasEnded reports whether the jar has ended the session in which a cookie with this Stamp
// was set. The caller holds w.mu.
//
// After the server's clock was set back, it may give new cookies Stamps from before. If the
// site was loaded, the jar knows the old ones by their Stamps.
func (f *fleet) hasEnded(s *site, stamp backend.Stamp) bool {
	return stamp.Compare(f.ended) <= 0 || !s.loaded && stamp.Compare(f.ahead) <= 0 && f.clock.ahead(stamp)
}

// resume is called when the server's clock has been measured, which was measured last that
// long ago. If the clock was set back since, sessions that begin now are newer than ended,
// although their Stamps are older.
func (f *fleet) resume(since time.Duration) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if f.clock.ahead(f.ended) {
		f.ahead = f.ended
		f.ended = backend.Stamp{Time: micros(f.clock.now().Add(-since))}
	}
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
		h.absent, h.ended = true, true
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
	err := f.endAll(ctx)
	if err == nil {
		err = j.Sync(ctx)
	}
	return err
}

// endAll deletes the session cookies that the server has.
func (f *fleet) endAll(ctx context.Context) error {
	ctx, end, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := f.measure(ctx); err != nil { // the machine may have been asleep
		return cause(ctx, err)
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
				if o.Stamp = stamp; f.clock.ahead(r.Stamp) {
					o.Stamp = f.clock.after(r.Stamp) // the server's clock was set back
				}
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
			return fmt.Errorf("durable: end the fleet's session: %w", cause(ctx, err))
		}
	}
	return nil
}
