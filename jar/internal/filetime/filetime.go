// Package filetime corrects the creation times of cookies in files.
package filetime

import "time"

// Created returns the creation time to use for a cookie from a file. created is the creation
// time in the file, or the zero Time if the file has none. modified is the time of the
// file's last change, or the zero Time if it is unknown.
//
// If a cookie's creation is later than now, the clock is taken to be behind, and the cap on
// lifetimes counts from the creation. But a file cannot contain a cookie that was created
// after the file was written. So a creation time later than both modified and now is forged
// and must not extend the cookie's lifetime.
func Created(created, modified, now time.Time) time.Time {
	switch {
	case modified.IsZero():
		return created
	case created.IsZero() && modified.After(now):
		return modified
	case created.After(now) && created.After(modified):
		return later(modified, now)
	}
	return created
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
