package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"uacookie/jar"
)

// A Worker is a script that runs beside documents: see [Frame.StartWorker].
type Worker struct {
	kind   Kind
	inner  *Frame // whose document is the worker
	script *Response

	subscriptions []subscription // to changes of cookies
}

// StartWorker has a script of the document start a worker: kind is [DedicatedWorker],
// [SharedWorker] or [ServiceWorker]. The script of the worker comes from the URL, which must be of the
// document's origin. A service worker has the default scope, the folder of its script, and does
// not answer requests: it has what its methods do.
//
// Like a script, StartWorker returns an [*Exception] if there is to be no worker, or the error that the
// Response of the script has.
func (f *Frame) StartWorker(kind Kind, script string) (*Worker, error) {
	d := f.here()
	q := &request{
		browser:     f.browser,
		page:        f.page(),
		kind:        kind,
		method:      http.MethodGet,
		header:      http.Header{},
		mode:        SameOriginOnly,
		credentials: SameOrigin,
		context:     f.context(d),
	}
	switch kind {
	case DedicatedWorker, SharedWorker:
	case ServiceWorker:
		q.header.Set("Service-Worker", "script")
		if f.browser.isFirefox() {
			q.header.Set("Cache-Control", "no-cache")
			q.header.Set("Pragma", "no-cache")
		} else {
			q.header.Set("Cache-Control", "max-age=0")
		}
		q.redirects = "error"
		if !f.secureContext() {
			return nil, &Exception{Name: "TypeError", Err: fmt.Errorf("browser: only a secure context has service workers")}
		}
	default:
		f.browser.failf("StartWorker of a %s: want DedicatedWorker, SharedWorker or ServiceWorker", kind)
	}
	q.from(d)
	q.setURL(d.url, script)
	apart := (&CookieStore{frame: f, document: d}).partitions() // a third party that has a partition
	if f.browser.isFirefox() {
		if kind != DedicatedWorker && f.blocksStorage() {
			return nil, &Exception{Name: "SecurityError", Err: fmt.Errorf("browser: where third-party cookies are blocked, a third party has no such worker")}
		}
		if kind == ServiceWorker {
			q.referrer = nil
		}
		if kind == ServiceWorker && !apart { // by itself, whatever is around the document
			q.context.Documents = []*url.URL{d.origin}
		}
	}
	if q.err == nil && !sameOrigin(d.origin, q.url) {
		return nil, &Exception{Name: "SecurityError", Err: fmt.Errorf("browser: the script of a worker must be of the origin of the document, %s", origin(d.origin))}
	}
	r := q.do()
	if r.Err != nil {
		return nil, r.Err
	}
	worker := &document{worker: true, url: q.url, origin: d.origin, policy: defaultPolicy, embedder: embedderPolicy(r.Header), access: d.access && kind == DedicatedWorker}
	if p := referrerPolicy(r.Header); p != "" {
		worker.policy = p
	}
	inner := &Frame{browser: f.browser, tab: f.tab, above: f.above, parent: f.parent, anonymous: f.anonymous, document: worker}
	if kind == ServiceWorker && f.browser.isFirefox() && !apart {
		inner.above, inner.parent, inner.partition = nil, nil, new(jar.Partition) // scripts read none
	}
	return &Worker{kind: kind, inner: inner, script: r}, nil
}

// Response returns the response that the worker's script came with.
func (w *Worker) Response() *Response { return w.script }

// Fetch is [Frame.Fetch] by the worker. URLs may be relative to its script's.
func (w *Worker) Fetch(url string, o *FetchOptions) *Response { return w.inner.Fetch(url, o) }

// CookieStore returns the Cookie Store API of the worker. Of workers, only a service worker has it.
func (w *Worker) CookieStore() *CookieStore { return w.inner.cookieStore(w) }

// A subscription is what a service worker wants to hear of.
type subscription struct {
	name *string // nil for all
	url  *url.URL
}

func (s subscription) equal(t subscription) bool {
	return s.url.String() == t.url.String() && (s.name == t.name || s.name != nil && t.name != nil && *s.name == *t.name)
}

// scope returns the folder of the script.
func (w *Worker) scope() *url.URL {
	return w.inner.document.url.ResolveReference(&url.URL{Path: "./"})
}

// blocksStorage reports whether the document is a third party, and these are blocked.
func (f *Frame) blocksStorage() bool {
	d := f.document
	return f.isThirdParty(d) && !d.access && f.browser.thirdPartyOf(d.origin, f.documents(nil)) == jar.ThirdPartyBlocked
}

// isThirdParty reports whether d, the document of f, has a document of another site above it, whatever
// the scheme.
func (f *Frame) isThirdParty(d *document) bool {
	return d.origin != nil && slices.ContainsFunc(f.above, func(a *document) bool {
		return a.origin == nil || f.browser.siteOf(a.origin).Name != f.browser.siteOf(d.origin).Name
	})
}

// secureContext reports whether the document is a secure context: it, and those around it, came from
// URLs that are potentially trustworthy. Chromium counts no data: URL. See Secure Contexts.
func (f *Frame) secureContext() bool {
	for _, d := range append(slices.Clone(f.above), f.document) {
		if d.scheme == "data" && !f.browser.isFirefox() || !trustworthy(d.url) {
			return false
		}
	}
	return true
}

// accessContext returns how an access of a script of d, the document of f, to cookies comes about. Around
// Firefox's service workers there is no document, unless it is a third party that has a partition.
func (f *Frame) accessContext(d *document) *jar.Context {
	c := f.context(nil)
	c.Script, c.Partition = true, f.partition
	switch {
	case f.anonymous:
		c.ThirdParty, c.Partition = jar.ThirdPartyAllowed, new(ephemeral)
	case d.access:
		c.ThirdParty = jar.ThirdPartyAllowed
	case d.origin != nil:
		c.ThirdParty = f.browser.thirdPartyOf(d.origin, c.Documents)
	}
	return c
}
