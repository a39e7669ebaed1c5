package rules

import (
	"net/url"
	"strings"

	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/samesite"
	"uacookie/jar/internal/urls"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A compiledRequest is what the rules need to know of a Request. This file is the only place that
// computes same-site, site for cookies and partition key.
type compiledRequest struct {
	host     string // canonical, if ok is true
	ok       bool   // the scheme has cookies and the host could be canonicalized
	scheme   bool   // the scheme has cookies
	secure   bool   // the connection is "secure"
	script   bool   // a "non-HTTP" API
	sameSite bool   // the request, or the script's document, is same-site
	detoured bool   // the request was redirected through another site, and the agent minds
	apart    bool   // a third party whose cookies are kept in a partition
	blocked  bool   // a third party that cannot reach unpartitioned cookies
	shut     bool   // a third party that can reach no cookies
	topLevel bool   // a navigation of the top level
	safe     bool   // the method is "safe"; for a Retrieval
}

// compile sets s to r compiled, except safe: Policy.Retrieve sets it. trustworthy is as in Policy.
// It does not return s: the copy would read bytes just after they were written, and stall the
// processor.
func (s *compiledRequest) compile(a row, r *policy.Request, sites *match.Sites, trustworthy func(host string) bool) {
	*s = compiledRequest{}
	if r == nil {
		return
	}
	s.sameSite, s.topLevel = true, true
	if r.URL != nil && hasCookies(r.URL.Scheme) {
		s.scheme = true
		s.host, s.ok = match.Host(hostOf(r))
		s.ok = s.ok && a.hasCookieHost(s.host)
		s.secure = urls.Secure(r.URL.Scheme, s.host)
		if trustworthy != nil && s.ok && !s.secure {
			s.secure = trustworthy(s.host)
		}
	}
	if c := r.Context; c != nil && s.scheme {
		s.script = c.Script
		s.topLevel = len(c.Documents) == 0 && !c.Script
		s.sameSite = a.sameSite(r, sites)
		if mode := a.thirdParty(c.ThirdParty); mode != policy.ThirdPartyAllowed && !a.allSame(c.Documents, siteOf(r, sites), sites) {
			s.blocked, s.apart = true, mode == policy.ThirdPartyPartitioned
			s.shut = !s.apart && a.Has(agent.BlockedPartitioned)
		}
		if len(c.Redirects) > 0 && a.Has(agent.RedirectSites) {
			s.detoured = !a.allSame(c.Redirects, siteOf(r, sites), sites)
		}
	}
}

// thirdParty returns what becomes of third-party cookies by the choice of a Context.
func (a row) thirdParty(t policy.ThirdParty) policy.ThirdParty {
	switch {
	case t != policy.ThirdPartyDefault:
		return t
	case a.Has(agent.ThirdPartyApart):
		return policy.ThirdPartyPartitioned
	}
	return policy.ThirdPartyAllowed
}

// hasCookieHost reports whether a canonical host may have cookies. It returns false for a host
// that ends in an empty label, such as "example.com..". The draft and Firefox
// accept no empty label, and Chromium any other.
// See RFC 6265bis, Section 5.1.2, step 2.
func (a row) hasCookieHost(host string) bool {
	if a.Has(agent.NoEmptyLabels) {
		return !strings.HasPrefix(host, ".") && !strings.Contains(host, "..")
	}
	return !strings.HasSuffix(host, "..")
}

// isScript reports whether r is a script's access and not a request.
func isScript(r *policy.Request) bool { return r != nil && r.Context != nil && r.Context.Script }

// hostOf returns the cookie host as given.
func hostOf(r *policy.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

// siteOf returns the site of the request's current URL.
func siteOf(r *policy.Request, sites *match.Sites) samesite.Site {
	if r.Host == "" {
		return samesite.Of(sites, r.URL)
	}
	return samesite.Of(sites, &url.URL{Scheme: r.URL.Scheme, Host: r.Host})
}

// keepsApart reports whether third parties have cookies of their own for each top-level site.
// The request need not be to a third party.
func (a row) keepsApart(r *policy.Request) bool {
	t := policy.ThirdPartyDefault
	if r.Context != nil {
		t = r.Context.ThirdParty
	}
	return a.thirdParty(t) == policy.ThirdPartyPartitioned
}

// hasCookies reports whether requests of a scheme have cookies.
func hasCookies(scheme string) bool {
	if scheme == "https" || scheme == "http" { // as url.Parse spells them
		return true
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss":
		return true
	}
	return false
}

// safeMethod reports whether a method is "safe".
// See RFC 6265bis, Section 5.8.3, step 3.5.3.
func safeMethod(method string) bool {
	switch method {
	case "", "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// sameSite reports whether a request with a context is same-site. For a script it
// reports whether its document's site for cookies is same-site with the top-level
// origin. See RFC 6265bis, Section 5.2.
func (a row) sameSite(r *policy.Request, sites *match.Sites) bool {
	c := r.Context
	if c.CrossSiteReload { // 1
		return false
	}
	if len(c.Documents) == 0 && c.Initiator == nil { // 2: no client
		return true
	}
	own := siteOf(r, sites)
	if c.Initiator != nil && !a.same(samesite.Of(sites, c.Initiator), own) { // 2
		return false
	}
	return a.allSame(c.Documents, own, sites)
}

// same reports whether two sites are the same and not opaque.
func (a row) same(s, t samesite.Site) bool {
	if a.Has(agent.SchemelessSites) && s.Scheme != "" {
		s.Scheme = t.Scheme
	}
	return s.Same(t)
}

// allSame reports whether all documents are same-site with own. If own is the
// site of a request, that is whether it is same-site with the site for cookies,
// which is opaque unless all documents are of one site.
// See RFC 6265bis, Section 5.2.1.
func (a row) allSame(documents []*url.URL, own samesite.Site, sites *match.Sites) bool {
	for _, d := range documents { // 4
		if !a.same(samesite.Of(sites, d), own) {
			return false // 4.2
		}
	}
	return true
}

// PartitionOf returns the partition that the request reaches besides the
// unpartitioned cookies: the top-level site, and whether a document that is
// cross-site to the request is among those around it. It is the zero Partition if
// the top-level document has no site. See CHIPS.
func PartitionOf(u policy.UserAgent, r *policy.Request, sites *match.Sites) store.Partition {
	return rowOf(u).partitionOf(r, sites)
}

// partitionOf is PartitionOf.
func (a row) partitionOf(r *policy.Request, sites *match.Sites) store.Partition {
	if r == nil || r.URL == nil {
		return store.Partition{}
	}
	if r.Context == nil {
		return store.Partition{TopLevelSite: siteOf(r, sites).String()}
	}
	if p := r.Context.Partition; p != nil {
		return *p
	}
	own := siteOf(r, sites)
	documents := r.Context.Documents
	if len(documents) == 0 {
		return store.Partition{TopLevelSite: own.String()}
	}
	top := samesite.Of(sites, documents[0])
	if top == (samesite.Site{}) {
		return store.Partition{}
	}
	return store.Partition{
		TopLevelSite:      top.String(),
		CrossSiteAncestor: !a.allSame(documents, own, sites),
	}
}
