package browser

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/store"
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

// CookieStore returns the Cookie Store API of the document. From then on it hears of changes. A
// document that is no secure context has none, which its methods say.
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

// unusable returns the exception that every method gets, nil for none.
func (s *CookieStore) unusable() error {
	switch {
	case !s.frame.secureContext() || s.worker != nil && s.worker.kind != ServiceWorker:
		return &Exception{"ReferenceError", errors.New("browser: cookieStore is not defined: only documents that are secure contexts, and service workers, have it")}
	case s.document.origin == nil:
		return &Exception{"SecurityError", errors.New("browser: the document is of an opaque origin")}
	}
	return nil
}

// averse reports whether the document has no cookies, though it has an origin: it came from a blob: URL.
// See HTML, "cookie-averse Document object".
func (s *CookieStore) averse() bool { return s.document.scheme == "blob" }

// A CookieQuery says which cookies are meant. The zero CookieQuery means all.
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
	if s.averse() {
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
	if s.worker != nil {
		return s.worker.scope()
	}
	return s.document.origin
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

// A CookieInit is a cookie that a script sets.
type CookieInit struct {
	Name, Value string
	Expires     time.Time // zero for a session cookie, unless MaxAge says otherwise
	MaxAge      int       // in seconds; zero for none, below zero for a cookie that has expired
	Domain      string    // "" for a host-only cookie
	Path        string    // "" means "/"
	SameSite    string    // "strict", which "" means, "lax" or "none"
	Partitioned bool
}

// Set sets a cookie, which is Secure and not HttpOnly. If a rule about cookies refuses it, Chromium says so to
// the script, and Firefox does not: the log has the reason.
func (s *CookieStore) Set(c CookieInit) error {
	if err := s.unusable(); err != nil {
		return err
	}
	return s.set(c)
}

// Delete deletes a cookie: by its Name, Domain, Path and Partitioned, the other fields have no
// effect. It is no error if there is no such cookie. Firefox takes no account of whether the cookie is
// host-only.
func (s *CookieStore) Delete(c CookieInit) error {
	if err := s.unusable(); err != nil {
		return err
	}
	c.Value, c.Expires, c.MaxAge, c.SameSite = "", time.Unix(0, 0), 0, ""
	if !s.frame.browser.isFirefox() {
		if normalize(c.Name) == "" {
			c.Value = "x"
		}
		return s.set(c)
	}
	if c.Domain != "" {
		if _, err := s.domain(c.Domain, false); err != nil {
			return err
		}
	}
	if name := normalize(c.Name); name == "" || forbidden(name) || strings.Contains(name, "=") || len(name) > maxPair {
		return nil // no cookie has such a name
	}
	wide := c
	if c.Domain, wide.Domain = "", cmp.Or(c.Domain, s.url().Hostname()); !strings.HasPrefix(strings.ToLower(normalize(c.Name)), "__host-") {
		if err := s.set(wide); err != nil {
			return err
		}
	}
	return s.set(c)
}

// The limits of RFC 6265bis, Section 5.6.
const (
	maxPair      = 4096
	maxAttribute = 1024
)

// set sets a cookie. See Cookie Store API, "set a cookie"; the numbers are those of its steps.
func (s *CookieStore) set(c CookieInit) error {
	if s.averse() {
		return typeError("the document is cookie-averse, as those of blob: URLs are")
	}
	name, value := normalize(c.Name), normalize(c.Value) // 1, 2
	lower := strings.ToLower(name)
	switch {
	case forbidden(name) || forbidden(value): // 3
		return typeError("the name or the value has a semicolon or a control character")
	case strings.Contains(name, "="): // 4
		return typeError("the name has an equals sign")
	case name == "" && strings.Contains(value, "="): // 5.1
		return typeError("a cookie without a name has an equals sign in its value")
	case name == "" && value == "": // 5.2
		return typeError("the cookie has neither name nor value")
	case name == "" && s.frame.browser.isFirefox():
		return typeError("Firefox has no cookies without a name")
	case name == "" && hasAnyPrefix(strings.ToLower(value), "__host-", "__host-http-", "__http-", "__secure-"): // 5.3
		return typeError("a cookie without a name has a value that begins with a prefix of names")
	case hasAnyPrefix(lower, "__host-http-", "__http-"): // 6
		return typeError("a name with the prefix __Http- or __Host-Http- is not for scripts")
	case len(name)+len(value) > maxPair: // 8
		return typeError("name and value have more than %d bytes", maxPair)
	}
	line := name + "=" + value
	if c.Domain != "" { // 11
		domain, err := s.domain(c.Domain, strings.HasPrefix(lower, "__host-"))
		if err != nil {
			return err
		}
		line += "; Domain=" + domain
	}
	switch { // 12
	case c.MaxAge != 0 && !c.Expires.IsZero():
		return typeError("a cookie has expires or maxAge, and not both")
	case c.MaxAge != 0:
		line += "; Max-Age=" + strconv.Itoa(c.MaxAge)
	case !c.Expires.IsZero():
		line += "; Expires=" + httpDate(c.Expires)
	}
	path := s.path(c.Path)
	switch { // 13
	case path[0] != '/':
		return typeError("the path does not begin with a slash")
	case path != "/" && strings.HasPrefix(lower, "__host-"):
		return typeError("a name with the prefix __Host- wants the path /")
	case strings.Contains(path, ";"):
		return typeError("the path has a semicolon")
	case len(path) > maxAttribute:
		return typeError("the path has more than %d bytes", maxAttribute)
	}
	line += "; Path=" + path + "; Secure" // 14
	switch c.SameSite {                   // 15
	case "", "strict", "lax", "none":
		line += "; SameSite=" + map[string]string{"": "Strict", "strict": "Strict", "lax": "Lax", "none": "None"}[c.SameSite]
	default:
		return typeError("SameSite %q: want strict, lax or none", c.SameSite)
	}
	// From the specification only: as shipped; Firefox as it accepts all cookies disregards it.
	if c.Partitioned && !(s.frame.browser.isFirefox() && s.thirdParty() == jar.ThirdPartyAllowed) { // 16
		line += "; Partitioned"
	}
	b := s.frame.browser
	x := s.access("write", s.url())
	defer b.record(x)
	b.receive(x, []string{line}, true) // 17
	if err := x.SetCookies[0].Err(); err != nil && !b.isFirefox() {
		return &Exception{"TypeError", err}
	}
	return nil
}

// path returns the path of a cookie. Chromium escapes it as a URL's, and adds a slash at its end, as the
// API once had it: a cookie for /app is then not sent to /app itself.
//
// Firefox takes any path as it is. Here it is part of a line, and so has what a line cannot have escaped: no
// request's path matches either.
func (s *CookieStore) path(path string) string {
	switch {
	case path == "":
		return "/"
	case path[0] != '/':
		return path
	}
	firefox := s.frame.browser.isFirefox()
	if !firefox && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	var b strings.Builder
	for _, c := range []byte(path) {
		if c < ' ' || c == 0x7F || c > 0x7F && !firefox || c == ';' && firefox {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// thirdParty returns what becomes of third-party cookies there.
func (s *CookieStore) thirdParty() jar.ThirdParty {
	if t := s.frame.accessContext(s.document).ThirdParty; t != jar.ThirdPartyDefault {
		return t
	}
	return s.frame.browser.agent.ThirdParty()
}

// domain returns the value of the attribute Domain.
func (s *CookieStore) domain(domain string, hostPrefix bool) (string, error) {
	canonical, ok := match.Host(domain)
	host, _ := match.Host(s.url().Host)
	switch {
	case domain[0] == '.': // 11.1
		return "", typeError("the domain begins with a dot")
	case hostPrefix: // 11.2
		return "", typeError("a name with the prefix __Host- wants no domain")
	case !ok || strings.Contains(domain, ":") || !within(host, canonical) || !within(canonical, s.frame.browser.siteOf(s.url()).Name): // 11.3
		return "", typeError("the domain is neither the host nor a domain above it, within its site")
	case len(canonical) > maxAttribute: // 11.6
		return "", typeError("the domain has more than %d bytes", maxAttribute)
	}
	return canonical, nil
}

// within reports whether a host is a domain or below it.
func within(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// normalize returns a name or value without tabs and spaces around it. See Cookie Store API,
// "normalize".
func normalize(s string) string {
	return strings.Trim(strings.ToValidUTF8(s, string(utf8.RuneError)), " \t")
}

// forbidden reports whether s has a character that no name, value or path of a cookie may have.
func forbidden(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == ';' || r < ' ' && r != '\t' || r == 0x7F })
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// httpDate returns a time as Set-Cookie has it, whose year has four digits.
func httpDate(t time.Time) string {
	if last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC); t.After(last) {
		t = last
	}
	if first := time.Unix(0, 0); t.Before(first) {
		t = first
	}
	return t.UTC().Format(http.TimeFormat)
}

// A CookieChange is an event: cookies that a script sees were set, or are gone.
type CookieChange struct {
	Changed []jar.Cookie
	Deleted []jar.Cookie // without values
}

// Changes returns the events change of the document since the last call, or the events cookiechange of
// the service worker, which wants a [CookieStore.Subscribe] first. Changes that other programs make
// in [Browser.Jar] count as well, unless it is not the one that New made.
func (s *CookieStore) Changes() []CookieChange {
	s.frame.browser.mu.Lock()
	defer s.frame.browser.mu.Unlock()
	changes := s.changes
	s.changes = nil
	return changes
}

// changed has the listeners hear of a change in a jar.
func (b *Browser) changed(in *jar.Jar, c store.Change) {
	b.mu.Lock()
	listeners, replaced := b.listeners, b.replaced
	if b.isFirefox() {
		b.noteInserted(c)
	}
	if b.replaced = (jar.Cookie{}); c.Cause == store.CauseOverwritten {
		b.replaced = c.Cookie // what replaces it comes next
	}
	b.mu.Unlock()
	if len(listeners) == 0 || c.Cause == store.CauseOverwritten || c.Cause == store.CauseStored && same(c.Cookie, replaced) {
		return
	}
	gone := false
	for _, s := range listeners {
		switch {
		case s.worker == nil && s.frame.document != s.document:
			gone = true
		case s.hears(in, &c.Cookie):
			s.hear(c)
		}
	}
	if gone {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.listeners = slices.DeleteFunc(slices.Clone(b.listeners), func(s *CookieStore) bool {
			return s.worker == nil && s.frame.document != s.document
		})
	}
}

// noteInserted notes when a cookie was set last.
func (b *Browser) noteInserted(c store.Change) {
	key := c.Cookie.Key()
	if c.Cause == store.CauseStored {
		b.insertions++
		b.inserted[key] = b.insertions
	} else {
		delete(b.inserted, key)
	}
}

// same reports whether a cookie replaced one that scripts cannot tell from it.
func same(c, old jar.Cookie) bool {
	return c.Key() == old.Key() && c.Value == old.Value && c.Expires.Equal(old.Expires) && c.Secure == old.Secure &&
		c.HttpOnly == old.HttpOnly && c.SameSite == old.SameSite
}

// hears reports whether an event about the cookie, in a jar, is for s.
func (s *CookieStore) hears(in *jar.Jar, c *jar.Cookie) bool {
	// From the specification only: as shipped.
	if s.frame.browser.isFirefox() && c.Partition != (jar.Partition{}) && s.thirdParty() == jar.ThirdPartyAllowed {
		return false
	}
	at := []*url.URL{s.url()}
	if s.worker != nil {
		at = nil
		for _, sub := range s.worker.subscriptions {
			if s.frame.browser.isFirefox() && sub.url.String() != s.url().String() {
				continue // Firefox dispatches no event for another URL than the scope
			}
			if sub.name == nil || *sub.name == c.Name {
				at = append(at, sub.url)
			}
		}
	}
	return slices.ContainsFunc(at, func(u *url.URL) bool {
		if s.frame.browser.isFirefox() { // whatever the path
			v := *u
			v.Opaque = "//" + v.Host + c.Path
			u = &v
		}
		x := s.access("read", u)
		if s.averse() || x.store(s.frame.browser) != in {
			return false
		}
		v := in.Judge(*c, x.cookieRequest())
		return v.OK()
	})
}

func (s *CookieStore) hear(c store.Change) {
	cookie := s.seen(c.Cookie)
	var e CookieChange
	if c.Cause == store.CauseStored {
		e.Changed = []jar.Cookie{cookie}
	} else {
		cookie.Value = ""
		e.Deleted = []jar.Cookie{cookie}
	}
	s.frame.browser.mu.Lock()
	defer s.frame.browser.mu.Unlock()
	s.changes = append(s.changes, e)
}

// Subscribe has a service worker hear of changes of cookies, at the URL of each query, which must
// be within the scope of the worker; "" stands for the scope.
func (s *CookieStore) Subscribe(queries ...CookieQuery) error {
	all, err := s.parse(queries)
	if err != nil {
		return err
	}
	for _, sub := range all {
		if !slices.ContainsFunc(s.worker.subscriptions, sub.equal) {
			s.worker.subscriptions = append(s.worker.subscriptions, sub)
		}
	}
	return nil
}

// Unsubscribe takes back what [CookieStore.Subscribe] did.
func (s *CookieStore) Unsubscribe(queries ...CookieQuery) error {
	all, err := s.parse(queries)
	if err != nil {
		return err
	}
	for _, sub := range all {
		s.worker.subscriptions = slices.DeleteFunc(s.worker.subscriptions, sub.equal)
	}
	return nil
}

// Subscriptions returns what the service worker hears of.
func (s *CookieStore) Subscriptions() ([]CookieQuery, error) {
	if _, err := s.parse(nil); err != nil {
		return nil, err
	}
	var all []CookieQuery
	for _, sub := range s.worker.subscriptions {
		all = append(all, CookieQuery{sub.name, sub.url.String()})
	}
	return all, nil
}

// parse returns the subscriptions that queries mean.
func (s *CookieStore) parse(queries []CookieQuery) ([]subscription, error) {
	switch err := s.unusable(); {
	case err != nil:
		return nil, err
	case s.worker == nil:
		s.frame.browser.failf("Subscribe wants the CookieStore of a service worker")
	}
	var all []subscription
	scope := s.worker.scope()
	for _, q := range queries {
		u, err := resolve(scope, q.URL)
		if err != nil {
			return nil, &Exception{"TypeError", fmt.Errorf("browser: %w", err)}
		}
		if !strings.HasPrefix(u.String(), scope.String()) {
			return nil, typeError("a subscription must be within the scope %s", scope)
		}
		sub := subscription{url: u}
		if q.Name != nil {
			name := *q.Name // as it is
			if sub.name = &name; name == "" && !s.frame.browser.isFirefox() {
				sub.name = nil
			}
		}
		all = append(all, sub)
	}
	return all, nil
}
