package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"uacookie/jar"
)

// The values of Cross-Origin-Embedder-Policy that have an effect.
const (
	requireCORP    = "require-corp"
	credentialless = "credentialless"
)

// embedderPolicy returns the value of Cross-Origin-Embedder-Policy, "" for one without an effect.
// See HTML, "obtain an embedder policy".
func embedderPolicy(h http.Header) string {
	value, _, _ := strings.Cut(h.Get("Cross-Origin-Embedder-Policy"), ";")
	switch value = strings.TrimSpace(value); value {
	case requireCORP, credentialless:
		return value
	}
	return ""
}

// embedsWithout reports whether, by the policy of the document, the request goes without
// credentials. See Fetch, "Cross-Origin-Embedder-Policy allows credentials".
func (q *request) embedsWithout() bool {
	return q.mode == NoCORS && q.client != nil && q.client.embedder == credentialless &&
		(q.tainted || !sameOrigin(q.origin(), q.url))
}

// checkEmbedding reports what Cross-Origin-Resource-Policy, and the embedder policy of the document,
// keep from it. See Fetch, "cross-origin resource policy check".
func (q *request) checkEmbedding(r *http.Response) error {
	if q.kind == IFrame {
		return q.checkFrame(r)
	}
	if q.mode != NoCORS || sameOrigin(q.origin(), q.url) {
		return nil
	}
	policy := r.Header.Get("Cross-Origin-Resource-Policy")
	switch policy {
	case "same-origin", "same-site", "cross-origin":
	default:
		switch e := q.client.embedder; {
		case e == requireCORP, e == credentialless && q.hasCredentials():
			return fmt.Errorf("%w: Cross-Origin-Embedder-Policy: %s of the document wants Cross-Origin-Resource-Policy", ErrBlocked, e)
		}
		return nil
	}
	if policy == "same-origin" || policy == "same-site" && !q.schemelesslySameSite() {
		return fmt.Errorf("%w: Cross-Origin-Resource-Policy: %s", ErrBlocked, policy)
	}
	return nil
}

// schemelesslySameSite reports whether the request is to the site of the document.
func (q *request) schemelesslySameSite() bool {
	o := q.origin()
	return o != nil && q.browser.siteOf(o).Name == q.browser.siteOf(q.url).Name && (o.Scheme == "https" || q.url.Scheme != "https")
}

// checkFrame reports whether the document around a frame may not show the response there: by
// its policy the response is to have one, too. See HTML, "check a navigation response's adherence to
// its embedder policy". It is from the specification only.
func (q *request) checkFrame(r *http.Response) error {
	if q.around == nil || q.around.embedder == "" || redirects(r) || keepsDocument(r) || q.page != nil || embedderPolicy(r.Header) != "" {
		return nil
	}
	return fmt.Errorf("%w: Cross-Origin-Embedder-Policy: %s of the document around the frame wants such a field", ErrBlocked, q.around.embedder)
}

// Credentialless is [Frame.Embed] for an iframe with the attribute credentialless: the documents in
// it, and in frames within it, have cookies that begin empty and last as long as the document of the
// tab. Firefox has no such attribute.
func (f *Frame) Credentialless(src string) *Frame {
	return f.embed(src, f.sandbox, f.anonymous || !f.browser.isFirefox())
}

// A page is the jars of the credentialless documents below one top-level document, by site. Chromium
// keeps their cookies apart by the site of the document that makes a request, or is navigated to.
type page map[string]*jar.Jar

// page returns the page of credentialless documents in the frame; nil if it shows no such.
func (f *Frame) page() page {
	if !f.anonymous {
		return nil
	}
	top := f.above[0]
	if top.page == nil {
		top.page = page{}
	}
	return top.page
}

// jarOf returns the jar of documents with the origin of u, nil for an opaque one; nil if they are not
// credentialless.
func (b *Browser) jarOf(p page, u *url.URL) *jar.Jar {
	if p == nil {
		return nil
	}
	site := ""
	if u != nil {
		site = b.siteOf(u).String()
	}
	if p[site] == nil {
		p[site] = b.newJar()
	}
	return p[site]
}

// ephemeral is the partition of all their cookies.
var ephemeral = jar.Partition{TopLevelSite: "credentialless"}
