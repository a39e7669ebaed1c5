package policy

import (
	"uacookie/jar/internal/agent"
	"uacookie/jar/store"
)

// A UserAgent is a set of rules: those of the draft, or those of a program that keeps
// cookies its own way. The zero UserAgent is Standard.
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
	// and ages are those of Standard.
	Compat UserAgent = agent.Compat

	// Chromium does what Chromium 156 does. Recordings of it are in testdata/browsers; the
	// README.md there lists how it differs from the draft.
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

// Limits returns the limits of u, which a jar keeps unless its Options have others.
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
