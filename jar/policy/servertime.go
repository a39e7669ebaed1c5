package policy

import (
	"time"

	"uacookie/internal/parse"
)

// ServerTime returns the server's time for [Request.ServerTime], given the Date field values
// of a response. It reads the first value, as Chromium does. It returns the zero Time if
// that is not a date, or dates is empty.
func ServerTime(dates []string) time.Time {
	if len(dates) == 0 {
		return time.Time{}
	}
	t, ok := parse.ServerTime(dates[0])
	if ok && t.IsZero() {
		return time.Time{}.Add(1) // the zero Time means no date
	}
	return t
}
