package policy

import (
	"time"

	"uacookie/internal/parse"
)

// ServerTime returns the server's time, given the Date field values of a response, for
// [Request.ServerTime]. It reads the first value, as Chromium does, and returns the zero
// Time if that cannot be read or dates is empty.
func ServerTime(dates []string) time.Time {
	if len(dates) == 0 {
		return time.Time{}
	}
	t, ok := parse.ServerTime(dates[0])
	if ok && t.IsZero() {
		return time.Time{}.Add(1) // the zero Time stands for none
	}
	return t
}
