package browser

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uacookie/jar"
	"uacookie/jar/internal/csp"
	"uacookie/jar/internal/rules"
)

// The modes of a request besides those that a script may ask for.
const (
	navigate Mode = "navigate"
	socket   Mode = "websocket"
)

// A request is one fetch with all its redirects, as the Fetch standard has it.
type request struct {
	browser     *Browser
	kind        Kind
	method      string
	url         *url.URL // the current one
	header      http.Header
	body        string
	mode        Mode
	credentials Credentials
	context     *jar.Context
	page        page   // of credentialless documents; nil for others
	user        bool   // a user's gesture started it
	located     bool   // a script assigned to location
	followed    bool   // of a preflight: the request after it has credentials
	redirects   string // mode of a fetch; "" means follow
	stream      bool
	err         error    // that keeps it from being made
	own         bool     // a document navigates its own frame
	inactive    bool     // an Origin was sent because storage access was inactive
	activated   bool     // a response asked for the request again, with storage access
	notes       []string // for the exchange to come

	policy   string     // for the Referer
	client   *document  // that asks for it; nil if the user did
	around   *document  // of an iframe
	referrer *url.URL   // nil for none
	hops     []*url.URL // the URLs so far, the current one included
	tainted  bool       // a fetch left the origin of its client
}

// from says which document asks.
func (q *request) from(d *document) {
	q.client = d
	q.context.Initiator = d.initiator()
	q.policy = d.policy
	q.referrer = nil
	if d.sendsReferer(q) {
		if q.referrer = d.url; d.scheme == "blob" {
			q.referrer = &url.URL{Scheme: d.origin.Scheme, Host: d.origin.Host, Path: "/"}
		}
	}
}

// sendsReferer reports whether requests like q, by the document, have a Referer. In Chromium
// documents of an opaque origin send none, nor does about:blank. In Firefox the former do
// with links, forms, iframes and elements, and the latter with what scripts do. A data: or blob: document sends none, but with
// fetches from a blob: document Firefox sends the origin.
func (d *document) sendsReferer(q *request) bool {
	if d.scheme != "" {
		return d.scheme == "blob" && d.origin != nil && q.kind == Fetch && q.browser.isFirefox()
	}
	if !q.browser.isFirefox() {
		return d.origin != nil && !d.blank
	}
	if q.kind == Fetch || q.located {
		return d.origin != nil
	}
	return !d.blank
}

// maxRedirects is how many redirects browsers follow.
const maxRedirects = 20

// follow is the redirect mode that fetches have by default.
const follow = "follow"

// do makes the request and follows redirects. In the end q.url is where they led.
func (q *request) do() *Response {
	r := &Response{Response: &http.Response{Body: http.NoBody}, browser: q.browser}
	if q.err != nil {
		r.Err = fmt.Errorf("browser: %w", q.err)
		return r
	}
	for {
		q.hops = append(q.hops, q.url)
		x, err := q.hop()
		r.add(x)
		if err == nil && q.retries(x) {
			q.activated = true
			q.note("storage access: asked for again, as Activate-Storage-Access says")
			x, err = q.hop()
			r.add(x)
		}
		if err == nil && x.redirects() && q.mode != socket {
			switch {
			case q.redirects == "manual":
				return r
			case len(q.hops) > maxRedirects:
				err = errors.New("too many redirects")
			default:
				if err = q.redirect(x.Response); err == nil {
					continue
				}
			}
		}
		if err != nil {
			r.Err = fmt.Errorf("browser: %s %s: %w", q.method, q.url, err)
		}
		return r
	}
}

// add adds a hop, nil for none.
func (r *Response) add(x *Exchange) {
	if x == nil {
		return
	}
	r.Hops = append(r.Hops, x)
	if x.Response != nil {
		r.Response = x.Response
	}
}

// hop makes the request for the current URL, unless the browser blocks it.
func (q *request) hop() (*Exchange, error) {
	if err := q.allowed(); err != nil {
		x := q.unsent()
		x.Err = err
		q.browser.record(x)
		return nil, err
	}
	return q.exchange(func(r *http.Response, x *Exchange) error {
		if q.retries(x) {
			return nil
		}
		if q.isCORS() {
			if err := q.checkCORS(r); err != nil {
				return err
			}
		}
		if err := q.checkEmbedding(r); err != nil {
			return err
		}
		if q.redirects == "error" && redirects(r) {
			return fmt.Errorf("%w: it was redirected, and the fetch has redirect: error", ErrBlocked)
		}
		return nil
	})
}

// allowed reports what keeps the browser from making the request for the current URL.
func (q *request) allowed() error {
	if q.isMixedContent() {
		if q.kind != Image {
			return fmt.Errorf("%w: mixed content: a secure document asks for what is not", ErrBlocked)
		}
		q.note("mixed content: %s is upgraded to https, as images in a secure document are", q.url.Redacted())
		q.url = secured(q.url)
	}
	q.upgrade()
	if q.isSubresource() && !sameOrigin(q.origin(), q.url) {
		q.tainted = true
	}
	if err := q.checkMode(); err != nil {
		return err
	}
	if q.needsPreflight() {
		return q.preflight()
	}
	return nil
}

// unsent returns the exchange that is to be: it has no header yet.
func (q *request) unsent() *Exchange {
	at := q.origin()
	if q.kind == IFrame {
		at = q.url
	}
	x := &Exchange{
		Kind: q.kind, Method: q.method, URL: withoutFragment(q.url), Time: q.browser.now(), Context: q.ownContext(), Notes: q.notes,
		activated: q.hasAccess(), jar: q.browser.jarOf(q.page, at),
	}
	q.notes = nil
	return x
}

