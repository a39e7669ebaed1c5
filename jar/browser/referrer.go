package browser

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The values of Referrer-Policy, and the one that browsers have by default.
const (
	noReferrer        = "no-referrer"
	whenDowngrade     = "no-referrer-when-downgrade"
	originOnly        = "origin"
	originCross       = "origin-when-cross-origin"
	sameOriginOnlyRef = "same-origin"
	strictOrigin      = "strict-origin"
	strictOriginCross = "strict-origin-when-cross-origin"
	unsafeURL         = "unsafe-url"

	defaultPolicy = strictOriginCross
)

var referrerPolicies = []string{
	noReferrer, whenDowngrade, originOnly, originCross, sameOriginOnlyRef, strictOrigin, strictOriginCross, unsafeURL,
}

// referrerPolicy returns the policy that a response asks for, "" for none: the last one that
// is known. See Referrer Policy, "parse a referrer policy from a Referrer-Policy header".
func referrerPolicy(h http.Header) string {
	policy := ""
	for _, field := range h["Referrer-Policy"] {
		for token := range strings.SplitSeq(field, ",") {
			if token = strings.ToLower(strings.TrimSpace(token)); slices.Contains(referrerPolicies, token) {
				policy = token
			}
		}
	}
	return policy
}

// setPolicy sets the referrer policy that a script or an attribute has for the request. ""
// leaves the document's.
func (q *request) setPolicy(policy string) {
	switch {
	case policy == "":
	case slices.Contains(referrerPolicies, policy):
		q.policy = policy
	default:
		q.browser.failf("ReferrerPolicy %q: want one of %s", policy, strings.Join(referrerPolicies, ", "))
	}
}

// referer returns the value of Referer by the policy of the request, "" for none. What a hop
// left out, later ones do not bring back. See Referrer Policy, "determine request's
// referrer"; but to Chromium http is less than https on this machine too.
func (q *request) referer() string {
	r := q.referrer
	if r == nil {
		return ""
	}
	same := sameOrigin(r, q.url) && q.client.origin != nil
	downgrade := r.Scheme == "https" && q.url.Scheme == "http"
	var all, origin bool
	switch q.strictPolicy() {
	case noReferrer:
	case whenDowngrade:
		all = !downgrade
	case originOnly:
		origin = true
	case originCross:
		all, origin = same, true
	case sameOriginOnlyRef:
		all = same
	case strictOrigin:
		origin = !downgrade
	case unsafeURL:
		all = true
	default:
		all, origin = same, !downgrade
	}
	stripped := *withoutFragment(r)
	stripped.User = nil
	switch {
	case all:
	case origin:
		stripped = url.URL{Scheme: r.Scheme, Host: r.Host, Path: "/"}
	default:
		q.referrer = nil
		return ""
	}
	q.referrer = &stripped
	return stripped.String()
}

// strictPolicy returns the policy of the request, but in Firefox the default for a policy that
// would tell other sites more, unless they are navigated to at the top level.
func (q *request) strictPolicy() string {
	if !q.browser.isFirefox() || q.kind == Document {
		return q.policy
	}
	switch q.policy {
	case unsafeURL, whenDowngrade, originCross:
		if q.browser.siteOf(q.referrer).Name != q.browser.siteOf(q.url).Name {
			return defaultPolicy
		}
	}
	return q.policy
}

// hidesOrigin reports whether the policy has the Origin of a request without CORS be "null".
// See Fetch, "append a request Origin header". In Chromium that is so of navigations alone.
func (q *request) hidesOrigin() bool {
	if q.mode != navigate && !q.browser.isFirefox() {
		return false
	}
	switch q.policy {
	case noReferrer:
		return true
	case sameOriginOnlyRef:
		return !sameOrigin(q.origin(), q.url)
	case whenDowngrade, strictOrigin, strictOriginCross:
		return q.origin() != nil && q.origin().Scheme == "https" && q.url.Scheme != "https"
	}
	return false
}
