package durable

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"uacookie/jar/backend"
)

// A clock makes Stamps in the server's time. It is a hybrid logical clock: its Stamps are
// newer than all that it has made and observed before.
// See https://cse.buffalo.edu/tech-reports/2014-04.pdf.
type clock struct {
	writer uint64
	jar    func() time.Time // the jar's clock
	set    chan struct{}    // says that it seems to have been set; holds one

	mu       sync.Mutex
	measured time.Time     // with the monotonic reading, which cannot be set
	server   time.Time     // the server's time then
	last     backend.Stamp // its Writer does not count
	skew     time.Duration // how far the jar's clock is ahead of the server's
}

func newClock() *clock {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return &clock{writer: binary.BigEndian.Uint64(b[:]), set: make(chan struct{}, 1)}
}

// minSkew is how far the jar's clock must be off for the times of cookies to be
// translated: less than that may be the network's delay.
const minSkew = 2 * time.Second

// exact is the longest round trip for which measure assumes that the server answered in the
// middle of it.
const exact = 100 * time.Millisecond

// measure asks the server for its time, and reports whether the jar's clock has been set
// since the last call.
//
// A slow answer only bounds the server's time: it lies between the time in the answer and
// that time plus the round trip. The previous estimate is then clamped to these bounds.
func (c *clock) measure(ctx context.Context, s backend.Shared) (set bool, _ error) {
	before := time.Now()
	server, err := s.Now(ctx)
	if err != nil {
		return false, fmt.Errorf("durable: the server's time: %w", err)
	}
	after := time.Now()
	took := after.Sub(before)
	now := c.jar()
	c.mu.Lock()
	defer c.mu.Unlock()
	first, at := c.measured.IsZero(), server.Add(took/2)
	if !first && took > exact {
		at = c.server.Add(after.Sub(c.measured))
		if at.Before(server) {
			at = server
		}
		if latest := server.Add(took); at.After(latest) {
			at = latest
		}
	}
	c.measured, c.server = after, at
	if c.future(c.last) {
		c.last = backend.Stamp{} // the server's clock was set back
	}
	skew := now.Sub(at).Round(time.Second)
	if skew.Abs() < minSkew {
		skew = 0
	}
	if (skew - c.skew).Abs() < minSkew {
		return false, nil
	}
	c.skew = skew
	return !first, nil
}

// check asks for a new measurement if the jar's clock has jumped, because it was set or the
// machine was asleep, and returns a doubt then, and the skew with which to go on.
func (c *clock) check() (*doubt, time.Duration) {
	now := c.jar()
	c.mu.Lock()
	skew := c.skew
	doubtful := (now.Sub(c.at()) - skew).Abs() >= 2*minSkew
	c.mu.Unlock()
	if !doubtful {
		return nil, skew
	}
	select {
	case c.set <- struct{}{}:
	default:
	}
	return &doubt{now, skew}, skew
}

// A doubt is about the times of a change that was made when the jar's clock had jumped. If
// the clock was set, the times of the cookie are wrong, and if the machine was asleep, the
// Stamp is.
type doubt struct {
	at   time.Time     // when the change was made, by the jar's clock
	skew time.Duration // by which the cookie's times were translated
}

// settle corrects the times of a change that was made in doubt before the last measurement.
func (c *clock) settle(o *op) {
	c.mu.Lock()
	skew, now := c.skew, c.at()
	c.mu.Unlock()
	o.Record = shift(o.Record, o.doubt.skew-skew)
	if t := min(micros(o.doubt.at.Add(-skew)), micros(now)); t > o.Stamp.Time {
		o.Stamp.Time, o.Stamp.Counter = t, 0
	}
	o.doubt = nil
}

// now returns the server's time.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at()
}

func (c *clock) at() time.Time { return c.server.Add(time.Since(c.measured)) }

// next returns a new Stamp.
func (c *clock) next() backend.Stamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := max(micros(c.at()), 1); t > c.last.Time {
		c.last.Time, c.last.Counter = t, 0
	} else if c.last.Counter++; c.last.Counter == 0 {
		c.last.Time++
	}
	return backend.Stamp{Time: c.last.Time, Counter: c.last.Counter, Writer: c.writer}
}

