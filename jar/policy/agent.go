package policy

import (
	"fmt"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/match"
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

	// Chromium is what Chromium 156 does, recorded in testdata/browsers, where
	// README.md lists its differences from the draft.
	Chromium
)

// An agent is a row of the table.
type agent struct {
	name   string
	limits store.Limits
	maxAge time.Duration // the cap on lifetimes; 0: none
	quirks quirk
}

// chromiumLimits are Chromium's limits for a site, which the draft leaves open.
var chromiumLimits = store.Limits{
	Site: 180, SitePurged: 150,
	PartitionCount: 180, PartitionBytes: 10 << 10,
	Domain: 50,
}

// withTotal returns l with Chromium's limit in total, which Standard does without.
func withTotal(l store.Limits) store.Limits {
	l.Total, l.TotalPurged, l.TotalUnused = 3300, 3000, 30*24*time.Hour
	return l
}

// ageLimit is 400 days. See RFC 6265bis, Section 5.5.
const ageLimit = 400 * 24 * time.Hour

var agents = [...]agent{
	Standard: {
		name:   "standard",
		limits: chromiumLimits,
		maxAge: ageLimit,
	},
	Chromium: {
		name:   "chromium",
		limits: withTotal(chromiumLimits),
		maxAge: ageLimit,
		quirks: tabRefused | nulResponse | lineEnds | namelessEquals | lastWins | looseDates | looseMaxAge |
			domainAsHost | wildcardParents | hostPrefixByText | orderByValue | laxUnsafe | scriptUTF8 | siteOnly,
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

// mode returns how the parser is to read for a.
func (a *agent) mode() parse.Mode {
	var m parse.Mode
	if !a.has(lastWins | looseDates | looseMaxAge) {
		return m
	}
	if a.has(lastWins) {
		m |= parse.LastWins
	}
	if a.has(looseDates) {
		m |= parse.LooseDates
	}
	if a.has(looseMaxAge) {
		m |= parse.LooseMaxAge
	}
	return m
}

// String returns the user agent's name in lower case.
func (u UserAgent) String() string { return u.agent().name }

// Limits returns the limits that u keeps where its owner sets none.
func (u UserAgent) Limits() store.Limits { return u.agent().limits }

// Sites returns the sites of a public suffix list as u reads it; nil means the
// embedded list.
func (u UserAgent) Sites(list match.PublicSuffixList) match.Sites {
	s := match.NewSites(list)
	if u.agent().has(wildcardParents) {
		s = s.WithWildcardParents()
	}
	return s
}

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
