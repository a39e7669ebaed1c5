package store

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"
)

// A Cookie is one stored cookie: the fields that RFC 6265bis, Section 5.7
// names, the partition of CHIPS, and Chromium's priority.
//
// fmt and log/slog do not show the value of a Cookie, nor of a pointer, slice, map or
// exported field that leads to one, with two exceptions. encoding/json does show it, as
// programs save cookies with it, and slog's JSON handler uses encoding/json for a slice,
// map or struct that has Cookies in it. Both fmt and slog show what is in a struct's
// unexported field, whose methods they cannot call. For slog, jar.RedactAttr takes out
// the values in all these places.
type Cookie struct {
	Name  string // octets as received; may be empty
	Value string // octets as received; may be empty

	// Domain is a canonical host without a leading dot. If HostOnly, the cookie
	// is for that host alone; if not, also for the hosts below it.
	Domain   string
	HostOnly bool

	Path string // starts with "/"

	// Expires is the instant at which the cookie is no longer there. The zero
	// Time stands for a session cookie, the draft's persistent-flag being false.
	Expires time.Time

	Secure   bool
	HttpOnly bool
	SameSite SameSite
	Priority Priority

	// Partition is the zero Partition for an unpartitioned cookie.
	Partition Partition

	// Created and LastAccess are the draft's creation-time and
	// last-access-time. LastAccess moves in steps of at least a minute. A store
	// keeps these times and Expires in UTC and whole microseconds.
	Created    time.Time
	LastAccess time.Time

	// Order numbers cookies in the order in which they were created: it decides
	// between equal creation times. The store assigns it where it is zero.
	Order uint64
}

// Key returns the identity of c.
func (c *Cookie) Key() Key {
	return Key{c.Partition, c.Name, c.Domain, c.HostOnly, c.Path}
}

// Persistent reports whether c outlives the session.
func (c *Cookie) Persistent() bool { return !c.Expires.IsZero() }

// Expired reports whether c is no longer there at now.
// See RFC 6265bis, Section 5.7.
func (c *Cookie) Expired(now time.Time) bool {
	return c.Persistent() && !now.Before(c.Expires)
}

// String describes c in a line, without its value.
func (c Cookie) String() string {
	b := strconv.AppendQuote(make([]byte, 0, 96), c.Name)
	b = append(b, " for "...)
	if !c.HostOnly {
		b = append(b, "*."...)
	}
	b = append(b, printable(c.Domain)...)
	b = append(b, printable(c.Path)...)
	if !c.Partition.isZero() {
		b = append(b, " in "...)
		b = append(b, c.Partition.String()...)
	}
	return string(b)
}

// Format implements fmt.Formatter: whatever the verb, it is String that is
// written, so that none shows the value.
func (c Cookie) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements slog.LogValuer, without the value.
func (c Cookie) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("name", c.Name),
		slog.String("domain", c.Domain),
		slog.Bool("hostOnly", c.HostOnly),
		slog.String("path", c.Path),
	)
}

// printable returns s, quoted if it holds anything that a terminal may act on.
func printable(s string) string {
	if q := strconv.QuoteToASCII(s); len(q) != len(s)+2 {
		return q
	}
	return s
}

// A Key is a cookie's identity: a store has at most one cookie of each Key.
// See RFC 6265bis, Section 5.7, step 23; the partition is that of CHIPS.
type Key struct {
	Partition Partition
	Name      string
	Domain    string
	HostOnly  bool
	Path      string
}

// A Partition is the key of a CHIPS partition: cookies set with the Partitioned
// attribute are kept apart for each. Where third-party cookies are partitioned, as in
// Firefox, those of third parties are in the same partitions without the attribute, and
// need not be Secure. The zero Partition holds all other cookies.
type Partition struct {
	// TopLevelSite is the site of the top-level document, such as
	// "https://example.com".
	TopLevelSite string

	// CrossSiteAncestor tells a cookie set below a cross-site frame from one set
	// where all documents are of one site.
	CrossSiteAncestor bool
}

// isZero reports whether p is the zero Partition.
func (p *Partition) isZero() bool { return p.TopLevelSite == "" && !p.CrossSiteAncestor }

// String returns the top-level site, marked if there is a cross-site ancestor;
// "" for the zero Partition.
func (p Partition) String() string {
	if p.CrossSiteAncestor {
		return printable(p.TopLevelSite) + " (cross-site)"
	}
	return printable(p.TopLevelSite)
}

// SameSite is a cookie's same-site-flag.
type SameSite uint8

// The same-site-flags of RFC 6265bis, Section 5.6.7.
const (
	SameSiteDefault SameSite = iota // the attribute was missing or unknown
	SameSiteNone
	SameSiteLax
	SameSiteStrict
)

// String returns the attribute's value, or "" for SameSiteDefault.
func (s SameSite) String() string {
	switch s {
	case SameSiteNone:
		return "None"
	case SameSiteLax:
		return "Lax"
	case SameSiteStrict:
		return "Strict"
	}
	return ""
}

// Priority is Chromium's Priority attribute. It decides which cookies of a site
// at its limit go first.
type Priority uint8

// The priorities. The zero value is the default.
const (
	PriorityMedium Priority = iota
	PriorityLow
	PriorityHigh
)

// String returns the attribute's value.
func (p Priority) String() string {
	switch p {
	case PriorityLow:
		return "Low"
	case PriorityHigh:
		return "High"
	}
	return "Medium"
}
