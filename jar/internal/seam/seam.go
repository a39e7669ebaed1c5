// Package seam has the types that package rules and package store exchange and users never
// see.
package seam

import (
	"math"
	"time"
)

// Requirements is a set of conditions on a request, one bit each. Package rules defines the
// bits: it computes the requirements of a cookie when the cookie is put, and the
// requirements that a request meets. The store only compares the two.
type Requirements uint8

// OnPath is the requirement that the path of the request matches. Every cookie has it, and the
// store tests it itself.
const OnPath Requirements = 1 << 7

// Grants are the requirements that a request meets. It always meets some; others it meets only
// for recent cookies.
type Grants struct{ always, recent Requirements }

// RecentAge is the age up to which a cookie is recent: the time for which RFC 6265bis,
// Section 5.6.7.2, allows Lax-allowing-unsafe.
const RecentAge = 2 * time.Minute

// Grant returns the Grants of a request.
func Grant(always, recent Requirements) Grants { return Grants{always, recent} }

// Lacking returns the requirements in r that a request with these Grants does not meet, for a
// cookie that is recent or not.
func Lacking(g Grants, r Requirements, recent bool) Requirements {
	r &^= g.always
	if recent {
		r &^= g.recent
	}
	return r
}

// Refused returns all requirements that a request with these Grants does not meet for a cookie
// that is not recent.
func Refused(g Grants) Requirements { return ^g.always }

// RecentSince returns the creation time, in microseconds, from which a cookie is recent now.
// If no requirement depends on that, it returns a time that never comes.
func RecentSince(g Grants, now time.Time) int64 {
	if g.recent == 0 {
		return math.MaxInt64
	}
	return recentSince(now)
}

// recentSince is the slow path of RecentSince, so that RecentSince is inlined.
func recentSince(now time.Time) int64 {
	return now.Add(time.Microsecond - 1 - RecentAge).UnixMicro() // the first whole microsecond
}

// Rules are the rules of Put that a cookie is put by.
type Rules uint8

const (
	// NoOverlay refuses the cookie if it would overlay a Secure cookie.
	NoOverlay Rules = 1 << iota

	// OverlayByHost makes a host-only cookie overlay, and be overlaid by, only cookies
	// that its own host is sent.
	OverlayByHost

	// KeepHTTPOnly refuses the cookie if it would replace an HttpOnly cookie.
	KeepHTTPOnly

	// SameValue makes the cookie inherit the creation time and order of the cookie that
	// it replaces only if both have the same value. By the draft it always inherits them.
	SameValue

	// OwnTimes makes the cookie keep its own creation time and order, for cookies loaded
	// from a file. It never inherits them from the cookie that it replaces.
	OwnTimes

	// SecureLast makes evictions by the limits of a site and of a partition those of
	// Firefox. Priorities do not count. Cookies that are not Secure are evicted first, the
	// least recently accessed before others. If the new cookie alone is not Secure, it is
	// evicted; if all are Secure, Secure ones are. A partition that exceeds
	// Limits.PartitionCount is purged to Limits.SitePurged cookies. A partition may exceed
	// Limits.PartitionBytes by a fifth, and is then purged to Limits.PartitionBytes.
	SecureLast
)

// Set switches rules on or off in r.
func Set(r *Rules, rules Rules, on bool) {
	*r &^= rules
	if on {
		*r |= rules
	}
}

// A Selection says which cookies Select returns.
type Selection uint8

const (
	OnlySent     Selection = iota // the cookies that the request is sent
	AlsoWithheld                  // also those whose requirements the request does not meet
	AlsoOffPath                   // also those, and those whose path does not match
)

// An Outcome is the result of Put.
type Outcome uint8

// The outcomes of Put.
const (
	_               Outcome = iota
	Stored                  // the cookie is in the store
	Removed                 // the cookie had expired: a stored cookie of its identity was removed
	RefusedDomain           // refused for Conditions.Host
	RefusedOverlay          // refused by the rule NoOverlay
	RefusedHTTPOnly         // refused by the rule KeepHTTPOnly
	Stale                   // Conditions.Sites is no longer the store's list: decide again
	Oversize                // the name or value exceeds 65,534 bytes, or another text far more
)
