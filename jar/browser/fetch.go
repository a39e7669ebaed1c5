package browser

import (
	"net/http"
	neturl "net/url"
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

	// Redirect is "follow", which "" means, "error" or "manual". With "error" a redirect is
	// blocked; with "manual" it is not followed, and a script could not tell where it leads.
	Redirect string

	// ReferrerPolicy is a value of the header field Referrer-Policy. "" means the policy of the
	// document.
	ReferrerPolicy string

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
// A mode or policy that does not exist ends the test.
func (f *Frame) Fetch(url string, o *FetchOptions) *Response {
	if o == nil {
		o = new(FetchOptions)
	}
	d := f.here()
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        Fetch,
		method:      strings.ToUpper(o.Method),
		header:      settable(o.Header),
		body:        o.Body,
		mode:        o.Mode,
		credentials: o.Credentials,
		context:     f.context(d),
		redirects:   o.Redirect,
		stream:      o.Stream,
	}
	q.from(d)
	q.setPolicy(o.ReferrerPolicy)
	q.setURL(d.url, url)
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
	switch q.redirects {
	case "", follow, "error", "manual":
	default:
		q.browser.failf("Redirect %q: want follow, error or manual", q.redirects)
	}
	if q.body != "" {
		setDefault(q.header, "Content-Type", "text/plain;charset=UTF-8")
	}
	return q.do()
}

// LoadOptions are the attributes of an element that loads something: see [Frame.Load].
type LoadOptions struct {
	// CrossOrigin is "anonymous", "use-credentials", or "" if the element has no such
	// attribute. Without it the request has cookies wherever it goes and whatever CORS says, as
	// far as SameSite and the rules for third parties allow.
	CrossOrigin string

	// ReferrerPolicy is a value of the header field Referrer-Policy. "" means the policy of the
	// document.
	ReferrerPolicy string
}

// Load has the document load an image, a script or a style sheet, or fetch something before it is
// needed, as markup does: kind is [Image], [ScriptFile], [Style] or [Prefetch]. Nil options are
// those of an element without attributes.
func (f *Frame) Load(kind Kind, url string, o *LoadOptions) *Response {
	if o == nil {
		o = new(LoadOptions)
	}
	d := f.here()
	q := &request{
		browser: f.browser,
		page:    f.page(),
		kind:    kind,
		method:  http.MethodGet,
		header:  http.Header{},
		context: f.context(d),
	}
	switch kind {
	case Image, ScriptFile, Style, Prefetch:
	default:
		q.browser.failf("Load of a %s: want Image, ScriptFile, Style or Prefetch", kind)
	}
	switch o.CrossOrigin {
	case "":
		q.mode, q.credentials = NoCORS, Include
	case "anonymous":
		q.mode, q.credentials = CORS, SameOrigin
	case "use-credentials":
		q.mode, q.credentials = CORS, Include
	default:
		q.browser.failf("crossorigin=%q: want anonymous, use-credentials, or \"\" for no such attribute", o.CrossOrigin)
	}
	q.from(d)
	q.setPolicy(o.ReferrerPolicy)
	q.setURL(d.url, url)
	return q.do()
}

// isSubresource reports whether the request is a fetch or from an element, and so no
// navigation and no WebSocket.
func (q *request) isSubresource() bool {
	switch q.kind {
	case Fetch, Beacon, EventSource, DedicatedWorker, SharedWorker, ServiceWorker:
		return true
	}
	return q.isElement()
}

// isElement reports whether markup makes the request, and no script.
func (q *request) isElement() bool {
	return q.kind == Image || q.kind == ScriptFile || q.kind == Style || q.kind == Prefetch
}

// setURL sets what is asked for, relative to base.
func (q *request) setURL(base *neturl.URL, url string) {
	if q.client != nil && q.client.scheme != "" {
		base = nil
	}
	q.url, q.err = resolve(base, url)
	if q.err == nil && strings.HasPrefix(q.url.Scheme, "ws") {
		q.err = errScheme(q.url)
	}
}

// hasCredentials reports whether the request for the current URL has cookies.
func (q *request) hasCredentials() bool {
	if q.embedsWithout() {
		return false
	}
	switch q.credentials {
	case Include:
		return true
	case SameOrigin:
		return !q.tainted && sameOrigin(q.origin(), q.url)
	}
	return false
}

// settable returns the fields of a script's header that it may set, from the specification only.
func settable(h http.Header) http.Header {
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
