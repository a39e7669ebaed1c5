package policy

import (
	"log/slog"

	"uacookie/jar/internal/trace"
	"uacookie/jar/store"
)

// A Verdict is the decision about one cookie.
type Verdict struct {
	// Cookie is the cookie as it was stored or found, or, if it was refused, as
	// far as it was understood.
	Cookie store.Cookie

	// Reason is why the cookie was refused or withheld; zero if it was not.
	Reason Reason

	// Host is the host that the request was to, canonical if it could be.
	Host string

	// Capped reports that the cookie asked for a longer life than the cap on
	// lifetimes gives. See RFC 6265bis, Section 5.5.
	Capped bool

	// MadeHostOnly reports that a ready-made cookie, from a file or a program, was for
	// all hosts below a public suffix, and is now for the host of that name alone.
	MadeHostOnly bool

	// Removed reports that the cookie was accepted and had already expired, so
	// that all it did was to remove the one it replaced.
	Removed bool

	// Trace is what Steps reads. Its type is internal: leave it as it is.
	Trace trace.Set
}

// OK reports whether the cookie was accepted or sent.
func (v Verdict) OK() bool { return v.Reason == 0 }

// Err returns a *Refusal, or nil if the cookie was accepted or sent.
func (v Verdict) Err() error {
	if v.Reason == 0 {
		return nil
	}
	return v.Refusal()
}

// Refusal returns the refusal, or nil if the cookie was accepted or sent.
func (v Verdict) Refusal() *Refusal {
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
