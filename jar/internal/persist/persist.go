// Package persist is what a package that keeps a jar's contents somewhere else, as durable
// does, needs of a jar.Jar and no user does.
package persist

import (
	"context"

	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Jar is a *jar.Jar as a package that keeps its contents uses it. It is safe for
// concurrent use, except for Record.
type Jar interface {
	// Record calls record for each change, just before Options.Changed and on the same
	// terms. The list is what SuffixList returned when the cookie came in, or "" if the
	// list has been replaced since the call of Record. Call it once, before the jar is
	// used. A Clone of the jar is not recorded.
	Record(record func(c store.Change, list string))

	// SuffixList returns the name of the public suffix list by which the jar takes
	// cookies, with the user agent that reads it. Equal names are equal lists. It
	// returns "" if the list has no name.
	SuffixList() string

	// Restore is Accept for a cookie that a jar had before, and that was taken when
	// SuffixList returned list. If SuffixList returns the same now, and list is not
	// empty, Restore does not look the cookie's domain up in the list again.
	Restore(c store.Cookie, list string) policy.Verdict

	// Settle waits until Options.Changed has returned for every change made by a call
	// that returned before Settle was called: another goroutine may be delivering those
	// changes. It returns the error of ctx if ctx is done first. Options.Changed must not
	// call Settle.
	Settle(ctx context.Context) error
}

// Of returns a *jar.Jar as a Jar; it panics if j is anything else. Package jar sets it when
// it is initialized. It is a variable because jar imports this package.
var Of func(j any) Jar
