// Package persist has the methods of a jar.Jar that only packages such as durable need,
// which keep the contents of a jar in storage.
package persist

import (
	"context"

	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Jar is a *jar.Jar with methods for packages that keep its contents. All methods but
// Record are safe for concurrent use.
type Jar interface {
	// Record makes the jar call record for each change, just before Options.Changed and
	// under the same guarantees. list is the result of SuffixList when the cookie was
	// stored, or "" if the list was replaced after the call of Record. Call Record once,
	// before the jar is used. A Clone of the jar is not recorded.
	Record(record func(c store.Change, list string))

	// SuffixList returns the name of the jar's public suffix list, followed by the name
	// of the user agent that reads it. Two lists with the same name are equal. It returns
	// "" if the list has no name.
	SuffixList() string

	// Restore is Accept for a cookie that a jar stored before, when SuffixList returned
	// list. If list is not empty and SuffixList still returns it, Restore skips the
	// public suffix lookup of the cookie's domain.
	Restore(c store.Cookie, list string) policy.Verdict

	// Settle waits until Options.Changed has returned for every change made by a call
	// that returned before Settle was called. Another goroutine may be delivering those
	// changes. Settle returns the error of ctx if ctx is done first. Options.Changed must
	// not call it.
	Settle(ctx context.Context) error
}

// Of returns j, a *jar.Jar, as a Jar. It panics if j has another type. Package jar sets this
// variable during its initialization; Of cannot be a function, because jar imports this
// package.
var Of func(j any) Jar
