// Package seam has the types that package rules and package store exchange and users never
// see.
package seam

// Requirements is a set of conditions on a request, one bit each. Package rules defines the
// bits: it computes the requirements of a cookie when the cookie is put, and the
// requirements that a request meets. The store only compares the two.
type Requirements uint8

// An Outcome is the result of Put.
type Outcome uint8

// The outcomes of Put.
const (
	_               Outcome = iota
	Stored                  // the cookie is in the store
	Removed                 // the cookie had expired: a stored cookie of its identity was removed
	RefusedDomain           // refused for Conditions.Host
	RefusedOverlay          // refused for Conditions.NoOverlay
	RefusedHTTPOnly         // refused for Conditions.KeepHTTPOnly
	Stale                   // Conditions.Sites is no longer the store's list: decide again
	Oversize                // the name or value exceeds 65,534 bytes, or another text far more
)
