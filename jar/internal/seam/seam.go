// Package seam has the types with which package rules asks the store, and the store answers,
// that are no concern of users.
package seam

// Requirements is a set of conditions on a request, one bit each. The rules give the bits
// their meaning: they compile what a cookie requires when it is put, and what a request
// grants when it asks. The store compares.
type Requirements uint8

// An Outcome is what became of a cookie that was put.
type Outcome uint8

// The outcomes of Put.
const (
	_               Outcome = iota
	Stored                  // the cookie is in the store
	Removed                 // it had expired: the cookie that it replaced is gone
	RefusedDomain           // Conditions.Host
	RefusedOverlay          // Conditions.NoOverlay
	RefusedHTTPOnly         // Conditions.KeepHTTPOnly
	Stale                   // Conditions.Sites is not the store's list: decide again
	Oversize                // the name or value has more than 65,534 bytes, or another text far more
)
