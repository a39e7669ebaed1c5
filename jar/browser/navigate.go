package browser

import (
	"net/http"
	"net/url"
	"strings"
)

// Open has the user type a URL into the address bar. Nobody is the initiator.
func (t *Tab) Open(url string) *Response {
	q := t.navigation(nil, url, http.MethodGet)
	q.user = true
	return t.navigate(q)
}

// Reload has the user reload the document. A form is posted again. It is still the
// first initiator that counts: where that was cross-site, so is the reload. Redirects
// that led to the document do not. See RFC 6265bis, Section 5.2.
func (t *Tab) Reload() *Response {
	q := *t.here().request
	redirected := len(q.hops) > 1
	q.header = q.header.Clone()
	q.hops = nil
	switch {
	case !q.browser.isFirefox():
		q.user = true
		q.header.Set("Cache-Control", "max-age=0")
	case redirected: // a form that was redirected is not posted again
		q.method, q.body = http.MethodGet, ""
		q.header.Del("Content-Type")
		fallthrough
	default:
		q.user = false
	}
	r := q.do()
	if r.Err == nil && keepsDocument(r.Response) {
		return r
	}
	t.history[t.at] = &q
	t.show(&q, r)
	return r
}

// Click has the user follow a link. It navigates the frame that the link is in.
func (f *Frame) Click(url string) *Response { return f.Navigate(f, Navigation{URL: url}) }

// Go is Click without a user: a script assigns to location.
func (f *Frame) Go(url string) *Response { return f.Navigate(f, Navigation{URL: url, Script: true}) }

// Submit has the user submit a form by POST. It navigates the frame that the form is
// in. A nil form is one without fields.
func (f *Frame) Submit(url string, form url.Values) *Response {
	return f.Navigate(f, Navigation{URL: url, Method: http.MethodPost, Form: form})
}

// Post is Submit without a user: a script submits the form.
func (f *Frame) Post(url string, form url.Values) *Response {
	return f.Navigate(f, Navigation{URL: url, Method: http.MethodPost, Form: form, Script: true})
}

// SubmitGet is Submit for a form with the method GET: the fields take the place of
// the URL's query.
func (f *Frame) SubmitGet(url string, form url.Values) *Response {
	return f.Navigate(f, Navigation{URL: url, Method: http.MethodGet, Form: form})
}

// navigation returns the request that navigates f to a URL that from asked for, or
// the user, if from is nil.
func (f *Frame) navigation(from *document, s, method string) *request {
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        Document,
		method:      method,
		header:      http.Header{},
		mode:        navigate,
		credentials: Include,
		context:     f.context(nil),
	}
	if len(f.above) > 0 {
		q.kind, q.around = IFrame, f.above[len(f.above)-1]
	}
	var base *url.URL
	if from != nil {
		q.user = !f.browser.isFirefox() && from.hasClick(f.browser.now())
		base = from.url
		q.from(from)
	}
	q.setURL(base, s)
	return q
}

// navigate makes the request, and shows what comes of it.
func (f *Frame) navigate(q *request) *Response {
	r := q.do()
	if f.document != nil && r.Err == nil && keepsDocument(r.Response) {
		return r
	}
	if f.parent == nil {
		f.tab.visit(q)
	}
	f.show(q, r)
	return r
}

// keepsDocument reports whether a response to a navigation leaves the document where
// it is: it has none, or one to download.
func keepsDocument(r *http.Response) bool {
	// From the specification only: downloads.
	disposition := strings.ToLower(r.Header.Get("Content-Disposition"))
	return r.StatusCode == http.StatusNoContent || r.StatusCode == http.StatusResetContent ||
		strings.HasPrefix(disposition, "attachment")
}
