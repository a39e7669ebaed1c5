package store

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"uacookie/jar/internal/text"
)

// A Cookie is one stored cookie: the fields of RFC 6265bis, Section 5.7, the CHIPS
// partition, and Chromium's priority.
//
// fmt and log/slog do not show the value of a Cookie, nor of a pointer, slice, map or
// exported field that leads to one. There are two exceptions. encoding/json shows it,
// because programs save cookies with encoding/json, and slog's JSON handler uses
// encoding/json for a slice, map or struct that contains Cookies. Both fmt and slog show
// a Cookie in an unexported field of a struct, because they cannot call its methods. For
// slog, jar.RedactAttr removes the values in all these places.
type Cookie struct {
	Name  string // octets as received; may be empty
	Value string // octets as received; may be empty

	// Domain is a canonical host without a leading dot. If HostOnly is true, only that
	// host is sent the cookie; if not, the hosts below it are, too.
	Domain   string
	HostOnly bool

	Path string // starts with "/"

	// Expires is the instant from which the cookie counts as expired. The zero Time
	// means a session cookie: the draft's persistent-flag is false.
	Expires time.Time

	Secure   bool
	HttpOnly bool
	SameSite SameSite
	Priority Priority

	// Partition is the zero Partition for an unpartitioned cookie.
	Partition Partition

	// Created and LastAccess are the draft's creation-time and last-access-time.
	// LastAccess advances in steps of at least a minute. A store keeps these times and
	// Expires in UTC, rounded down to whole microseconds.
	Created    time.Time
	LastAccess time.Time

	// Order numbers the cookies of a site and its partitions in the order in which they were
	// created. It orders cookies with equal creation times. The store assigns it if it is zero.
	Order uint64
}

// Key returns the identity of c.
func (c *Cookie) Key() Key {
	return Key{c.Partition, c.Name, c.Domain, c.HostOnly, c.Path}
}

// Persistent reports whether c outlives the session.
func (c *Cookie) Persistent() bool { return !c.Expires.IsZero() }

// Expired reports whether c has expired at now.
// See RFC 6265bis, Section 5.7.
func (c *Cookie) Expired(now time.Time) bool {
	return c.Persistent() && !now.Before(c.Expires)
}

// String describes c in one line, without its value.
func (c Cookie) String() string {
	b := strconv.AppendQuote(make([]byte, 0, 96), c.Name)
	b = append(b, " for "...)
	if !c.HostOnly {
		b = append(b, "*."...)
	}
	b = append(b, text.Quote(c.Domain)...)
	b = append(b, text.Quote(c.Path)...)
	if !c.Partition.isZero() {
		b = append(b, " in "...)
		b = append(b, c.Partition.String()...)
	}
	return string(b)
}

// Format implements fmt.Formatter. For every verb it writes String, so that no verb
// shows the value.
func (c Cookie) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements slog.LogValuer. It leaves out the value.
func (c Cookie) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("name", c.Name),
		slog.String("domain", c.Domain),
		slog.Bool("hostOnly", c.HostOnly),
		slog.String("path", c.Path),
	)
}

// A Key is a cookie's identity: a store contains at most one cookie of each Key.
// See RFC 6265bis, Section 5.7, step 23, and CHIPS for the partition.
type Key struct {
	Partition Partition
	Name      string
	Domain    string
	HostOnly  bool
	Path      string
}

// A Partition is the key of a CHIPS partition. Cookies set with the Partitioned
// attribute are stored separately for each key. Where third-party cookies are partitioned,
// as in Firefox, all cookies of third parties are in these partitions, without the attribute,
// and need not be Secure. The zero Partition is for all other cookies.
type Partition struct {
	// TopLevelSite is the site of the top-level document, such as
	// "https://example.com".
	TopLevelSite string

	// CrossSiteAncestor is true for a cookie set in or below a cross-site frame, and
	// false for one set where all documents belong to one site.
	CrossSiteAncestor bool
}

// isZero reports whether p is the zero Partition.
func (p *Partition) isZero() bool { return p.TopLevelSite == "" && !p.CrossSiteAncestor }

// String returns the top-level site, followed by " (cross-site)" if p has a cross-site
// ancestor. It returns "" for the zero Partition.
func (p Partition) String() string {
	if p.CrossSiteAncestor {
		return text.Quote(p.TopLevelSite) + " (cross-site)"
	}
	return text.Quote(p.TopLevelSite)
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

// Priority is Chromium's Priority attribute. It decides which cookies are evicted first
// from a site that exceeds its limit.
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
