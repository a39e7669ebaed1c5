package browser

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"uacookie/jar"
)

// An Exception is the error that a script gets.
type Exception struct {
	// Name is TypeError, or the name of a DOMException: SecurityError in a document of an
	// opaque origin. It is ReferenceError where there is no such API.
	Name string

	// Err is the reason in words. If a rule about cookies refused one, it is a [*jar.Refusal].
	Err error
}

// Error implements error.
func (e *Exception) Error() string { return e.Name + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Exception) Unwrap() error { return e.Err }

func typeError(format string, args ...any) error {
	return &Exception{"TypeError", fmt.Errorf("browser: "+format, args...)}
}

// A CookieStore is the Cookie Store API, as a script has it in a document or a service worker. Its errors
// are of type [*Exception].
type CookieStore struct {
	frame    *Frame
	document *document
	worker   *Worker // nil in a document

	changes []CookieChange // guarded by the browser's mu
}

// CookieStore returns the Cookie Store API of the document. [CookieStore.Changes] returns the
// changes from then on. If the document is not a secure context, it has no such API, and each
// method returns an Exception.
func (f *Frame) CookieStore() *CookieStore { return f.cookieStore(nil) }

func (f *Frame) cookieStore(w *Worker) *CookieStore {
	s := &CookieStore{frame: f, document: f.here(), worker: w}
	if s.unusable() == nil {
		f.browser.mu.Lock()
		defer f.browser.mu.Unlock()
		f.browser.listeners = append(f.browser.listeners, s)
	}
	return s
}

// unusable returns the exception that every method returns, or nil.
func (s *CookieStore) unusable() error {
	switch {
	case !s.frame.secureContext() || s.worker != nil && s.worker.kind != ServiceWorker:
		return &Exception{"ReferenceError", errors.New("browser: cookieStore is not defined: only documents that are secure contexts, and service workers, have it")}
	case s.document.origin == nil:
		return &Exception{"SecurityError", errors.New("browser: the document is of an opaque origin")}
	}
	return nil
}

// averse reports whether the document has no cookies, though it has an origin: in Chromium, if it came from
// a blob: URL. See HTML, "cookie-averse Document object".
func (b *Browser) averse(d *document) bool { return d.scheme == "blob" && !b.isFirefox() }

// A CookieQuery selects cookies. The zero CookieQuery selects all.
type CookieQuery struct {
	Name *string // nil for any
	URL  string  // the document's own, which "" stands for; in a service worker another of its origin
}

// Get returns the first cookie of that name, as [CookieStore.GetAll] does; nil for none.
func (s *CookieStore) Get(name string) (*jar.Cookie, error) {
	all, err := s.GetAll(CookieQuery{Name: &name})
	if len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// GetAll returns the cookies that a script sees, as it sees them: HttpOnly cookies are
// not among them. In Chromium a script is also told their Domain (unless HostOnly), Path, Expires,
// Secure, SameSite and whether they are in a Partition; in Firefox the cookies have Name and Value only.
func (s *CookieStore) GetAll(q CookieQuery) ([]jar.Cookie, error) {
	if err := s.unusable(); err != nil {
		return nil, err
	}
	if s.frame.browser.averse(s.document) {
		return nil, nil
	}
	at, err := s.at(q.URL)
	if err != nil {
		return nil, err
	}
	b := s.frame.browser
	x := s.access("read", at)
	defer b.record(x)
	b.cookies(x, true)
	verdicts := x.Cookies
	if b.isFirefox() {
		verdicts = b.asInserted(verdicts)
	}
	var all []jar.Cookie
	for i := range verdicts {
		if v := &verdicts[i]; v.OK() && (q.Name == nil || v.Cookie.Name == normalize(*q.Name)) {
			all = append(all, s.seen(v.Cookie))
		}
	}
	return all, nil
}

// asInserted returns verdicts in the order in which Firefox lists cookies: as they were set, those of a
// partition last.
func (b *Browser) asInserted(verdicts []jar.Verdict) []jar.Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	verdicts = slices.Clone(verdicts)
	slices.SortStableFunc(verdicts, func(v, w jar.Verdict) int {
		return cmp.Or(strings.Compare(v.Cookie.Partition.TopLevelSite, w.Cookie.Partition.TopLevelSite),
			cmp.Compare(b.inserted[v.Cookie.Key()], b.inserted[w.Cookie.Key()]))
	})
	return verdicts
}

// seen returns what a script sees of a cookie.
func (s *CookieStore) seen(c jar.Cookie) jar.Cookie {
	if s.frame.browser.isFirefox() {
		return jar.Cookie{Name: c.Name, Value: c.Value}
	}
	if c.HostOnly {
		c.Domain = ""
	}
	if s.frame.anonymous { // all are in a partition of the page's own
		c.Partition = ephemeral
	}
	if !utf8.ValidString(c.Value) {
		c.Value = "" // as document.cookie is then
	}
	return jar.Cookie{Name: c.Name, Value: c.Value, Domain: c.Domain, HostOnly: c.HostOnly, Path: c.Path, Expires: c.Expires, Secure: c.Secure, SameSite: c.SameSite, Partition: c.Partition}
}

// url returns the URL whose cookies the API is about.
func (s *CookieStore) url() *url.URL {
	switch {
	case s.worker == nil:
		return s.document.origin
	case s.frame.browser.isFirefox():
		return s.worker.scope()
	}
	return s.document.url // the script's
}

// at returns the URL that the option url means. See Cookie Store API, "get".
func (s *CookieStore) at(text string) (*url.URL, error) {
	own := s.url()
	if text == "" {
		return own, nil
	}
	u, err := resolve(own, text)
	switch {
	case err != nil:
		return nil, &Exception{"TypeError", fmt.Errorf("browser: %w", err)}
	case (s.worker == nil || !s.frame.browser.isFirefox()) && withoutFragment(u).String() != withoutFragment(own).String():
		return nil, typeError("the option url must be the document's URL")
	case !sameOrigin(u, own):
		return nil, typeError("the option url must be of the origin %s", origin(own))
	}
	return u, nil
}

// access returns an access to the cookies at a URL.
func (s *CookieStore) access(verb string, at *url.URL) *Exchange {
	f := s.frame
	return &Exchange{
		Kind: Script, Method: verb, URL: withoutFragment(at), Time: f.browser.now(),
		Context: f.accessContext(s.document), activated: s.document.access, jar: f.browser.jarOf(f.page(), s.document.origin),
	}
}
