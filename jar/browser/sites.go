package browser

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
)

// Sites are the web that a browser sees: the handler of each origin, such as
// "https://bank.test" or "http://localhost:8080". WebSockets are served by the https
// or http origin.
type Sites map[string]http.Handler

// Forward returns a handler that has rt answer: see [ForwardTo] for a server at an address.
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

// ForwardTo is [Forward] to the server at a URL with a scheme, a host and perhaps a port, such
// as the URL of an httptest.Server. The server sees the host of the site in Host.
// Requests are made by rt; nil means an http.Transport of its own. A server with a certificate of its
// own making needs a transport that trusts it: of an httptest.Server, that is
// server.Client().Transport.
func ForwardTo(server string, rt http.RoundTripper) http.Handler {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return forward{misdirected(server)}
	}
	if rt == nil {
		rt = &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	}
	return forward{redirected{u, rt}}
}

// A misdirected transport is one to no URL.
type misdirected string

func (m misdirected) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("ForwardTo(%q): want the URL of a server, such as http://127.0.0.1:8080", string(m))
}

// A redirected transport has all requests go to one server.
type redirected struct {
	server *url.URL
	rt     http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (d redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.WithContext(r.Context())
	u := *r.URL
	u.Scheme, u.Host = d.server.Scheme, d.server.Host
	out.URL, out.Host = &u, r.Host
	resp, err := d.rt.RoundTrip(out)
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return nil, fmt.Errorf("%w: pass ForwardTo a transport that trusts the server, such as server.Client().Transport", err)
	case err != nil:
		return nil, err
	}
	resp.Request = r
	return resp, nil
}

// A site is what answers for an origin.
type site struct {
	handler http.Handler
	server  *http.Server // nil if it is a forward
}

// Serve adds a site, or replaces the one at that origin; a nil handler removes it. It may be
// called at any time. It panics if where is not an origin.
func (b *Browser) Serve(where string, h http.Handler) {
	if b.ordinary != nil {
		b.ordinary.Serve(where, h)
		return
	}
	u, err := resolve(nil, where)
	if err != nil || !isOrigin(where, u) {
		b.failf("Sites[%q]: want an origin, such as https://bank.test, without a path", where)
		return
	}
	at := origin(u)
	s := site{handler: h}
	if f, ok := h.(forward); ok {
		if f.RoundTripper == nil {
			b.failf("Sites[%q]: Forward wants a transport, such as http.DefaultTransport, and not nil", where)
		}
	} else {
		s.server = &http.Server{Handler: b.guarded(at, h)}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if h == nil {
		delete(b.servers, at)
		return
	}
	b.servers[at] = s
}

// server returns the server at an origin, nil for none.
func (b *Browser) server(origin string) *http.Server {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.servers[origin].server
}

// guarded returns h with responses that have the browser's time in their Date field,
// unless h sets it. If h panics, the error of the [Response] says so.
func (b *Browser) guarded(origin string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				b.mu.Lock()
				b.panics[origin] = fmt.Errorf("the handler panicked: %v\n%s", v, debug.Stack())
				b.mu.Unlock()
			}
			panic(http.ErrAbortHandler) // net/http is to close the connection and say nothing
		}()
		w.Header().Set("Date", b.now().UTC().Format(http.TimeFormat))
		h.ServeHTTP(w, r)
	})
}

// cause returns why the connection to an origin failed: the handler's panic, if it was that.
func (b *Browser) cause(origin string, err error) error {
	b = b.web()
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.panics[origin]
	delete(b.panics, origin)
	if p == nil {
		return err
	}
	return p
}

// isOrigin reports whether the text of u is an origin and no more.
func isOrigin(text string, u *url.URL) bool {
	_, rest, _ := strings.Cut(text, "://")
	return httpScheme(u.Scheme) == u.Scheme && !strings.ContainsAny(strings.TrimSuffix(rest, "/"), "/?#@")
}

// roundTripper returns what answers for the site of u.
func (b *Browser) roundTripper(u *url.URL) (http.RoundTripper, error) {
	b = b.web()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch h := b.servers[origin(u)].handler.(type) {
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
	const most = 10
	has := "none"
	switch n := len(e.Sites); {
	case n > most:
		has = fmt.Sprintf("%s and %d more", strings.Join(e.Sites[:most], ", "), n-most)
	case n > 0:
		has = strings.Join(e.Sites, ", ")
	}
	return "no site serves " + e.Origin + "; Sites has " + has + ": correct the URL, or add the site to Sites or by Serve"
}
