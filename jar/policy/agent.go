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

	// Chromium is what Chromium 156 does, recorded in testdata/chromium, where
	// README.md lists its differences from the draft.
	Chromium
)

// A quirk is a named departure from the draft. A user agent is a row of the
// table below: limits, and quirks.
type quirk uint32

const (
	// noPrefixes: a name's prefix means nothing.
	noPrefixes quirk = 1 << iota
	// noOverlay: an insecure origin may overlay Secure cookies.
	noOverlay
	// secureFromInsecure: an insecure origin may set Secure cookies.
	secureFromInsecure
	// noSameSite: the SameSite attribute is kept and means nothing.
	noSameSite

	// tabRefused: a tab inside the name or value of the cookie or of any
	// attribute refuses the line. The draft takes a tab for white space.
	tabRefused
	// nulResponse: a NUL in one Set-Cookie field voids all of the response,
	// which is then no HTTP. The draft refuses that line.
	nulResponse
	// lineEnds: a CR or LF ends a Set-Cookie field, as it ends the line that the
	// field is on, and what follows it is lost. The draft refuses the line.
	lineEnds
	// namelessEquals: a cookie without a name whose value has "=" in it is
	// refused. The draft keeps it.
	namelessEquals
	// domainAsHost: a Domain attribute is canonicalized as the host of a URL is,
	// so it may be in Unicode, and one of a dot alone is refused; an address, and
	// a host without a registrable domain, may name itself, which makes the
	// cookie host-only; and no cookie is for a domain of another site. The draft
	// compares the attribute as it stands, in lower case.
	domainAsHost
	// wildcardParents: what a wildcard rule of the public suffix list stands
	// below is a public suffix too. The list's own algorithm says it is not.
	wildcardParents
	// hostPrefixByText: for a __Host- cookie the last Path attribute must be "/",
	// and the Domain attribute missing, empty, or the address of the host. The
	// draft asks for a host-only cookie with the path "/".
	hostPrefixByText
	// orderByValue: a cookie that replaces another keeps its place in the order
	// only if it has the same value. The draft has it always keep it.
	orderByValue
	// scriptUTF8: a script reads no cookies where their string is not UTF-8. The
	// draft gives it the octets.
	scriptUTF8
	// siteOnly: a host is sent only cookies of its own site, and only these keep
	// it from overlaying them. It matters for a domain below which there are
	// public suffixes, such as amazonaws.com. The draft knows no sites here.
	siteOnly
)

// chromiumQuirks are where the recordings part from Standard.
const chromiumQuirks = tabRefused | nulResponse | lineEnds | namelessEquals | domainAsHost | wildcardParents |
	hostPrefixByText | orderByValue | scriptUTF8 | siteOnly

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
	Chromium: {
		name:      "chromium",
		limits:    chromiumLimits,
		maxAge:    ageLimit,
		laxUnsafe: 2 * time.Minute,
		quirks:    chromiumQuirks,
		mode:      parse.LastWins | parse.LooseDates | parse.LooseMaxAge,
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
