package browser

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"uacookie/jar/internal/urls"
	"uacookie/jar/match"
)

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// httpScheme returns the scheme of the HTTP that a connection begins with, or "" if
// it begins with no HTTP.
func httpScheme(scheme string) string {
	switch scheme {
	case "http", "ws":
		return "http"
	case "https", "wss":
		return "https"
	}
	return ""
}

// resolve returns the URL that a document at base means by s, as a browser has it:
// absolute, its host canonical, without a default port. Where base is nil, s must be
// absolute.
func resolve(base *url.URL, s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return nil, fmt.Errorf("URL %q: %w", s, err)
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	scheme := httpScheme(u.Scheme)
	if scheme == "" {
		return nil, fmt.Errorf("URL %q: want http, https, ws or wss, and a host, such as https://bank.test/", s)
	}
	host, ok := match.Host(u.Host)
	if !ok {
		return nil, fmt.Errorf("URL %q: invalid host %q", s, u.Host)
	}
	port := u.Port()
	if port == defaultPorts[scheme] {
		port = ""
	}
	u.Host = join(host, port)
	if u.Path == "" && u.Opaque == "" {
		u.Path = "/"
	}
	return u, nil
}

// join returns host:port, or host if there is no port.
func join(host, port string) string {
	if port == "" {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// serialize returns an origin as text. An IPv6 host may be with or without brackets.
func serialize(scheme, host, port string) string {
	if strings.Contains(host, ":") && host[0] != '[' {
		host = "[" + host + "]"
	}
	return scheme + "://" + join(host, port)
}

// origin returns the origin of a URL that [resolve] returned; "null", an opaque one,
// for nil. A WebSocket has the origin of the HTTP that it begins with.
func origin(u *url.URL) string {
	if u == nil {
		return "null"
	}
	return httpScheme(u.Scheme) + "://" + u.Host
}

// sameOrigin reports whether two URLs have the same origin, and not an opaque one.
func sameOrigin(u, v *url.URL) bool {
	return u != nil && v != nil && origin(u) == origin(v)
}

// trustworthy reports whether a URL is potentially trustworthy: what it says comes
// from an encrypted connection or from this machine.
func trustworthy(u *url.URL) bool {
	host, _ := match.Host(u.Host)
	return urls.Secure(u.Scheme, host)
}

// withoutFragment returns u as it is requested.
func withoutFragment(u *url.URL) *url.URL {
	v := *u
	v.Fragment, v.RawFragment = "", ""
	return &v
}
