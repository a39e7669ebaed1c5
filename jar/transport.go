package jar

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Transport is an [http.RoundTripper] that adds cookies to requests and takes
// them from responses, byte for byte. It takes the place of http.Client's Jar.
//
// Each hop of a redirect is a request of its own: with its own method and URL,
// and the context of the first.
//
// A Cookie header that the caller set is sent first, and wins over stored cookies
// of the same names. On a redirect it goes only where all hops so far are of one
// origin; elsewhere it is dropped, and reported to Options.Withheld. net/http
// drops it only where the domain changes.
//
// The zero Transport keeps a jar of its own. A Transport is safe for concurrent
// use, and must not be copied after first use.
type Transport struct {
	// Base makes the requests. Nil means http.DefaultTransport.
	Base http.RoundTripper

	// Jar keeps the cookies. Nil means a jar with the zero Options that is the
	// Transport's own.
	Jar *Jar

	// ServerTime has the Expires of cookies counted from the Date of their response
	// even if Options.Now of the jar is set, which is otherwise taken for the clock of
	// a test: a server whose clock is the real one, and a jar whose clock is not,
	// would delete each other's cookies.
	ServerTime bool

	own Jar
}

// contextKey is the key of a context's value of type T.
type contextKey[T any] struct{}

// WithContext returns a context for requests through a [Transport] that come about
// as c says. Redirects keep it. c must not be changed afterwards.
func WithContext(ctx context.Context, c *Context) context.Context {
	return context.WithValue(ctx, contextKey[*Context]{}, c)
}

// WithJar returns a context for requests through a [Transport] that use j instead
// of the Transport's jar. If j is nil they neither carry nor set cookies, but for
// those of a Cookie header that the caller set.
func WithJar(ctx context.Context, j *Jar) context.Context {
	return context.WithValue(ctx, contextKey[*Jar]{}, j)
}

// RoundTrip implements [http.RoundTripper]. It does not change req.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	j := t.jar(req.Context())
	if j == nil {
		j = new(Jar) // empty, and nobody will ever ask it
	}
	r := &Request{URL: req.URL, Host: req.Host, Method: req.Method}
	r.Context, _ = req.Context().Value(contextKey[*Context]{}).(*Context)

	out := withCookies(req, j, r)
	resp, err := t.base().RoundTrip(out)
	switch {
	case err != nil:
		return resp, err
	case resp == nil:
		return nil, errors.New("jar: the Base of a Transport returned neither a response nor an error")
	case !leadsTo(resp.Request, req.Response):
		resp.Request = out // redirects are told by it
	}
	if lines := resp.Header["Set-Cookie"]; len(lines) > 0 {
		j.Receive(t.received(r, j, resp.Header["Date"]), lines)
	}
	return resp, nil
}

// received returns r with the server's time, given the Date fields of its response. It
// is r itself if the time is not known or does not count.
func (t *Transport) received(r *Request, j *Jar, dates []string) *Request {
	if j.options.Now != nil && !t.ServerTime {
		return r
	}
	server := policy.ServerTime(dates)
	if server.IsZero() {
		return r
	}
	in := *r // a hook may have kept r
	in.ServerTime = server
	return &in
}

// CloseIdleConnections forwards to Base, if it has such a method.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

// jar returns the jar for a request, or nil if it is to have none.
func (t *Transport) jar(ctx context.Context) *Jar {
	if j, ok := ctx.Value(contextKey[*Jar]{}).(*Jar); ok {
		return j
	}
	if t.Jar != nil {
		return t.Jar
	}
	return &t.own
}

// withCookies returns req with the Cookie header it is to have: req itself if that
// is no other than it has.
func withCookies(req *http.Request, j *Jar, r *Request) *http.Request {
	own := callerCookies(req.Header)
	dropped := len(own) > 0 && !oneOrigin(req)
	a := j.audit(Sending, r)
	if dropped {
		a.dropped(own)
		own = nil
	}

	var buf [matchBuffer]store.Match
	matches, _ := j.sentBut(buf[:0], r, own, a)
	if len(matches) == 0 && !dropped {
		return req
	}
	value := own
	if len(own) > 0 && len(matches) > 0 {
		value = append(value, "; "...)
	}
	value = store.AppendCookies(value, matches)

	out := req.WithContext(req.Context())
	out.Header = req.Header.Clone()
	if out.Header == nil {
		out.Header = make(http.Header)
	}
	maps.DeleteFunc(out.Header, func(key string, _ []string) bool { return isCookie(key) })
	if len(value) > 0 {
		out.Header["Cookie"] = []string{string(value)}
	}
	return out
}

// callerCookies returns the cookie-string that a caller put into h. Its key may be
// in any case: net/http sends it as it is.
func callerCookies(h http.Header) []byte {
	values := h["Cookie"]
	for _, key := range slices.Sorted(maps.Keys(h)) {
		if key != "Cookie" && isCookie(key) {
			values = append(slices.Clip(values), h[key]...)
		}
	}
	return []byte(strings.Join(values, "; "))
}

func isCookie(key string) bool { return strings.EqualFold(key, "Cookie") }

// leadsTo reports whether the request that a response names is part of the chain
// that led to the one that was made, whose Response was want. A Base may follow
// redirects itself, or may have made a request of its own that knows of none.
func leadsTo(req *http.Request, want *http.Response) bool {
	for req != nil && req.Response != want && req.Response != nil {
		req = req.Response.Request
	}
	return req != nil && req.Response == want
}

// oneOrigin reports whether all requests that were redirected to lead to req were
// to its origin. It reports false if the chain is broken.
func oneOrigin(req *http.Request) bool {
	want := originOf(req)
	for hop := req; hop.Response != nil; {
		if hop = hop.Response.Request; hop == nil || originOf(hop) != want {
			return false
		}
	}
	return true
}

// originOf returns the origin of a request: scheme, host and port.
func originOf(req *http.Request) (origin struct{ scheme, host, port, name string }) {
	if req.URL == nil {
		return origin
	}
	origin.scheme = strings.ToLower(req.URL.Scheme)
	origin.host = strings.ToLower(req.URL.Hostname())
	if origin.port = req.URL.Port(); origin.port == "" {
		origin.port = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}[origin.scheme]
	}
	// The name by which the server is asked, where that is another.
	if req.Host != "" && req.Host != req.URL.Host {
		origin.name = strings.ToLower((&url.URL{Host: req.Host}).Hostname())
	}
	return origin
}

// cookieNames returns the names of the cookies of a cookie-string; that of one
// without a name is "".
func cookieNames(cookies []byte) []string {
	var names []string
	for cookie := range bytes.SplitSeq(cookies, []byte(";")) {
		cookie = bytes.Trim(cookie, " \t")
		if len(cookie) == 0 {
			continue
		}
		name, _, found := bytes.Cut(cookie, []byte("="))
		if !found {
			name = nil
		}
		names = append(names, string(bytes.TrimRight(name, " \t")))
	}
	return names
}
