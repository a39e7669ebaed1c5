// Package clock tells the time.
package clock

import (
	"sync/atomic"
	"time"
)

// A Clock tells the time. The zero Clock is the system's. It must not be copied after
// first use, and is safe for concurrent use if Func is.
type Clock struct {
	// Func, if not nil, is what Now returns. Set it before the Clock is used.
	Func func() time.Time

	ahead atomic.Int64 // how far the time of day, in nanoseconds since 1970, is ahead of that since began
	until atomic.Int64 // how long after began the time of day is to be read again
}

// reading is how long a reading of the time of day counts.
const reading = 10 * time.Millisecond

// began is where the monotonic clock is read from.
var began = time.Now()

// Now returns the current time, that of the system in UTC. [time.Now] reads two clocks, the
// time of day and the monotonic one, which was a quarter of a hot read. This reads the
// second, and the first only once in ten milliseconds: that much later it may see that
// somebody has set it, or that the machine has slept.
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
