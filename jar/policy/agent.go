package policy

import (
	"fmt"

	"uacookie/jar/internal/agent"
	"uacookie/jar/store"
)

// A UserAgent is a set of rules: those of the draft where the zero value
// Standard is used, or those of a program that keeps cookies its own way.
type UserAgent uint8

const (
	// Standard is RFC 6265bis, with the layered draft's __Http- and
	// __Host-Http- prefixes and its stricter reading of Path for __Host-, and
	// CHIPS. Where the draft leaves a choice (what a secure connection is,
	// limits for a site) it does as Chromium does, but has neither
	// Lax-allowing-unsafe nor a limit in total. Expires counts from the server's
	// clock, as in browsers: see Request.ServerTime.
	Standard UserAgent = agent.Standard

	// Compat lifts the rules that net/http/cookiejar lacks: prefixes, overlay of
	// secure cookies, Secure from http, SameSite, limits, and the cap on
	// lifetimes. Expires is a time by our own clock. What a cookie's identity is, which paths match, and how dates
	// and ages are computed stays as in Standard.
	Compat UserAgent = agent.Compat

	// Chromium is what Chromium 156 does, recorded in testdata/browsers, where
	// README.md lists its differences from the draft.
	Chromium UserAgent = agent.Chromium

	// Firefox is what Firefox 153 does, recorded in testdata/browsers, where README.md
	// lists its differences from the draft. It is Firefox as shipped: a third party
	// has a jar of its own for each top-level site. With ThirdPartyAllowed in the
	// Context it is Firefox where the user accepts all cookies.
	//
	// What Firefox as shipped does beyond that is not here: its lists of trackers, whose
	// cookies it may block, the exceptions that it makes by heuristics (a popup, a
	// login by redirect) and for the Storage Access API, and the removal of cookies
	// of sites that only redirect (bounce tracking protection).
	Firefox UserAgent = agent.Firefox
)

// String returns the user agent's name in lower case.
func (u UserAgent) String() string { return u.row().Name }

// Limits returns the limits that u keeps where its owner sets none.
func (u UserAgent) Limits() store.Limits { return u.row().Limits }

// ThirdParty returns what becomes of third-party cookies where a Context leaves that to u:
// never ThirdPartyDefault.
func (u UserAgent) ThirdParty() ThirdParty {
	if u.row().Has(agent.ThirdPartyApart) {
		return ThirdPartyPartitioned
	}
	return ThirdPartyAllowed
}

// row returns the row of u in the table.
func (u UserAgent) row() *agent.Agent { return agent.Of(int(u)) }

// ParseUserAgent returns the user agent of that name.
func ParseUserAgent(name string) (UserAgent, error) {
	names := make([]string, len(agent.Agents))
	for i := range agent.Agents {
		if agent.Agents[i].Name == name {
			return UserAgent(i), nil
		}
		names[i] = agent.Agents[i].Name
	}
	return 0, fmt.Errorf("unknown user agent %q: want one of %q", name, names)
}
