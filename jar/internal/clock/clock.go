// Package clock reads the system clock at less cost than time.Now.
package clock

import (
	"sync/atomic"
	"time"
)

// A Clock returns the current time. The zero Clock is the system clock. A Clock must not be
// copied after first use. It is safe for concurrent use if Func is.
type Clock struct {
	// Func, if not nil, is called by Now in place of the system clock. Set it before the
	// Clock is used.
	Func func() time.Time

	ahead atomic.Int64 // time of day minus time since began, in nanoseconds
	until atomic.Int64 // time since began, in nanoseconds, at which to read the time of day again
}

// A Lazy is a time, or a Clock from which the time is read when it is first needed.
type Lazy struct {
	clock *Clock // nil once it was read
	now   time.Time
}

// At returns a Lazy for a time that is known.
func At(now time.Time) Lazy { return Lazy{now: now} }

// Lazy returns a Lazy that reads c.
func (c *Clock) Lazy() Lazy { return Lazy{clock: c} }

// Time returns the time. It is the same in each call.
func (l *Lazy) Time() time.Time {
	if c := l.clock; c != nil {
		l.clock, l.now = nil, c.Now()
	}
	return l.now
}

// reading is the time for which a reading of the time of day is used.
const reading = 10 * time.Millisecond

// began is the origin of the monotonic clock readings.
var began = time.Now()

// Now returns the current time, in UTC unless Func is set. [time.Now] reads two clocks, the
// time of day and the monotonic clock. That took a quarter of a hot read of the jar. Now
// reads the monotonic clock each time, and the time of day once every 10 ms. So it may take
// up to 10 ms to notice that the time of day was set, or that the machine was suspended.
func (c *Clock) Now() time.Time {
	if c.Func != nil {
		return c.Func()
	}
	since := time.Since(began)
	// A bubble of testing/synctest has a monotonic clock of its own, which may be behind.
	if until := time.Duration(c.until.Load()); since >= until || since < until-reading {
		now := time.Now()
		since = now.Sub(began)
		c.ahead.Store(now.UnixNano() - int64(since))
		c.until.Store(int64(since + reading))
	}
	return time.Unix(0, c.ahead.Load()+int64(since)).UTC()
}
