// Package samesite computes the site of a URL, which decides whether a request is same-site or
// cross-site. Package rules and the harness's browser share it.
package samesite

import (
	"net/url"
	"strings"

	"uacookie/jar/match"
)

// A Site is the part of a URL's origin that decides whether a request is same-site or
// cross-site: the scheme and the registrable domain. See RFC 6265bis, Section 5.2, which
// takes the term from HTML.
//
// The zero Site is opaque. It is not same-site with any site, not even with itself, so
// compare sites with [Site.Same] and not with ==. Sites may be map keys.
type Site struct {
	Scheme string // "http", "https", or empty if opaque
	Name   string // as [match.Sites.Site] returns it
}

// Of returns the site of u by a public suffix list. The schemes ws and wss count as http and
// https. If u is nil, has another scheme or no canonical host, its site is opaque.
func Of(sites *match.Sites, u *url.URL) Site {
	if u == nil {
		return Site{}
	}
	var scheme string
	switch strings.ToLower(u.Scheme) {
	case "http", "ws":
		scheme = "http"
	case "https", "wss":
		scheme = "https"
	default:
		return Site{}
	}
	host, ok := match.Host(u.Host)
	if !ok {
		return Site{}
	}
	return Site{scheme, sites.Site(host)}
}

// Same reports whether s and t are equal and not opaque.
func (s Site) Same(t Site) bool { return s == t && s != Site{} }

// String returns the site in HTML's serialization of an origin, such as
// "https://example.com". It returns "null" for the opaque site.
func (s Site) String() string {
	if s == (Site{}) {
		return "null"
	}
	return s.Scheme + "://" + s.Name
}
