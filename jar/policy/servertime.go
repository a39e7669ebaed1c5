package policy

import (
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/internal/agent"
)

// ServerTime returns the server's time as u reads it in the Date field values of a
// response, for [Request.ServerTime]. It is the zero Time if u cannot read it there. All
// read the first value but Firefox, which passes over values that it cannot read.
func (u UserAgent) ServerTime(dates []string) time.Time {
	read := parse.ServerTime
	if u.row().Has(agent.NSPRDates) {
		read = func(s string) (time.Time, bool) { return parse.Date(s, parse.NSPRDates) }
	} else if len(dates) > 1 {
		dates = dates[:1]
	}
	for _, d := range dates {
		if t, ok := read(d); ok {
			if t.IsZero() {
				t = t.Add(1) // the zero Time means no date
			}
			return t
		}
	}
	return time.Time{}
}
