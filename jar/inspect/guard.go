package inspect

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// protect sets the security header fields of every response.
func protect(h http.Header) {
	// Nothing on the page is inline, so markup injected by a cookie neither runs nor loads.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, forms would send "Origin: null"
	h.Set("Cache-Control", "no-store")
}

// refuse returns the reason to refuse a request, or "" to answer it.
func (h *Handler) refuse(r *http.Request) string {
	switch host := hostname(r.Host); {
	case h.admits(host):
	case !isLoopback(host):
		// DNS rebinding: a site may let its name resolve to 127.0.0.1 after its page loaded.
		return "the page is not served under this host name; see inspect.Options.Hosts"
	case !isLoopback(hostname(r.RemoteAddr)):
		return "the request is not from this machine; see inspect.Options.Hosts"
	case forwarded(r.Header):
		return "a proxy forwarded the request; see inspect.Options.Hosts"
	}
	if !sameOrigin(r) {
		return "the request is from another web page; type or paste the address instead"
	}
	return ""
}

// admits reports whether Options.Hosts admits requests to host from any machine.
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

// isLoopback reports whether every browser resolves host to this machine. Subdomains of
// localhost do not count.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// forwarded reports whether a request has a header field that proxies add.
func forwarded(h http.Header) bool {
	for _, field := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if h[field] != nil {
			return true
		}
	}
	return false
}

// sameOrigin reports whether a request comes from the page itself, from the address bar, or
// not from a browser. Unlike [http.CrossOriginProtection], it also checks GET: the time that
// a response takes must not tell other pages what is in the jar.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "": // an old browser, or not a browser
		origin := r.Header.Get("Origin")
		if origin == "" {
			return true
		}
		u, err := url.Parse(origin)
		return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
	}
	return false
}