// after returns a new Stamp that is newer than s, even if s is from a time when the server's
// clock was ahead.
func (c *clock) after(s backend.Stamp) backend.Stamp {
	next := c.next()
	if next.Compare(s) <= 0 {
		next.Time, next.Counter = s.Time, s.Counter+1
		if next.Counter == 0 {
			next.Time++
		}
	}
	return next
}

// ahead reports whether s is further ahead of the server than a Stamp can be, unless the
// server's clock was set back.
func (c *clock) ahead(s backend.Stamp) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.future(s)
}

func (c *clock) future(s backend.Stamp) bool {
	return s.Time > micros(c.at().Add(2*backend.MaxAhead))
}

// micros returns a time in microseconds since 1970, and zero for what is before.
func micros(t time.Time) uint64 { return uint64(max(t.UnixMicro(), 0)) }

// observe makes the Stamps to come newer than s, unless s is further ahead of the server
// than a Stamp can be.
func (c *clock) observe(s backend.Stamp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.future(s) {
		return
	}
	s.Writer = 0
	if s.Compare(c.last) > 0 {
		c.last = s
	}
}

// toServer translates the times of a cookie from the jar's clock to the server's, and
// toJar back.
func (c *clock) toServer(r backend.Record) backend.Record { return shift(r, -c.off()) }
func (c *clock) toJar(r backend.Record) backend.Record    { return shift(r, +c.off()) }

// off returns how far the jar's clock is ahead of the server's.
func (c *clock) off() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

func shift(r backend.Record, by time.Duration) backend.Record {
	if by != 0 {
		for _, t := range []*time.Time{&r.Cookie.Expires, &r.Cookie.Created, &r.Cookie.LastAccess} {
			if !t.IsZero() {
				*t = t.Add(by)
			}
		}
	}
	return r
}

// measure measures the server's clock, and does what follows if a clock was set.
func (f *fleet) measure(ctx context.Context) error {
	f.clock.mu.Lock()
	before := f.clock.measured
	f.clock.mu.Unlock()
	set, err := f.clock.measure(ctx, f.server)
	if err != nil {
		return err
	}
	f.resume(time.Since(before))
	if set {
		f.retime()
	}
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if !f.doubtful {
		return nil
	}
	f.doubtful = false
	for _, o := range f.w.flying {
		f.doubtful = f.doubtful || o.doubt != nil // it may come back
	}
	for _, ops := range []map[key]op{f.w.ops, f.w.aside} {
		for k, o := range ops {
			if o.doubt == nil {
				continue
			}
			stamp, s := o.Stamp, f.site(o.site)
			f.clock.settle(&o)
			ops[k] = o
			if h, ok := s.held[k]; ok && h.stamp == stamp {
				h.stamp, h.expires = o.Stamp, expiry(&o.Cookie)
				s.held[k] = h
			}
		}
	}
	return nil
}

// settleDoubts measures the server's clock if the times of what is to be written depend on
// it, or if this clock has jumped: after a sleep, what other workers wrote meanwhile would
// look as if the server's clock had been ahead.
func (f *fleet) settleDoubts() {
	jumped, _ := f.clock.check()
	f.w.mu.Lock()
	doubtful := f.doubtful || jumped != nil
	f.w.mu.Unlock()
	if doubtful {
		ctx, cancel := context.WithTimeout(f.w.ctx, callTimeout)
		defer cancel()
		_ = f.measure(ctx) // if the server is away, the changes stay pending
	}
}

// retime marks all sites as stale after the jar's clock was set: by the new time, cookies
// have expired too early or would live too long.
func (f *fleet) retime() {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	for _, s := range f.sites {
		for k, h := range s.held {
			switch {
			case h.ended:
				continue
			case f.unwritten(k):
				h.again = true
			case h.known:
				h.stamp = backend.Stamp{} // so that whatever the server has is taken
			}
			s.held[k] = h
		}
		if s.loaded {
			s.suspect = true
			f.markStale(s)
		}
	}
}
