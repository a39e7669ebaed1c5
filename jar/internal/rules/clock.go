package rules

import (
	"time"
)

// counted returns when a cookie expires by our clock, given the Expires that the
// server wrote and what its clock showed now.
//
// Deviation: the draft has Expires stand for a time by the user agent's clock. Chromium
// and Firefox count it from the server's, and servers whose clock is wrong rely on that:
// a login that is to last for ten minutes would not last at all. See RFC 6265bis, Section
// 5.6.1, step 3.
func counted(expires, server, now time.Time) time.Time {
	const first, last = -62135596800 + 2, 1 << 43 // seconds within which all sums are times, and not the zero Time
	seconds := func(t time.Time) int64 { return min(max(t.Unix(), first), last) }

	// A Duration would overflow after 292 years.
	sum := seconds(expires) - seconds(server) + seconds(now)
	nanos := expires.Nanosecond() - server.Nanosecond() + now.Nanosecond()
	return time.Unix(min(max(sum, first), last), int64(nanos)).UTC()
}
