// Package policy decides: may this cookie in, may it go out with this request,
// and if not, by which rule?
//
// On the way in, [Policy.Receive] judges what depends on the request and then
// what the cookie alone decides; [Policy.Accept] judges a ready-made cookie by
// the second part only. For several cookies of one response, [Reception]
// compiles the request once. What depends on the cookies already stored they write
// into a [store.Conditions], and the store decides it. On the way out,
// [Policy.Retrieve] compiles a request into what the store compares.
//
// Each decision is a [Verdict] with a [Reason], and with the [Step]s that led to it.
// [Policy.Parts] says which pieces of a Set-Cookie line were ignored.
package rules

import (
	"time"

	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Policy is the rules of a user agent with what the owner of a jar has set. The
// zero Policy is the Standard user agent with the embedded public suffix list. It
// is safe for concurrent use as long as nobody changes it.
type Policy struct {
	UserAgent policy.UserAgent

	// Sites is the public suffix list; nil means the embedded one. A store takes
	// cookies only from a Policy whose Sites is the store's.
	Sites *match.Sites

	// Limits are those that the store is to keep; nil means the user agent's.
	Limits *store.Limits

	// MaxAge is the cap on a cookie's lifetime. Zero means the user agent's,
	// below zero means none.
	MaxAge time.Duration
}

// embedded is the zero Sites, for a Policy that has none.
var embedded match.Sites

func (p *Policy) sites() *match.Sites {
	if p.Sites == nil {
		return &embedded
	}
	return p.Sites
}

// lookUp returns the registrable domain of a domain in any spelling, and whether the
// domain is a public suffix: then it has none.
func (p *Policy) lookUp(domain string) (registrable string, suffix bool) {
	host, ok := match.Host(domain)
	if !ok || hosts.IsIP(host) {
		return "", false
	}
	registrable = p.sites().Registrable(host)
	return registrable, registrable == ""
}

// fill makes the zero g what every cookie asks of the store.
func (p *Policy) fill(g *store.Conditions) {
	a, limits := rowOf(p.UserAgent), p.Limits
	if limits == nil {
		limits = &a.Limits
	}
	g.Sites, g.Limits = p.sites(), limits
	if a.Has(agent.SiteLimits) {
		g.Rules = seam.SecureLast
	}
}
