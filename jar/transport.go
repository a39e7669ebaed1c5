package jar

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"uacookie/jar/store"
)

// A Transport is an [http.RoundTripper] that adds cookies to requests and stores the cookies
// of responses, byte for byte. It replaces http.Client's Jar.
//
// Each hop of a redirect is a request of its own, with its own method and URL, and with the
// [Context] of the first.
//
// # The caller's Cookie header
//
// A Cookie header that the caller set is sent first, and replaces stored cookies of the same
// names. When a response of the redirect chain sets or deletes a cookie of such a name, later
// hops carry the jar's cookie of that name, as with http.Client's Jar. A line that the jar
// refused changes nothing.
//
// After a redirect to another origin the header is no longer sent. net/http drops it only if
// the domain changes. Each cookie that is dropped is reported to Options.Withheld.
//
// # With other clients
//
// A client must not have a cookie jar of its own beside a Transport. Many have one by
// default, and its cookies look like the caller's to a Transport. Turn the jar off:
//
//	http.Client    leave the field Jar nil
//	resty v2, v3   client.SetCookieJar(nil)
//	colly v2       collector.DisableCookies()
//	req v3         client.SetCookieJar(nil)
//
// or set IgnoreCookieHeader. examples/clients has a tested function for each of these, and for
// WebSockets, HTTP/3, fasthttp, OAuth 2.0, go-vcr, chromedp and Playwright. If the client has a second jar all the same:
//
//   - If both are the same Jar, the Transport does the work alone: it sends the exact
//     bytes, and SetCookies skips the lines that the Transport has given to the jar, so
//     that each refusal is reported once. Withheld cookies are reported twice.
//   - If they are two jars, a cookie that both have is sent as the Transport's jar has it.
//     A request that brings back a cookie which the Transport's jar refused fails, with an
//     error that says what to turn off. The Transport remembers at least the last 4096
//     refused cookies. It cannot recognize a cookie that its jar deleted and the other
//     kept: it sends that, unless IgnoreCookieHeader is set.
//
// To send a refused cookie on purpose, use WithJar(ctx, nil).
//
// # Use
//
// The zero Transport has a jar of its own. A Transport is safe for concurrent use, and must
// not be copied after first use. If a hook panics, RoundTrip closes the body of the
// response, or of the request if it was not sent, and lets the panic continue.
type Transport struct {
	// Base makes the requests. Nil means http.DefaultTransport.
	Base http.RoundTripper

	// Jar has the cookies. Nil means a jar of the Transport's own, with the zero Options.
	Jar *Jar

	// ServerTime makes Expires relative to the Date of the response even if Options.Now of
	// the jar is set. Without ServerTime, the Transport takes Options.Now for the clock of
	// a test, and ignores Date: the server has the real time, and its cookies would all
	// have expired by the test's clock, or none.
	ServerTime bool

	// IgnoreCookieHeader drops the Cookie header of the caller's request, so that only the
	// jar's cookies are sent. Set it if the client has a jar of its own that cannot be
	// turned off. The cookies dropped are reported to Options.Withheld.
	IgnoreCookieHeader bool

	// ClearSiteData has the Transport obey the header field Clear-Site-Data, as a browser does: see
	// [Jar.ClearSiteData]. Without it the field has no meaning, as in net/http.
	ClearSiteData bool

	own     Jar
	refused recent // cookies that jars refused, see refusedKey
}

// contextKey is the key of the value of type T in a context.
type contextKey[T any] struct{}

// WithContext returns a context for requests through a [Transport] that come about as c
// says, redirects included. Do not change c afterwards. Nil means no Context, as without
// WithContext.
func WithContext(ctx context.Context, c *Context) context.Context {
	return context.WithValue(ctx, contextKey[*Context]{}, c)
}

// WithJar returns a context for requests through a [Transport] that use j instead of the
// Transport's jar. If j is nil, the requests carry only the cookies of the caller's own
// Cookie header, and the cookies of their responses are not stored.
func WithJar(ctx context.Context, j *Jar) context.Context {
	return context.WithValue(ctx, contextKey[*Jar]{}, j)
}

