package browser

import (
	"net/http"
	"net/url"
	"strings"

	"uacookie/jar"
	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/samesite"
)

// chromiumName and firefoxName are the User-Agent fields. Chromium's is as it has been since
// it was reduced.
const (
	chromiumName = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	firefoxName  = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
)

// headers returns the header fields of the request for the current URL, all but
// Cookie.
func (q *request) headers() http.Header {
	h := q.header.Clone()
	firefox := q.browser.isFirefox()
	if firefox {
		h.Set("User-Agent", firefoxName)
		setDefault(h, "Accept-Language", "en-US,en;q=0.5")
	} else {
		h.Set("User-Agent", chromiumName)
		setDefault(h, "Accept-Language", "en-US,en;q=0.9")
	}
	if q.mode == navigate {
		h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		h.Set("Upgrade-Insecure-Requests", "1")
	} else if q.mode != socket || firefox {
		setDefault(h, "Accept", "*/*")
	}
	if r := q.referer(); r != "" {
		h.Set("Referer", r)
	}
	if o := q.originField(); o != "" {
		h.Set("Origin", o)
	}
	if trustworthy(q.url) && (q.mode != socket || firefox) {
		h.Set("Sec-Fetch-Site", q.fetchSite())
		h.Set("Sec-Fetch-Mode", string(q.mode))
		h.Set("Sec-Fetch-Dest", q.destination())
		if q.mode == navigate && q.user {
			h.Set("Sec-Fetch-User", "?1")
		}
		if access := q.storageAccess(); access != "" {
			h.Set("Sec-Fetch-Storage-Access", access)
			if access == "inactive" {
				setDefault(h, "Origin", q.serializedOrigin())
			}
		}
	}
	return h
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

// fetchSite returns the value of Sec-Fetch-Site. See Fetch Metadata, "set the
// Sec-Fetch-Site header". A preflight is a request of its own, with no redirects
// before it.
func (q *request) fetchSite() string {
	if q.client == nil {
		return "none"
	}
	hops := q.hops
	if q.kind == Preflight {
		hops = []*url.URL{q.url}
	}
	value, own := "same-origin", samesite.Of(&q.browser.sites, q.origin())
	for _, u := range hops {
		switch {
		case sameOrigin(q.origin(), u):
		case !own.Same(samesite.Of(&q.browser.sites, u)):
			return "cross-site"
		default:
			value = "same-site"
		}
	}
	return value
}

// storageAccess returns the value of Sec-Fetch-Storage-Access, "" for none: whether a
// third party has its cookies, has not, or would if it asked, as where the top-level
// document is of its own site. See Storage Access Headers.
func (q *request) storageAccess() string {
	if q.browser.isFirefox() {
		return q.firefoxStorageAccess()
	}
	switch access := q.lacksAccess(q.url); {
	case access == "", !q.hasCredentials():
		return ""
	case q.browser.thirdParty() != jar.ThirdPartyBlocked:
		return "active"
	default:
		return access
	}
}

// firefoxStorageAccess is storageAccess for Firefox. Where the origin is tainted by a
// redirect there is no such field.
func (q *request) firefoxStorageAccess() (access string) {
	if q.browser.thirdParty() != jar.ThirdPartyPartitioned || !q.hasCredentials() && !q.followed || q.redirectTainted() {
		return ""
	}
	return q.lacksAccess(q.url)
}

// redirectTainted reports whether another origin than the client's redirected the request to
// yet another. See Fetch, "redirect-taint".
func (q *request) redirectTainted() bool {
	o := q.origin()
	for i := 1; i < len(q.hops); i++ {
		if last := q.hops[i-1]; !sameOrigin(q.hops[i], last) && !sameOrigin(o, last) {
			return true
		}
	}
	return false
}

// lacksAccess returns what the field is for a request for u without access: "" if u is
// no third party, "inactive" if its site is that of the top-level document, and else "none".
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

// destination returns the value of Sec-Fetch-Dest.
func (q *request) destination() string {
	switch q.kind {
	case Document:
		return "document"
	case IFrame:
		return "iframe"
	}
	return "empty"
}

// referer returns the value of Referer by the default policy,
// strict-origin-when-cross-origin, "" for none. What a hop left out, later ones do
// not bring back. See Referrer Policy, "determine request's referrer"; but to Chromium
// http is less than https on this machine too.
func (q *request) referer() string {
	r := q.referrer
	switch {
	case r == nil:
		return ""
	case r.Scheme == "https" && q.url.Scheme == "http":
		q.referrer = nil
		return ""
	}
	stripped := *withoutFragment(r)
	stripped.User = nil
	if !sameOrigin(r, q.url) || q.client.origin == nil {
		stripped = url.URL{Scheme: r.Scheme, Host: r.Host, Path: "/"}
	}
	q.referrer = &stripped
	return stripped.String()
}

// originField returns the value of Origin, "" for none. See Fetch, "append a request
// Origin header".
func (q *request) originField() string {
	switch {
	case q.client == nil:
		return ""
	case q.isCORS() || q.mode == socket:
		return q.serializedOrigin()
	case q.method == http.MethodGet || q.method == http.MethodHead:
		return ""
	case q.mode != CORS && q.origin() != nil && q.origin().Scheme == "https" && q.url.Scheme != "https":
		return "null" // as the Referer is left out
	}
	return q.serializedOrigin()
}

// serializedOrigin returns the origin of who asks, "null" if a redirect by another
// origin led elsewhere. See Fetch, "serializing a request origin".
//
// Without CORS, Chromium has "null" where any redirect led to another origin, be it
// from the own one. Firefox has it for no preflight.
func (q *request) serializedOrigin() string {
	switch {
	case q.browser.isFirefox():
		if q.redirectTainted() && q.kind != Preflight {
			return "null"
		}
	case q.redirectTainted():
		return "null"
	case q.mode != CORS:
		for i := 1; i < len(q.hops); i++ {
			if !sameOrigin(q.hops[i], q.hops[i-1]) {
				return "null"
			}
		}
	}
	return origin(q.origin())
}
