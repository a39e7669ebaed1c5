// Package rules decides: may this cookie in, may it go out with this request,
// and if not, by which rule?
//
// On the way in, [Policy.Receive] tries the rules that depend on the request, and then
// those that depend on the cookie alone. [Policy.Accept] tries only the latter, on a
// ready-made cookie. For several cookies of one response, [Admission] compiles the
// request once. The rules that depend on stored cookies go into a [store.Conditions],
// and the store tries them. On the way out, [Policy.Retrieve] compiles a request into
// what the store compares.
//
// Each decision is a [policy.Verdict] with a [policy.Reason], and with the
// [policy.Step]s that led to it. [Policy.Parts] says which pieces of a Set-Cookie line
// were ignored.
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

// A Policy is the rules of a user agent, with the settings of a jar's owner. The zero
// Policy is the Standard user agent with the embedded public suffix list. It is safe
// for concurrent use while it does not change.
type Policy struct {
	UserAgent policy.UserAgent

	// Sites is the public suffix list; nil means the embedded one. A store takes
	// cookies only from a Policy whose Sites is the store's.
	Sites *match.Sites

	// Limits are the limits that the store keeps. Nil means the user agent's.
	Limits *store.Limits

	// Trustworthy, if not nil, reports whether an insecure connection to a canonical host
	// counts as secure.
	Trustworthy func(host string) bool

	// MaxAge is the cap on a cookie's lifetime. Zero means the user agent's cap,
	// below zero no cap.
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

// fill sets g to the conditions that all cookies have.
func (p *Policy) fill(g *store.Conditions) {
	a, limits := rowOf(p.UserAgent), p.Limits
	if limits == nil {
		limits = &a.Limits
	}
	*g = store.Conditions{Sites: p.sites(), Limits: limits}
	if a.Has(agent.SiteLimits) {
		g.Rules = seam.SecureLast
	}
}
