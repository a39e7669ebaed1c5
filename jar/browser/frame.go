package browser

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/csp"
)

// A Tab shows a document at the top level. It is a [Frame], and the user can type
// into its address bar. A Tab and its frames are for one goroutine at a time.
type Tab struct {
	Frame
	opener  *Frame
	history []*request // that led to its documents
	at      int        // the one that it shows
}

// A Frame shows a document: the one of a [Tab], or one in an iframe. Its methods are
// what the user does there, or a script of the document.
//
// URLs may be relative to the document's URL. The methods end the test if the request
// for the document went nowhere, with the error that its [Response] has, and if the
// document that the frame is in is no longer shown. See [Test].
type Frame struct {
	browser  *Browser
	tab      *Tab
	above    []*document // around the frame, the top-level one first
	parent   *Frame      // nil for a tab
	sandbox  bool        // its documents are of an opaque origin
	document *document
	response *Response

	anonymous bool // its documents are credentialless

	partition *jar.Partition // of what a script reads in a service worker; nil for what follows from above
}

// A document is where requests come from.
type document struct {
	// url is the address. For about:srcdoc and about:blank it is the address of the
	// document around it.
	url *url.URL

	// origin is a URL of its origin, nil for an opaque one.
	origin *url.URL

	policy  string    // its Referrer-Policy
	access  bool      // it has storage access
	clicked time.Time // when the user asked for it
	blank   bool      // it is about:blank, which sends no Referer
	scheme  string    // "data" or "blob" for such a document
	worker  bool      // it is a worker's script
	request *request  // that led to it, nil for about:srcdoc

	embedder string // its Cross-Origin-Embedder-Policy
	page     page   // of the credentialless documents below this one, or nil
}

// Response returns the response that the document came with; nil for about:srcdoc, about:blank,
// data: and blob:.
func (f *Frame) Response() *Response { return f.response }

// URL returns the address of the document. For about:srcdoc, about:blank, data: and blob: it is
// the address of the document around it. URLs are relative to it, but for data: and blob:, where they must
// be absolute.
func (f *Frame) URL() *url.URL { u := *f.here().url; return &u }

// Embed puts an iframe into the document, and loads src into it. If src is
// "about:srcdoc", "about:blank" or a blob: URL, which may be just "blob:", the document in it is of the same
// origin as the one around it. If it is a data: URL, such as "data:", the origin is opaque. In
// these cases there is no request.
func (f *Frame) Embed(src string) *Frame { return f.embed(src, f.sandbox, f.anonymous) }

// Sandbox is Embed for an iframe with a sandbox attribute that has these tokens. But
// with "allow-same-origin" among them, the documents in the frame, and in those
// within it, are of an opaque origin, which is cross-site to all others. No other
// token has a meaning here.
func (f *Frame) Sandbox(src string, tokens ...string) *Frame {
	return f.embed(src, f.sandbox || !slices.Contains(tokens, "allow-same-origin"), f.anonymous)
}

func (f *Frame) embed(src string, sandbox, anonymous bool) *Frame {
	d := f.here()
	sandbox = sandbox || d.sandboxed()
	child := &Frame{
		browser: f.browser,
		tab:     f.tab,
		above:   append(slices.Clone(f.above), d),
		parent:  f,
		sandbox: sandbox,

		anonymous: anonymous,
	}
	scheme, _, _ := strings.Cut(strings.ToLower(src), ":")
	if src == "about:srcdoc" || src == "about:blank" || scheme == "data" || scheme == "blob" {
		child.document = &document{url: d.url, origin: d.origin, policy: d.policy, blank: src == "about:blank", embedder: d.embedder}
		if scheme != "about" {
			child.document.scheme = scheme
		}
		if sandbox || scheme == "data" {
			child.document.origin = nil
		}
		if child.document.blank && f.browser.isFirefox() {
			child.document.policy = defaultPolicy // it inherits none
		}
		return child
	}
	child.navigate(child.navigation(d, src, http.MethodGet))
	return child
}

// here returns the document, if it is still shown.
func (f *Frame) here() *document {
	if f.browser == nil {
		panic("browser: a Tab comes from Browser.Open, a Frame from Embed")
	}
	for g := f; g.parent != nil; g = g.parent {
		if g.parent.document != g.above[len(g.above)-1] {
			f.browser.failf("the document that the frame is in is no longer shown: its tab or a frame around it went elsewhere; embed the frame there")
		}
	}
	if f.response != nil {
		f.response.must()
	}
	return f.document
}

// sandboxed reports whether what the document embeds or opens is of an opaque origin, as it is itself.
func (d *document) sandboxed() bool { return d.origin == nil && d.scheme != "data" }

// documents returns what Context.Documents is for a request that d, the document of
// f, makes; if d is nil, for one that navigates f.
func (f *Frame) documents(d *document) []*url.URL {
	var urls []*url.URL
	for _, a := range f.above {
		urls = append(urls, a.origin)
	}
	if d != nil {
		urls = append(urls, d.origin)
	}
	return urls
}

// context returns how a request comes about that d, the document of f, makes; if d is
// nil, one that navigates f, or a script's access in it.
func (f *Frame) context(d *document) *jar.Context {
	return &jar.Context{Documents: f.documents(d), ThirdParty: f.browser.ThirdParty}
}

// initiator returns what Context.Initiator is for a request that d started.
func (d *document) initiator() *url.URL {
	if d.origin == nil {
		return &url.URL{Scheme: "about", Opaque: "blank"} // opaque, but not nobody
	}
	return d.origin
}

// show has f show the document that a response brought.
func (f *Frame) show(q *request, r *Response) {
	d := &document{url: q.url, origin: q.url, policy: defaultPolicy, request: q, embedder: embedderPolicy(r.Header)}
	if p := referrerPolicy(r.Header); p != "" {
		d.policy = p
	}
	if f.sandbox || r.Err != nil || sandboxed(r.Header) {
		d.origin = nil
	}
	// From the specification only: recordings show the request alone.
	if verb, _ := activation(r.Header); q.own && q.hasAccess() || verb == "load" && q.activated {
		d.access = true
	}
	f.document, f.response = d, r
}

// sandboxed reports whether a response asks that its document be in a sandbox, by
// its Content-Security-Policy.
func sandboxed(h http.Header) bool {
	return slices.ContainsFunc(h["Content-Security-Policy"], csp.Sandboxes)
}
