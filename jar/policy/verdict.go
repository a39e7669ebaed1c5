// Package policy names the decisions of a jar: the user agent whose rules it follows, the
// request that they decide about, and the [Verdict] on each cookie with its [Reason]. It
// decides nothing itself. Package jar passes on most of its names; programs import
// policy for the constants of Reason:
//
//	if errors.Is(verdict.Err(), policy.ReasonSecureOverlay) { ... }
package policy

import (
	"log/slog"

	"uacookie/jar/internal/trace"
	"uacookie/jar/store"
)

// A Verdict is the decision about one cookie. It is a value: copy it freely.
type Verdict struct {
	// Cookie is the cookie as it was stored or found. If the cookie was refused, it has
	// what could be parsed of it.
	Cookie store.Cookie

	// Reason is why the cookie was refused or withheld. Zero means that it was stored or
	// sent. A limit may evict a stored cookie at once: on a site that is full of Secure
	// cookies, Firefox keeps no other. jar.Options.Changed gets both changes.
	Reason Reason

	// Host is the host of the request, in canonical form if it has one.
	Host string

	// Capped reports that the cookie asked for a longer lifetime than the cap allows. See
	// RFC 6265bis, Section 5.5.
	Capped bool

	// MadeHostOnly reports that a ready-made cookie, from a file or a program, was for all
	// hosts below a public suffix, and is stored for the suffix itself as its host.
	MadeHostOnly bool

	// Removed reports that the cookie was not refused, but had already expired. It only
	// removed the stored cookie of the same identity, if there was one.
	Removed bool

	// Trace is what Steps reads. Its type is internal: do not change it.
	Trace trace.Set
}

// OK reports whether the cookie was neither refused nor withheld.
func (v Verdict) OK() bool { return v.Reason == 0 }

// Err returns a *Refusal, or nil if v is OK.
func (v Verdict) Err() error {
	if v.Reason == 0 {
		return nil
	}
	return &Refusal{Reason: v.Reason, Name: v.Cookie.Name, Host: v.Host}
}

// String describes the verdict in a line, without the cookie's value.
func (v Verdict) String() string {
	if v.Reason == 0 {
		return v.Cookie.String() + ": ok"
	}
	return v.Cookie.String() + ": " + v.Reason.String()
}

// LogValue implements slog.LogValuer, without the cookie's value.
func (v Verdict) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("cookie", v.Cookie), slog.String("reason", v.Reason.String()), slog.String("host", v.Host))
}