// RoundTrip implements [http.RoundTripper]. It does not change req.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	r := Request{URL: req.URL, Host: req.Host, Method: req.Method}
	r.Context, _ = req.Context().Value(contextKey[*Context]{}).(*Context)

	out, err := t.send(req, &r)
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
		resp.Request = out // later hops find the chain there
	}
	t.receive(req, out, &r, resp)
	return resp, nil
}

// send returns req, or a copy with its Cookie header replaced. It closes the body of req if
// it fails or panics.
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
	a := j.audit(Sending)
	own = t.allowed(own, req, &a)

	var buf [matchBuffer]store.Match
	matches, _ := j.sentBut(buf[:0], r, own, &a)
	if len(matches) == 0 && bytes.Equal(own, given) {
		return req, nil
	}
	var room [512]byte
	value := append(room[:0], own...)
	if len(own) > 0 && len(matches) > 0 {
		value = append(value, "; "...)
	}
	return withCookie(req, store.AppendCookies(value, matches)), nil
}

// receive gives the Set-Cookie lines of resp to the jar. sent is the copy of req that was sent,
// or req itself. It closes the body of resp if that
// panics.
func (t *Transport) receive(req, sent *http.Request, r *Request, resp *http.Response) {
	done := false
	defer func() {
		if !done && resp.Body != nil {
			_ = resp.Body.Close()
		}
	}()
	if lines := resp.Header["Set-Cookie"]; len(lines) > 0 {
		j := t.jar(req.Context())
		t.claim(resp, j)
		if j != nil {
			in := *r
			in.ServerTime = t.serverTime(j, resp.Header["Date"])
			var few [4]Verdict // room for most responses
			verdicts := few[:min(len(lines), len(few))]
			if len(lines) > len(few) {
				verdicts = make([]Verdict, len(lines))
			}
			j.admit(verdicts, &arrival{op: Receiving, request: &in, lines: lines})
			t.noteRefused(req, r, j, lines, verdicts)
			if sent == req { // its context is the caller's
				sent = nil
			}
			resp.Request = withNamesSet(resp.Request, sent, verdicts)
		}
	}
	if fields := resp.Header["Clear-Site-Data"]; t.ClearSiteData && len(fields) > 0 {
		if j := t.jar(req.Context()); j != nil {
			j.ClearSiteData(r, fields)
		}
	}
	done = true
}

// serverTime returns the server's time, given the Date fields of a response. It returns the
// zero Time if the time is unknown or is to be ignored.
func (t *Transport) serverTime(j *Jar, dates []string) time.Time {
	if j.options.Now != nil && !t.ServerTime {
		return time.Time{}
	}
	return j.options.UserAgent.ServerTime(dates)
}

// withCookie returns a copy of req with value as its only Cookie header, or with none
// if value is empty.
func withCookie(req *http.Request, value []byte) *http.Request {
	out := req.WithContext(&namesContext{Context: req.Context()})
	n := 1
	for _, values := range req.Header {
		n += len(values)
	}
	// The copy is http.Header.Clone, with room for the Cookie header.
	all := make([]string, 0, n)
	out.Header = make(http.Header, len(req.Header)+1)
	put := func(key string, values ...string) {
		start := len(all)
		all = append(all, values...)
		out.Header[key] = all[start:len(all):len(all)]
	}
	for key, values := range req.Header {
		switch {
		case isCookie(key):
		case values == nil: // net/http tells a nil header from an empty one
			out.Header[key] = nil
		default:
			put(key, values...)
		}
	}
	if len(value) > 0 {
		put("Cookie", string(value))
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

// jar returns the jar for a request, or nil if WithJar turned it off.
func (t *Transport) jar(ctx context.Context) *Jar {
	if j, ok := ctx.Value(contextKey[*Jar]{}).(*Jar); ok {
		return j
	}
	if t.Jar != nil {
		return t.Jar
	}
	return &t.own
}
