package browser

import (
	"net/http"
	"strings"
)

// Credentials say whether a fetch has cookies.
type Credentials string

// The credentials modes of [FetchOptions].
const (
	Omit       Credentials = "omit"        // never
	SameOrigin Credentials = "same-origin" // to the document's own origin: the default
	Include    Credentials = "include"     // always
)

// A Mode says what a fetch may ask of other origins.
type Mode string

// The modes of [FetchOptions].
const (
	CORS           Mode = "cors"        // what they allow: the default
	NoCORS         Mode = "no-cors"     // what an image or a form could
	SameOriginOnly Mode = "same-origin" // nothing
)

// FetchOptions are the second argument of a script's fetch. The zero FetchOptions
// are its defaults.
type FetchOptions struct {
	Method      string // "" means GET
	Header      http.Header
	Body        string
	Mode        Mode        // "" means CORS
	Credentials Credentials // "" means SameOrigin

	// Stream leaves the response's body to be read as it comes. The caller must
	// close it. Otherwise Fetch returns when all of it is read.
	Stream bool
}

// Fetch has a script of the document fetch a URL. Nil options are the defaults.
//
// A request to another origin that needs a preflight is preceded by one, and blocked
// if the site does not allow it; and what CORS keeps from the script has an Err that
// wraps [ErrBlocked]. Its cookies were sent and stored all the same. A preflight has
// no cookies, nor does its response set any.
//
// A mode that is not one of the constants ends the test.
func (f *Frame) Fetch(url string, o *FetchOptions) *Response {
	if o == nil {
		o = new(FetchOptions)
	}
	d := f.here()
	q := &request{
		browser:     f.browser,
		kind:        Fetch,
		method:      strings.ToUpper(o.Method),
		header:      allowed(o.Header),
		body:        o.Body,
		mode:        o.Mode,
		credentials: o.Credentials,
		context:     f.context(d),
		stream:      o.Stream,
	}
	q.from(d)
	q.url, q.err = resolve(d.url, url)
	if q.err == nil && strings.HasPrefix(q.url.Scheme, "ws") {
		q.err = errScheme(q.url)
	}
	if q.method == "" {
		q.method = http.MethodGet
	}
	switch q.mode {
	case CORS, NoCORS, SameOriginOnly:
	case "":
		q.mode = CORS
	default:
		q.browser.failf("Mode %q: want CORS, NoCORS or SameOriginOnly", q.mode)
	}
	switch q.credentials {
	case Omit, SameOrigin, Include:
	case "":
		q.credentials = SameOrigin
	default:
		q.browser.failf("Credentials %q: want Omit, SameOrigin or Include", q.credentials)
	}
	if q.body != "" {
		setDefault(q.header, "Content-Type", "text/plain;charset=UTF-8")
	}
	return q.do()
}

// hasCredentials reports whether the request for the current URL has cookies.
func (q *request) hasCredentials() bool {
	switch q.credentials {
	case Include:
		return true
	case SameOrigin:
		return !q.tainted && sameOrigin(q.origin(), q.url)
	}
	return false
}

// allowed returns the fields of a script's header that it may set.
func allowed(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		switch {
		case strings.HasPrefix(name, "Sec-"), strings.HasPrefix(name, "Proxy-"), strings.HasPrefix(name, "Access-Control-Request-"):
			continue
		}
		switch name {
		case "Accept-Charset", "Accept-Encoding", "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "Dnt",
			"Expect", "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "Te", "Trailer", "Transfer-Encoding",
			"Upgrade", "User-Agent", "Via":
			continue
		}
		out[name] = append(out[name], values...)
	}
	return out
}
