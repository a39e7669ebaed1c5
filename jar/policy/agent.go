package policy

import (
	"fmt"
	"time"

	"uacookie/internal/parse"
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
	// Lax-allowing-unsafe nor a limit in total.
	Standard UserAgent = iota

	// Compat lifts the rules that net/http/cookiejar lacks: prefixes, overlay of
	// secure cookies, Secure from http, SameSite, limits, and the cap on
	// lifetimes. What a cookie's identity is, which paths match, and how dates
	// and ages are computed stays as in Standard.
	Compat
)

// A quirk is a named departure from the draft. A user agent is a row of the
// table below: limits, and quirks.
type quirk uint16

const (
	// noPrefixes: a name's prefix means nothing.
	noPrefixes quirk = 1 << iota
	// noOverlay: an insecure origin may overlay Secure cookies.
	noOverlay
	// secureFromInsecure: an insecure origin may set Secure cookies.
	secureFromInsecure
	// noSameSite: the SameSite attribute is kept and means nothing.
	noSameSite
)

// An agent is a row of the table.
type agent struct {
	name      string
	limits    store.Limits
	maxAge    time.Duration // the cap on lifetimes; 0: none
	laxUnsafe time.Duration // how long Lax-allowing-unsafe holds; 0: it does not
	quirks    quirk
	mode      parse.Mode
}

// chromiumLimits are Chromium's limits for a site, which the draft leaves open.
var chromiumLimits = store.Limits{
	Site: 180, SitePurged: 150,
	PartitionCount: 180, PartitionBytes: 10 << 10,
	Domain: 50,
}

// ageLimit is 400 days. See RFC 6265bis, Section 5.5.
const ageLimit = 400 * 24 * time.Hour

var agents = [...]agent{
	Standard: {
		name:   "standard",
		limits: chromiumLimits,
		maxAge: ageLimit,
	},
	Compat: {
		name:   "compat",
		quirks: noPrefixes | noOverlay | secureFromInsecure | noSameSite,
	},
}

// agent returns the row of u; Standard's if u is none of the constants.
func (u UserAgent) agent() *agent {
	if int(u) >= len(agents) {
		u = Standard
	}
	return &agents[u]
}

func (a *agent) has(q quirk) bool { return a.quirks&q != 0 }

// String returns the user agent's name in lower case.
func (u UserAgent) String() string { return u.agent().name }

// Limits returns the limits that u keeps where its owner sets none.
func (u UserAgent) Limits() store.Limits { return u.agent().limits }

// ParseUserAgent returns the user agent of that name.
func ParseUserAgent(name string) (UserAgent, error) {
	names := make([]string, len(agents))
	for i := range agents {
		if agents[i].name == name {
			return UserAgent(i), nil
		}
		names[i] = agents[i].name
	}
	return 0, fmt.Errorf("unknown user agent %q: want one of %q", name, names)
}
