package browser

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
)

// Sites are the web that a browser sees: the handler of each origin, such as
// "https://bank.test" or "http://localhost:8080". WebSockets are served by the https
// or http origin.
type Sites map[string]http.Handler

// Forward returns a handler that has rt answer: an httptest server, a real service.
// A [Browser] asks rt directly, with the URL of the site, and so without loss; rt
// must be safe for concurrent use.
func Forward(rt http.RoundTripper) http.Handler { return forward{rt} }

type forward struct{ http.RoundTripper }

// ServeHTTP implements [http.Handler], for a forward inside of another handler.
func (f forward) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	proxy := httputil.ReverseProxy{
		Transport: f.RoundTripper,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = "http", p.In.Host
			if p.In.TLS != nil {
				p.Out.URL.Scheme = "https"
			}
		},
	}
	w.Header().Del("Date") // the one that comes from there counts
	proxy.ServeHTTP(w, r)
}

// dated returns h with responses that have the browser's time in their Date field,
// unless h sets it.
func (b *Browser) dated(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", b.now().UTC().Format(http.TimeFormat))
		h.ServeHTTP(w, r)
	})
}

// serve sets up a server for each site.
func (b *Browser) serve(sites Sites) {
	b.servers = make(map[string]http.Handler, len(sites))
	servers := make(map[string]*http.Server)
	for key, h := range sites {
		u, err := parse(nil, key)
		if err != nil || h == nil || !isOrigin(key, u) {
			panic(fmt.Sprintf("browser: Sites[%q]: want an origin, such as https://bank.test, and a handler", key))
		}
		o := origin(u)
		b.servers[o] = h
		if _, ok := h.(forward); !ok {
			servers[o] = &http.Server{Handler: b.dated(h)}
		}
	}
	b.transport = newTransport(servers)
}

// isOrigin reports whether the text of u is an origin and no more.
func isOrigin(text string, u *url.URL) bool {
	_, rest, _ := strings.Cut(text, "://")
	return httpScheme(u.Scheme) == u.Scheme && !strings.ContainsAny(strings.TrimSuffix(rest, "/"), "/?#@")
}

// roundTripper returns what answers for the site of u.
func (b *Browser) roundTripper(u *url.URL) (http.RoundTripper, error) {
	switch h := b.servers[origin(u)].(type) {
	case nil:
		return nil, &UnservedError{origin(u), slices.Sorted(maps.Keys(b.servers))}
	case forward:
		return h, nil
	default:
		return b.transport, nil
	}
}

// An UnservedError is the error for a request to an origin that no site serves.
type UnservedError struct {
	Origin string
	Sites  []string // the origins that are served
}

// Error implements error.
func (e *UnservedError) Error() string {
	has := "none"
	if len(e.Sites) > 0 {
		has = strings.Join(e.Sites, ", ")
	}
	return "no site serves " + e.Origin + "; Sites has " + has
}
