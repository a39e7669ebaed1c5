package browser

import (
	"fmt"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar"
)

func (b *Browser) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}

// noteClocks notes each Expires that may be by another clock than it is counted by: the two
// clocks differ by more than the cookie would live by one of them. The clocks are the browser's,
// the server's by its Date, and the machine's, which a handler in the process reads with
// time.Now. An Expires that deletes a cookie is long past by all clocks.
func (x *Exchange) noteClocks(r *jar.Request, lines []string, now, machine time.Time) {
	for _, line := range lines {
		l := parse.SetCookie(line, 0)
		if l.Has&parse.Expires == 0 || l.Has&parse.MaxAge != 0 {
			continue
		}
		name := quote(l.Name)
		switch date := r.ServerTime; {
		case !date.IsZero() && confused(l.Expires, date, now):
			x.note("Expires of %s: the Date of the response is %s the browser's clock. Expires counts from Date, so the cookie %s. If it is by the browser's clock, leave Date to the browser.",
				name, apart(date, now), lives(l.Expires.Sub(date)))
		case confused(l.Expires, machine, now) && apartBy(l.Expires, machine) < apartBy(l.Expires, now):
			x.note("Expires of %s: it seems to be by time.Now, which is %s the browser's clock, so the cookie %s. Have the handler read the browser's clock, or set Date.",
				name, apart(machine, now), lives(l.Expires.Sub(now)))
		}
	}
}

// confused reports whether it matters for a cookie by which clock its Expires is.
func confused(expires, clock, browser time.Time) bool {
	return apartBy(clock, browser) > max(2*time.Second, min(apartBy(expires, clock), apartBy(expires, browser)))
}

func apartBy(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// apart says by how much a is before or after b.
func apart(a, b time.Time) string {
	if a.Before(b) {
		return span(b.Sub(a)) + " behind"
	}
	return span(a.Sub(b)) + " ahead of"
}

// lives says how long a cookie lives.
func lives(d time.Duration) string {
	if d <= 0 {
		return "is dead on arrival"
	}
	return "lives " + span(d)
}

// span returns a duration as one says it.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*365*day:
		return fmt.Sprintf("%d years", d/(365*day))
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.Round(time.Second).String()
}

// note adds a line about what the browser did.
func (x *Exchange) note(format string, args ...any) {
	x.Notes = append(x.Notes, fmt.Sprintf(format, args...))
}
