package policy

import (
	"uacookie/jar/internal/agent"
	"uacookie/jar/store"
)

// A UserAgent is a set of rules: the draft's, or the rules of a program that keeps cookies its
// own way. The zero UserAgent is Standard.
type UserAgent uint8

const (
	// Standard follows RFC 6265bis, the layered draft for the prefixes __Http- and
	// __Host-Http- and for what __Host- wants of Path, and CHIPS. Where the draft leaves a
	// choice, such as which connections are secure and how many cookies a site may have,
	// Standard follows Chromium, but without Lax-allowing-unsafe and without a limit on
	// all cookies together. Expires is relative to the server's clock, as in browsers: see
	// Request.ServerTime.
	Standard UserAgent = agent.Standard

	// Compat omits the rules that net/http/cookiejar does not have: prefixes, the
	// protection of Secure cookies from insecure origins, SameSite, limits, and the cap on
	// lifetimes. Expires is a time by the jar's own clock. Identity, path matching, dates
	// and ages follow the rules of Standard.
	Compat UserAgent = agent.Compat

	// Chromium does what Chromium 156 does. Recordings of it are in testdata/browsers; the
	// README.md there lists how it differs from the draft.
	Chromium UserAgent = agent.Chromium

	// Firefox does what Firefox 153 does. Recordings of it are in testdata/browsers; the
	// README.md there lists how it differs from the draft. It behaves as Firefox is
	// shipped: a third party has a jar of its own for each top-level site. With
	// ThirdPartyAllowed in the Context, it behaves as Firefox does if the user accepts all
	// cookies.
	//
	// It does not do what depends on more than the request: block the cookies of listed
	// trackers, make exceptions by heuristics (a popup, a login by redirect) or for the
	// Storage Access API, and remove the cookies of sites that only redirect (bounce
	// tracking protection).
	Firefox UserAgent = agent.Firefox
)

// String returns the user agent's name in lower case.
func (u UserAgent) String() string { return u.row().Name }

// Limits returns the limits of u. A jar keeps them unless its Options have others.
func (u UserAgent) Limits() store.Limits { return u.row().Limits }

// ThirdParty returns the choice about third-party cookies that u makes if the Context has
// ThirdPartyDefault. It never returns ThirdPartyDefault itself.
func (u UserAgent) ThirdParty() ThirdParty {
	if u.row().Has(agent.ThirdPartyApart) {
		return ThirdPartyPartitioned
	}
	return ThirdPartyAllowed
}

// row returns the row of u in the table.
func (u UserAgent) row() *agent.Agent { return agent.Of(int(u)) }
