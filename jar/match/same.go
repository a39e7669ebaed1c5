package match

import (
	"net/url"
	"strings"
)

// A Site is what the origin of a URL is reduced to where requests are sorted
// into same-site and cross-site ones. See RFC 6265bis, Section 5.2, which takes
// the term from HTML: the scheme counts.
//
// The zero Site is opaque, and same-site with nothing, itself included: it must
// be compared with [Site.Same], not with ==, which serves for map keys.
type Site struct {
	Scheme string // "http", "https", or empty if opaque
	Name   string // as [Sites.Site] returns it
}

// Of returns the site of u. WebSockets count as the HTTP they begin with. If u
// is nil, has another scheme or no canonical host, its site is opaque.
func (s Sites) Of(u *url.URL) Site {
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
	host, ok := Host(u.Host)
	if !ok {
		return Site{}
	}
	return Site{scheme, s.Site(host)}
}

// Same reports whether two sites are the same and not opaque.
func (s Site) Same(t Site) bool { return s == t && s != Site{} }

// String returns the site as HTML serializes an origin: "https://example.com",
// or "null" if it is opaque.
func (s Site) String() string {
	if s == (Site{}) {
		return "null"
	}
	return s.Scheme + "://" + s.Name
}
