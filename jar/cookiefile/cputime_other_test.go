//go:build !unix

package cookiefile

import "time"

var started = time.Now()

// cpuTime returns a time by the clock, for want of another.
func cpuTime() time.Duration { return time.Since(started) }
