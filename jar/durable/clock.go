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

	mu       sync.Mutex
	measured time.Time     // with the monotonic reading, which cannot be set
	server   time.Time     // the server's time then
	last     backend.Stamp // its Writer does not count
	skew     time.Duration // how far the jar's clock is ahead of the server's
}

func newClock() *clock {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return &clock{writer: binary.BigEndian.Uint64(b[:])}
}

// minSkew is how far the jar's clock must be off for the times of cookies to be
// translated: less than that may be the network's delay.
const minSkew = 2 * time.Second

// measure asks the server for its time.
func (c *clock) measure(ctx context.Context, s backend.Shared, now func() time.Time) error {
	before := time.Now()
	server, err := s.Now(ctx)
	if err != nil {
		return fmt.Errorf("durable: the server's time: %w", err)
	}
	after := time.Now()
	took := after.Sub(before)
	skew := now().Sub(server.Add(took / 2)).Round(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.measured, c.server = after, server.Add(took/2)
	if skew.Abs() < minSkew {
		skew = 0
	}
	if (skew - c.skew).Abs() >= minSkew {
		c.skew = skew
	}
	return nil
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
	if t := uint64(max(c.at().UnixMicro(), 1)); t > c.last.Time {
		c.last.Time, c.last.Counter = t, 0
	} else if c.last.Counter++; c.last.Counter == 0 {
		c.last.Time++
	}
	return backend.Stamp{Time: c.last.Time, Counter: c.last.Counter, Writer: c.writer}
}

// observe makes the Stamps to come newer than s, unless s is further ahead of the server
// than a Stamp can be.
func (c *clock) observe(s backend.Stamp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Time > uint64(max(c.at().Add(2*backend.MaxAhead).UnixMicro(), 0)) {
		return
	}
	s.Writer = 0
	if s.Compare(c.last) > 0 {
		c.last = s
	}
}

// toServer translates the times of a cookie from the jar's clock to the server's, and
// toJar back.
func (c *clock) toServer(r backend.Record) backend.Record { return c.shift(r, -1) }
func (c *clock) toJar(r backend.Record) backend.Record    { return c.shift(r, +1) }

func (c *clock) shift(r backend.Record, sign time.Duration) backend.Record {
	c.mu.Lock()
	skew := sign * c.skew
	c.mu.Unlock()
	if skew != 0 {
		for _, t := range []*time.Time{&r.Cookie.Expires, &r.Cookie.Created, &r.Cookie.LastAccess} {
			if !t.IsZero() {
				*t = t.Add(skew)
			}
		}
	}
	return r
}
