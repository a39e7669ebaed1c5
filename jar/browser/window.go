package browser

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Navigation is what a link, a form or a script leads to: see [Frame.Navigate] and
// [Frame.OpenWindow].
type Navigation struct {
	URL string

	// Method is "GET" or "POST" for a form, and "" for a link.
	Method string
	Form   url.Values // the fields of the form

	// Script has a script navigate, submit or open the window, where the user did not click.
	Script bool

	// Rel are the values of the attribute rel, or features of window.open, that matter here:
	// "noopener", "opener" and "noreferrer".
	Rel []string

	// ReferrerPolicy is a value of the header field Referrer-Policy. "" means the policy of the
	// document.
	ReferrerPolicy string
}

// Top returns the tab that the frame is in, for [Frame.Navigate] to "_top".
func (f *Frame) Top() *Tab { return f.tab }

// Parent returns the frame around f, for [Frame.Navigate] to "_parent". It is nil for a tab.
func (f *Frame) Parent() *Frame { return f.parent }

// Opener returns the frame whose document opened the tab, as window.opener leads to it. It is nil
// if the user opened the tab, or a link or script with noopener.
func (t *Tab) Opener() *Frame { return t.opener }

// Navigate has the document of f send another frame somewhere: its tab, a frame around it
// or in it, or a window that it opened or that opened it.
func (f *Frame) Navigate(target *Frame, n Navigation) *Response {
	if target == nil || target.browser != f.browser {
		f.browser.failf("Navigate wants a frame of the same browser: Top, Parent, Opener, or one that Embed or OpenWindow returned")
	}
	return target.navigate(f.leads(target, &n))
}

// OpenWindow has the document open a window: by a link or form with target=_blank, or with Script
// by window.open. A link, and a form, has no opener unless Rel has "opener"; a script has
// unless Rel has "noopener" or "noreferrer".
func (f *Frame) OpenWindow(n Navigation) *Tab {
	f.here()
	t := &Tab{}
	// From the specification only: a window opened in a sandbox is sandboxed.
	t.browser, t.tab, t.sandbox = f.browser, t, f.sandbox || f.document.sandboxed()
	if opener := n.Script && n.Method == "" || slices.Contains(n.Rel, "opener"); opener &&
		!slices.Contains(n.Rel, "noopener") && !slices.Contains(n.Rel, "noreferrer") {
		t.opener = f
	}
	t.navigate(f.leads(&t.Frame, &n))
	return t
}

// leads returns the request by which the document of f navigates target.
func (f *Frame) leads(target *Frame, n *Navigation) *request {
	d := f.here()
	method := n.Method
	switch n.Method {
	case http.MethodGet, http.MethodPost:
	case "":
		method = http.MethodGet
		if n.Form != nil {
			f.browser.failf("a Navigation with a Form wants the Method GET or POST")
		}
	default:
		f.browser.failf("Method %q of a Navigation: want GET or POST for a form, or \"\" for a link", n.Method)
	}
	q := target.navigation(d, n.URL, method)
	q.user, q.own = q.user || !n.Script, f == target
	if target.document == nil { // a window opens only if the user has done something
		q.user = n.Method == "" || !slices.Contains(n.Rel, "opener") || q.browser.isFirefox()
	}
	if n.Script && n.Method == "" {
		q.located = true
		q.from(d)
	}
	q.setPolicy(n.ReferrerPolicy)
	if slices.Contains(n.Rel, "noreferrer") {
		q.policy = noReferrer
	}
	switch n.Method {
	case http.MethodPost:
		q.body = n.Form.Encode()
		q.header.Set("Content-Type", "application/x-www-form-urlencoded")
		if !q.browser.isFirefox() {
			q.header.Set("Cache-Control", "max-age=0")
		}
	case http.MethodGet: // into another window, from the specification only
		if q.err == nil {
			q.url.RawQuery, q.url.ForceQuery = n.Form.Encode(), true
		}
	}
	return q
}

// Back goes back to the document before this one, as the user does. The document is requested
// again: nothing is cached. It fails if this document is the first.
func (t *Tab) Back() *Response { return t.step(-1) }

// Forward is Back in the other direction.
func (t *Tab) Forward() *Response { return t.step(1) }

func (t *Tab) step(by int) *Response {
	to := t.at + by
	if to < 0 || to >= len(t.history) {
		t.browser.failf("the tab has no document %s this one", map[int]string{-1: "before", 1: "after"}[by])
	}
	q := *t.history[to]                   // from the specification only: a form is posted again
	q.hops, q.user = nil, q.client == nil // which the user typed
	if q.browser.isFirefox() {
		q.user = t.history[to].user && q.client != nil
	}
	q.header = q.header.Clone()
	r := q.do()
	if r.Err == nil && keepsDocument(r.Response) {
		return r
	}
	t.at = to
	t.show(&q, r)
	return r
}

// visit adds what the tab shows to its history, in place of all that was ahead.
func (t *Tab) visit(q *request) {
	if len(t.history) > 0 {
		t.history = t.history[:t.at+1]
	}
	t.history = append(t.history, q)
	t.at = len(t.history) - 1
}

// Refresh has the time pass that the header field Refresh of the document's response says, and
// the document go where it leads. It fails if there is no such field.
func (f *Frame) Refresh() *Response {
	d := f.here()
	to, ok := "", false
	if f.response != nil {
		to, ok = refreshURL(f.response.Header)
	}
	if !ok {
		f.browser.failf("the response for %s has no header field Refresh", d.url)
	}
	q := f.navigation(d, to, http.MethodGet)
	return f.navigate(q)
}

// refreshURL returns where a Refresh field leads, "" for the document itself. See HTML,
// "shared declarative refresh steps". All but "0; url=" is from the specification only.
func refreshURL(h http.Header) (string, bool) {
	field := strings.TrimLeft(h.Get("Refresh"), " \t")
	rest := strings.TrimLeft(field, "0123456789")
	if rest == field && !strings.HasPrefix(rest, ".") {
		return "", false
	}
	rest = strings.TrimLeft(rest, "0123456789.")
	rest = strings.TrimLeft(rest, " \t")
	rest = strings.TrimLeft(strings.TrimLeft(rest, ";,"), " \t")
	if len(rest) >= 3 && strings.EqualFold(rest[:3], "url") {
		if after, ok := strings.CutPrefix(strings.TrimLeft(rest[3:], " \t"), "="); ok {
			rest = strings.TrimLeft(after, " \t")
		}
	}
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		quote := rest[:1]
		rest, _, _ = strings.Cut(rest[1:], quote)
	}
	return rest, true
}
