package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/samesite"
)

// PermitStorageAccess sets whether the site of the URL embedded may have its unpartitioned
// cookies below the site of the URL top, as if the user had been asked. Without a permission,
// [Frame.RequestStorageAccess] is refused.
func (b *Browser) PermitStorageAccess(embedded, top string, granted bool) {
	key := b.permissionKey(embedded, top)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.permissions[key] = granted
}

// permissionKey returns the sites for which a permission is.
func (b *Browser) permissionKey(embedded, top string) [2]string {
	var key [2]string
	for i, s := range [...]string{embedded, top} {
		u, err := resolve(nil, s)
		if err != nil {
			b.failf("PermitStorageAccess: %w", err)
		}
		key[i] = b.siteOf(u).String()
	}
	return key
}

// permitted reports whether the site of u may have storage access below top, and whether
// that was decided at all.
func (b *Browser) permitted(u, top *url.URL) (granted, decided bool) {
	key := [2]string{b.siteOf(u).String(), b.siteOf(top).String()}
	b.mu.Lock()
	defer b.mu.Unlock()
	granted, decided = b.permissions[key]
	return granted, decided
}

// RequestStorageAccess has a script of the document call document.requestStorageAccess, as the
// user clicks there. It returns an error if the browser refuses: if the document is of an opaque
// origin, or a third party that [Browser.PermitStorageAccess] does not permit.
func (f *Frame) RequestStorageAccess() error {
	d := f.here()
	if d.origin == nil || f.sandbox { // from the specification only
		return fmt.Errorf("%w: storage access: the document is of an opaque origin", ErrBlocked)
	}
	if len(f.above) == 0 {
		d.access = true
		return nil
	}
	top := f.above[0].origin
	granted := top != nil && f.mayHaveAccess(d.origin, top)
	if !granted {
		return fmt.Errorf("%w: storage access: the user has not permitted it to %s below %s; see Browser.PermitStorageAccess", ErrBlocked, origin(d.origin), origin(top))
	}
	d.access, d.clicked = true, f.browser.now()
	return nil
}

// mayHaveAccess reports whether the browser grants storage access to a document in f of that
// origin. To Firefox the permission matters only where it keeps third parties apart.
func (f *Frame) mayHaveAccess(origin, top *url.URL) bool {
	b := f.browser
	own := b.siteOf(origin)
	granted, decided := b.permitted(origin, top)
	same := own.Same(b.siteOf(top))
	switch {
	case !b.isFirefox() && decided:
		return granted
	case !b.isFirefox(): // from the specification only
		return same
	case b.thirdParty() == jar.ThirdPartyAllowed:
		return true
	case b.thirdParty() == jar.ThirdPartyPartitioned:
		return granted || same
	}
	for _, a := range f.above {
		if a.origin == nil || !own.Same(b.siteOf(a.origin)) {
			return false
		}
	}
	return true
}

// hasClick reports whether the user clicked in the document a moment ago, as to have
// storage access: what a script navigates then counts as the user's doing. A refusal takes the click back.
func (d *document) hasClick(now time.Time) bool {
	// From the specification only: how long a click counts.
	return !d.clicked.IsZero() && now.Sub(d.clicked) < 5*time.Second
}

// hasAccess reports whether the request for the current URL has storage access: as a third
// party, it has its unpartitioned cookies all the same.
func (q *request) hasAccess() bool {
	d := q.client
	switch {
	case q.activated:
		return true
	case d == nil || !d.access:
		return false
	case q.browser.isFirefox(): // all of the site, whatever asks
		for _, u := range q.hops {
			if q.browser.siteOf(u).Name != q.browser.siteOf(d.origin).Name {
				return false
			}
		}
		return true
	case q.kind == WebSocket:
		top := q.context.Documents[0]
		return top != nil && q.browser.siteOf(top).Same(q.browser.siteOf(q.url))
	case q.kind == IFrame && !q.own:
		return false
	}
	for _, u := range q.hops {
		if !sameOrigin(u, d.origin) {
			return false
		}
	}
	return true
}

// retries reports whether a response asks that the request be made again with storage access,
// which the browser permits. See Storage Access Headers.
func (q *request) retries(x *Exchange) bool {
	if q.activated || x == nil || x.Response == nil || x.Header.Get("Sec-Fetch-Storage-Access") != "inactive" {
		return false
	}
	verb, parameters := activation(x.Response.Header)
	if verb != "retry" {
		return false
	}
	allowed := parameters["allowed-origin"]
	return allowed == "*" || allowed == `"`+q.serializedOrigin()+`"`
}

// activation returns what Activate-Storage-Access says.
func activation(h http.Header) (verb string, parameters map[string]string) {
	verb, rest, _ := strings.Cut(h.Get("Activate-Storage-Access"), ";")
	parameters = map[string]string{}
	for p := range strings.SplitSeq(rest, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		parameters[name] = value
	}
	return strings.TrimSpace(verb), parameters
}

// storageAccess returns the value of Sec-Fetch-Storage-Access, "" for none: whether a
// third party has its cookies, has not, or would if it asked, as where the top-level
// document is of its own site. See Storage Access Headers.
func (q *request) storageAccess() string {
	access := q.lacksAccess(q.url)
	if q.browser.isFirefox() {
		if q.client != nil && q.client.worker || q.kind == SharedWorker || q.kind == ServiceWorker || q.thirdParty() != jar.ThirdPartyPartitioned || !q.hasCredentials() && !q.followed || q.redirectTainted() {
			return "" // where the origin is tainted by a redirect there is no such field
		}
	} else if q.credentials != Include { // even if the embedder policy has cookies left out
		return ""
	}
	permitted := false
	if documents := q.context.Documents; len(documents) > 0 && documents[0] != nil {
		permitted, _ = q.browser.permitted(q.url, documents[0])
	}
	switch {
	case access == "" && !(permitted && q.browser.isFirefox()):
		return ""
	case q.page != nil:
		return "none"
	case access != "" && q.hasAccess(), !q.browser.isFirefox() && q.thirdParty() != jar.ThirdPartyBlocked:
		return "active"
	}
	if permitted {
		return "inactive"
	}
	return access
}

// thirdParty returns what becomes of third-party cookies in the request: never
// jar.ThirdPartyDefault.
func (q *request) thirdParty() jar.ThirdParty {
	if t := q.browser.thirdPartyOf(q.url, q.context.Documents); t != jar.ThirdPartyDefault {
		return t
	}
	return q.browser.agent.ThirdParty()
}

// lacksAccess returns what the field is for a request for u without access: "" if u is
// no third party, "inactive" if it has the site of the top-level document, and else "none".
func (q *request) lacksAccess(u *url.URL) string {
	sites := &q.browser.sites
	p := rules.PartitionOf(q.browser.agent, &jar.Request{URL: u, Context: q.context}, sites)
	own, top := samesite.Of(sites, u), p.TopLevelSite
	same := top == own.String()
	if q.browser.isFirefox() && !same { // whatever the scheme
		_, name, _ := strings.Cut(top, "://")
		same = name == own.Name
	}
	switch {
	case top != "" && !p.CrossSiteAncestor:
		return ""
	case same:
		return "inactive"
	}
	return "none"
}
