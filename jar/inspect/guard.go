package inspect

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// protect sets the header fields that each answer has.
func protect(h http.Header) {
	// There is nothing inline, so what a cookie might smuggle in neither runs nor
	// loads.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin") // no-referrer would have forms sent with "Origin: null"
	h.Set("Cache-Control", "no-store")
}

// refuse returns why a request is not answered, or "" if it is.
func (h *Handler) refuse(r *http.Request) string {
	switch host := hostname(r.Host); {
	case h.admits(host):
	case !isLoopback(host):
		// A site may have its own name resolve to 127.0.0.1 once its page is loaded.
		return "this host is not one that the page is served for; see inspect.Options.Hosts"
	case !isLoopback(hostname(r.RemoteAddr)):
		return "the request is not from this machine; see inspect.Options.Hosts"
	case forwarded(r.Header):
		return "a proxy has forwarded the request; see inspect.Options.Hosts"
	}
	if !sameOrigin(r) {
		return "the request is from another web page; type or paste the address instead"
	}
	return ""
}

// admits reports whether the owner lets a host be asked for from anywhere.
func (h *Handler) admits(host string) bool {
	return slices.ContainsFunc(h.options.Hosts, func(admitted string) bool {
		return admitted == "*" || strings.EqualFold(strings.Trim(admitted, "[]"), host)
	})
}

// hostname returns a host without its port and brackets.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// isLoopback reports whether a host is this machine to every browser: names below
// localhost are not.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// forwarded reports whether a proxy says that a request is not its own.
func forwarded(h http.Header) bool {
	for _, field := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if h[field] != nil {
			return true
		}
	}
	return false
}

// sameOrigin reports whether a request is from a page of ours, typed by a user, or
// not from a browser. Unlike [http.CrossOriginProtection], it makes no exception of
// GET: another page is not to find out, by how long it takes, what is in the jar.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "": // an old browser, or none
		origin := r.Header.Get("Origin")
		if origin == "" {
			return true
		}
		u, err := url.Parse(origin)
		return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
	}
	return false
}
