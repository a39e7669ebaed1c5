// Package filetime says when the cookies in a file were created.
package filetime

import "time"

// Created returns when to take a cookie to be created that a file says was at created,
// the zero Time if it does not say. modified is when the file was last written, the zero
// Time if that is unknown.
//
// The cap on lifetimes counts from a cookie's creation if that is later than now, since
// then the clock is behind. No file can have a cookie that was created after it was
// written: a creation time that is later, and later than now, is made up, and must not
// extend the cookie's lifetime.
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