// note adds a line to the notes of the exchange to come.
func (q *request) note(format string, args ...any) {
	q.notes = append(q.notes, fmt.Sprintf(format, args...))
}

// exchange sends the request for the current URL, and takes the response's cookies. The page
// does not get the response if check returns an error.
func (q *request) exchange(check func(*http.Response, *Exchange) error) (*Exchange, error) {
	b := q.browser
	x := q.unsent()
	x.Header = q.headers()
	defer b.record(x)
	b.addCookies(x, q.hasCredentials())

	rt, err := b.roundTripper(q.url)
	if err == nil {
		x.Response, err = q.roundTrip(rt, x)
	}
	if err != nil {
		x.Err = b.cause(origin(q.url), err)
		return x, x.Err
	}
	b.receive(x, x.Response.Header["Set-Cookie"], q.hasCredentials())
	// For redirects, from the specification only.
	if q.hasCredentials() || b.isFirefox() && q.kind != Preflight {
		b.clear(x)
	}
	b.learn(x)
	if q.mode == navigate && sandboxed(x.Response.Header) {
		x.note("CSP: the directive sandbox makes the origin of the document opaque")
	}
	if q.mode == navigate && slices.ContainsFunc(x.Response.Header["Content-Security-Policy"], csp.HasOthers) {
		x.note("CSP: directives other than sandbox have no effect here: they are not modelled")
	}
	x.Err = check(x.Response, x)
	return x, x.Err
}

// ownContext returns how the request for the current URL comes about. In Chromium the
// fetches of a sandboxed about:blank reach the partition that those of the document
// around it reach.
func (q *request) ownContext() *jar.Context {
	c := *q.context
	if n := len(q.hops); n > 1 {
		c.Redirects = q.hops[: n-1 : n-1]
	}
	switch {
	case q.page != nil:
		c.ThirdParty, c.Partition = jar.ThirdPartyAllowed, new(ephemeral)
		return &c
	case q.hasAccess():
		c.ThirdParty = jar.ThirdPartyAllowed
	default:
		c.ThirdParty = q.browser.thirdPartyOf(q.url, c.Documents)
	}
	if q.browser.agent != jar.Chromium || !q.isSubresource() || !q.client.blank || q.client.origin != nil {
		return &c
	}
	around := jar.Context{Documents: c.Documents[:len(c.Documents)-1]}
	p := rules.PartitionOf(q.browser.agent, &jar.Request{URL: q.url, Context: &around}, &q.browser.sites)
	c.Partition = &p
	return &c
}

// roundTrip has rt answer, and reads the body unless it is to be streamed.
func (q *request) roundTrip(rt http.RoundTripper, x *Exchange) (*http.Response, error) {
	u := *x.URL
	u.Scheme = httpScheme(u.Scheme)
	req := &http.Request{
		Method: q.method, URL: &u, Host: u.Host, Header: x.Header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if q.body != "" || q.method == http.MethodPost {
		req.ContentLength = int64(len(q.body))
		req.Body = io.NopCloser(strings.NewReader(q.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(q.body)), nil }
		if q.body == "" {
			req.Body, req.GetBody = http.NoBody, nil
		}
	}
	resp, err := rt.RoundTrip(req)
	if err != nil || q.stream && !redirects(resp) || resp.StatusCode == http.StatusSwitchingProtocols {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

func (x *Exchange) redirects() bool { return x != nil && x.Response != nil && redirects(x.Response) }

// redirects reports whether a response leads to another URL.
func redirects(r *http.Response) bool {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.Header.Get("Location") != ""
	}
	return false
}

// redirect turns q into the request that a response redirects it to: HTTP-redirect
// fetch of the Fetch standard.
func (q *request) redirect(r *http.Response) error {
	u, err := resolve(q.url, r.Header.Get("Location"))
	if err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	if strings.HasPrefix(u.Scheme, "ws") {
		return fmt.Errorf("redirect: %w", errScheme(u))
	}
	if u.Fragment == "" {
		u.Fragment, u.RawFragment = q.url.Fragment, q.url.RawFragment
	}
	// A 301 or 302 turns POST into GET, a 303 all but HEAD.
	post := q.method == http.MethodPost && r.StatusCode <= http.StatusFound
	other := q.method != http.MethodGet && q.method != http.MethodHead && r.StatusCode == http.StatusSeeOther
	if post || other {
		q.method, q.body, q.inactive = http.MethodGet, "", false
		for _, name := range []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"} {
			q.header.Del(name)
		}
	}
	// From the specification only.
	if !sameOrigin(q.url, u) {
		q.header.Del("Authorization")
	}
	// From the specification only: a redirect may change the policy.
	if p := referrerPolicy(r.Header); p != "" {
		q.policy = p
	}
	q.url, q.activated = u, false
	return nil
}

// isMixedContent reports whether a secure document asks for something insecure that
// it would show or use. See Mixed Content, "blockable". For frames it is from the specification only.
func (q *request) isMixedContent() bool {
	if q.kind == Document || trustworthy(q.url) {
		return false
	}
	for _, d := range q.context.Documents {
		if d != nil && d.Scheme == "https" {
			return true
		}
	}
	return false
}

// origin returns a URL of the origin of the document that makes the request. It returns nil
// for an opaque origin and without a document.
func (q *request) origin() *url.URL {
	if q.client == nil {
		return nil
	}
	return q.client.origin
}

func errScheme(u *url.URL) error {
	return fmt.Errorf("URL %q: a document cannot come from there", u)
}
