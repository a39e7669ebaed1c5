package jar

import (
	"context"
	"errors"
	"maps"
	"net/http"

	"uacookie/jar/store"
)

// A Transport is an [http.RoundTripper] that adds cookies to requests and takes
// them from responses, byte for byte. It replaces http.Client's Jar.
//
// Each hop of a redirect is a request of its own: with its own method and URL,
// and the context of the first.
//
// # The caller's Cookie header
//
// A Cookie header that the caller set is sent first, and wins over stored cookies
// of the same names, until a response of the redirect chain sets or deletes a cookie
// of such a name. From then on that name is the jar's, as with http.Client's Jar. A
// line that the jar refused changes nothing.
//
// On a redirect the header goes only where all hops so far are of one origin;
// elsewhere it is dropped. net/http drops it only where the domain changes. Each
// cookie that is left out is reported to Options.Withheld.
//
// # With other clients
//
// A client must not keep cookies of its own beside a Transport. Many do by default.
// To net/http, and so to a Transport, their cookies look like the caller's. Turn
// them off:
//
//	http.Client    leave the field Jar nil
//	resty v2, v3   client.SetCookieJar(nil)
//	colly v2       collector.DisableCookies()
//	req v3         client.SetCookieJar(nil)
//
// or set IgnoreCookieHeader. Where a second jar is left in the client:
//
//   - If it is the Transport's own Jar, the Transport does the work alone: the exact
//     bytes go out, and SetCookies passes over the lines that the Transport has given
//     to the jar, so that each refusal is reported once. Only what is withheld is
//     reported by Cookies as well.
//   - If it is another jar, a cookie that both jars have goes out as the Transport's
//     jar has it. A cookie that the Transport's jar refused fails the request that
//     brings it back, with an error that says what to remove. The Transport
//     remembers at least the last 4096 refused cookies. It cannot tell that a cookie
//     which its jar deleted comes from another jar and not from the caller: only
//     IgnoreCookieHeader does away with those.
//
// To send a refused cookie on purpose, use WithJar(ctx, nil).
//
// # Use
//
// The zero Transport keeps a jar of its own. A Transport is safe for concurrent
// use, and must not be copied after first use. If a hook panics, RoundTrip closes the
// body of the response, or that of a request not yet sent, before the panic goes on.
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

	// IgnoreCookieHeader drops the Cookie header that a request comes with, so that
	// only the jar's cookies are sent. Set it where the client has a jar of its own
	// that cannot be removed. What is dropped is reported to Options.Withheld.
	IgnoreCookieHeader bool

	own     Jar
	refused recent // cookies that jars refused, see refusedKey
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
	r := &Request{URL: req.URL, Host: req.Host, Method: req.Method}
	r.Context, _ = req.Context().Value(contextKey[*Context]{}).(*Context)

	out, err := t.send(req, r)
	if err != nil {
		return nil, err
	}
	resp, err := t.base().RoundTrip(out)
	switch {
	case err != nil:
		return resp, err
	case resp == nil:
		return nil, errors.New("jar: the Base of a Transport returned neither a response nor an error")
	case !leadsTo(resp.Request, req.Response):
		resp.Request = out // redirects are told by it
	}
	t.receive(req, r, resp)
	return resp, nil
}

// send returns req, or a copy with its Cookie header replaced. If it fails or panics,
// it closes the body of req.
func (t *Transport) send(req *http.Request, r *Request) (out *http.Request, err error) {
	defer func() {
		if out == nil && req.Body != nil {
			_ = req.Body.Close()
		}
	}()
	j := t.jar(req.Context())
	given := callerCookies(req.Header)
	own := t.callerOnly(given, j, r)
	if own, err = t.checkRefused(own, j, r); err != nil {
		return nil, err
	}
	if j == nil {
		j = new(Jar) // empty, and discarded
	}
	a := j.audit(Sending, r)
	own = t.allowed(own, req, a)

	var buf [matchBuffer]store.Match
	matches, _ := j.sentBut(buf[:0], r, own, a)
	if len(matches) == 0 && len(own) == len(given) {
		return req, nil
	}
	value := own
	if len(own) > 0 && len(matches) > 0 {
		value = append(value, "; "...)
	}
	return withCookie(req, store.AppendCookies(value, matches)), nil
}

// receive gives the Set-Cookie lines of resp to the jar. If that panics, it closes the
// body of resp.
func (t *Transport) receive(req *http.Request, r *Request, resp *http.Response) {
	done := false
	defer func() {
		if !done && resp.Body != nil {
			_ = resp.Body.Close()
		}
	}()
	if lines := resp.Header["Set-Cookie"]; len(lines) > 0 {
		t.claim(resp, t.jar(req.Context()))
		if j := t.jar(req.Context()); j != nil {
			verdicts := j.Receive(t.received(r, j, resp.Header["Date"]), lines)
			t.noteRefused(req, r, j, lines, verdicts)
			resp.Request = withNamesSet(resp.Request, verdicts)
		}
	}
	done = true
}

// received returns r with the server's time, given the Date fields of its response. It
// is r itself if the time is not known or does not count.
func (t *Transport) received(r *Request, j *Jar, dates []string) *Request {
	if j.options.Now != nil && !t.ServerTime {
		return r
	}
	server := j.options.UserAgent.ServerTime(dates)
	if server.IsZero() {
		return r
	}
	in := *r // a hook may have kept r
	in.ServerTime = server
	return &in
}

// withCookie returns a copy of req with value as its only Cookie header, or with none
// if value is empty.
func withCookie(req *http.Request, value []byte) *http.Request {
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
