package policy

import (
	"math"
	"time"

	"uacookie/internal/parse"
)

// lifetime returns when a cookie expires, the zero Time for a session cookie, and
// whether that is sooner than it asked for.
// See RFC 6265bis, Section 5.7, step 6.
func (p *Policy) lifetime(l *parse.Line, now time.Time) (expires time.Time, capped bool) {
	switch {
	case l.Has&parse.MaxAge != 0:
		return p.maxAge(l.MaxAge, now) // 6.2
	case l.Has&parse.Expires != 0:
		return p.cap(l.Expires, now) // 6.2
	}
	return time.Time{}, false // 6.1: not persistent
}

// maxAge returns when a cookie with that Max-Age expires.
// See RFC 6265bis, Section 5.6.2.
func (p *Policy) maxAge(seconds int64, now time.Time) (expires time.Time, capped bool) {
	if seconds <= 0 { // 7
		return earliest, false
	}
	// 292 years is the longest Duration: as good as for ever.
	const most = math.MaxInt64 / int64(time.Second)
	expires = now.Add(time.Duration(min(seconds, most)) * time.Second) // 7
	return p.cap(expires, now)                                         // 5 and 6
}

// earliest is the earliest instant that is not the zero Time, which stands for
// none at all.
var earliest = time.Time{}.Add(1)

// cap returns expires, or the cap on lifetimes if that is sooner.
// See RFC 6265bis, Section 5.5, and Section 5.6.1, steps 3 and 4.
func (p *Policy) cap(expires, now time.Time) (_ time.Time, capped bool) {
	limit := p.MaxAge
	if limit == 0 {
		limit = p.UserAgent.agent().maxAge
	}
	if limit > 0 { // 3
		if latest := now.Add(limit); expires.After(latest) { // 4
			return latest, true
		}
	}
	return expires, false
}
