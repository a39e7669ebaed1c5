package browser

import (
	"net/http"
	"net/url"

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
	// From the specification only: Accept, Accept-Language and User-Agent, but for Firefox's Accept.
	h := q.header.Clone()
	firefox := q.browser.isFirefox()
	if firefox {
		h.Set("User-Agent", firefoxName)
		setDefault(h, "Accept-Language", "en-US,en;q=0.5")
	} else {
		h.Set("User-Agent", chromiumName)
		setDefault(h, "Accept-Language", "en-US,en;q=0.9")
	}
	if (q.activated || q.embedsWithout()) && !firefox {
		h.Set("Cache-Control", "no-cache")
	}
	if q.mode == navigate {
		h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		h.Set("Upgrade-Insecure-Requests", "1")
	} else if q.mode != socket || firefox {
		setDefault(h, "Accept", q.accept())
	}
	if q.kind == Prefetch {
		h.Set("Sec-Purpose", "prefetch")
	}
	if q.kind == EventSource {
		h.Set("Cache-Control", "no-cache")
		if firefox {
			h.Set("Pragma", "no-cache")
		}
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
			if access == "inactive" && len(q.hops) == 1 || q.activated {
				setDefault(h, "Origin", q.serializedOrigin())
				q.inactive = true
			}
		}
		if q.inactive && !firefox { // what had an Origin for that keeps it
			setDefault(h, "Origin", q.serializedOrigin())
		}
	}
	return h
}

// accept returns what an element, or a script, asks for. Chromium's is from the specification only.
func (q *request) accept() string {
	switch firefox := q.browser.isFirefox(); {
	case q.kind == Image && firefox:
		return "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case q.kind == Image:
		return "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	case q.kind == Prefetch && firefox: // as for a document
		return "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	case q.kind == EventSource:
		return "text/event-stream"
	case q.kind == Style:
		return "text/css,*/*;q=0.1"
	}
	return "*/*"
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

// destination returns the value of Sec-Fetch-Dest.
func (q *request) destination() string {
	switch q.kind {
	case Document:
		return "document"
	case IFrame:
		return "iframe"
	case Image:
		return "image"
	case ScriptFile:
		return "script"
	case Style:
		return "style"
	case DedicatedWorker, SharedWorker, ServiceWorker:
		return string(q.kind)
	}
	return "empty"
}

// originField returns the value of Origin, "" for none. See Fetch, "append a request
// Origin header".
func (q *request) originField() string {
	switch {
	case q.client == nil:
		return ""
	case q.isCORS() || q.mode == socket || q.mode == CORS && q.isElement() && !q.browser.isFirefox():
		return q.serializedOrigin()
	case q.method == http.MethodGet || q.method == http.MethodHead:
		return ""
	case q.mode != CORS && q.hidesOrigin():
		return "null" // as the Referer is left out
	}
	return q.serializedOrigin()
}

// serializedOrigin returns the origin of the document that makes the request, or "null" if
// a redirect by another origin led elsewhere. See Fetch, "serializing a request origin".
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
