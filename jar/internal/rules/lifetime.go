package rules

import (
	"math"
	"time"

	"uacookie/internal/parse"
)

// lifetime returns the expiry of a cookie with a Max-Age or Expires attribute, and reports
// whether the cap made it earlier.
// See RFC 6265bis, Section 5.7, step 6.
func (t *Admission) lifetime(l *parse.Line) (expires time.Time, capped bool) {
	if l.Has&parse.MaxAge != 0 {
		return t.Policy.maxAge(l.MaxAge, t.now) // 6.2
	}
	expires = l.Expires
	if expires.IsZero() { // a date of the year 1, which no draft's date is
		expires = earliest
	}
	if !t.server.IsZero() {
		expires = counted(expires, t.server, t.now)
	}
	return t.Policy.cap(expires, t.now) // 6.2
}

// maxAge returns the expiry of a cookie with this Max-Age.
// See RFC 6265bis, Section 5.6.2.
func (p *Policy) maxAge(seconds int64, now time.Time) (expires time.Time, capped bool) {
	if seconds <= 0 { // 7
		return earliest, false
	}
	// 292 years is the longest Duration.
	const most = math.MaxInt64 / int64(time.Second)
	age := time.Duration(min(seconds, most)) * time.Second
	if limit := p.limit(); limit > 0 && age > limit { // 5
		age, capped = limit, true // 6
	}
	return now.Add(age), capped // 7
}

// earliest is the earliest instant that is not the zero Time, which means a session
// cookie.
var earliest = time.Time{}.Add(1)

// cap returns expires, or the cap on lifetimes if that is earlier.
// See RFC 6265bis, Section 5.5, and Section 5.6.1, steps 3 and 4.
func (p *Policy) cap(expires, now time.Time) (_ time.Time, capped bool) {
	if limit := p.limit(); limit > 0 { // 3
		if latest := now.Add(limit); expires.After(latest) { // 4
			return latest, true
		}
	}
	return expires, false
}

// limit returns the cap on lifetimes. Zero or less means no cap.
func (p *Policy) limit() time.Duration {
	if p.MaxAge != 0 {
		return p.MaxAge
	}
	return rowOf(p.UserAgent).MaxAge
}
