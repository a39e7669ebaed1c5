// Package agent is the table of user agents. An agent is a row: limits, and named quirks.
// Another agent is another row, never a fork of the code.
package agent

import (
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// An Agent is a row of the table: a user agent, and what it does its own way.
type Agent struct {
	Name   string
	Limits store.Limits
	MaxAge time.Duration // the cap on lifetimes; 0: none
	Quirks Quirk

	// ApartLimits, if not nil, are the limits for a Partitioned cookie where the cookies of
	// third parties are kept apart.
	ApartLimits *store.Limits

	// ClearsHost has Clear-Site-Data remove the cookies of the host alone, and either the
	// unpartitioned ones or those of a partition.
	ClearsHost bool
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

// firefoxLimits are the limits of Firefox as shipped: network.cookie.maxNumber and its like.
// SiteLimits says how Firefox keeps them.
var firefoxLimits = withTotal(store.Limits{
	Site: 180, SitePurged: 150,
	PartitionCount: 180,
})

// firefoxApart returns firefoxLimits with the limit in bytes.
func firefoxApart() *store.Limits {
	l := firefoxLimits
	l.PartitionBytes = 10 << 10
	return &l
}

// ageLimit is 400 days. See RFC 6265bis, Section 5.5.
const ageLimit = 400 * 24 * time.Hour

// The rows, in the order of the constants of policy.UserAgent.
const (
	Standard = iota
	Compat
	Chromium
	Firefox
)

// Agents is the table.
var Agents = [...]Agent{
	Standard: {
		Name:   "standard",
		Limits: chromiumLimits,
		MaxAge: ageLimit,
		Quirks: ServerClock,
	},
	Chromium: {
		Name:   "chromium",
		Limits: withTotal(chromiumLimits),
		MaxAge: ageLimit,
		Quirks: ServerClock | TabRefused | NulResponse | LineEnds | ReturnEnds | NamelessEquals | LastWins | LooseDates | LooseMaxAge |
			DomainItself | DomainAsHost | WildcardParents | EmptyLabels | HostPrefixByText | OrderByValue | LaxUnsafe | ScriptUTF8,
	},
	Firefox: {
		Name:   "firefox",
		Limits: firefoxLimits,
		MaxAge: ageLimit,
		Quirks: ServerClock | NulResponse | LineEnds | LastWins | DomainItself | WildcardParents |
			NoNameless | ValueUTF8 | NSPRDates | SignedMaxAge | LongFlags | NoEmptyLabels | DefaultNone | SchemelessSites | RedirectSites |
			OverlayHostOnly | HostPrefixDefaultPath | ShortDefaultPath | ThirdPartyApart | BlockedPartitioned | SiteLimits,
		ApartLimits: firefoxApart(),
		ClearsHost:  true,
	},
	Compat: {
		Name:   "compat",
		Quirks: NoPrefixes | NoOverlay | SecureFromInsecure | NoSameSite,
	},
}

// Of returns the row of a user agent; Standard's if there is no such row.
func Of(u int) *Agent {
	if u >= len(Agents) {
		u = Standard
	}
	return &Agents[u]
}

// Has reports whether a has any of the quirks in q.
func (a *Agent) Has(q Quirk) bool { return a.Quirks&q != 0 }

// Mode returns how the parser reads for a.
func (a *Agent) Mode() parse.Mode {
	var m parse.Mode
	if !a.Has(LastWins | LooseDates | LooseMaxAge | NSPRDates | SignedMaxAge | NoNameless | LongFlags) {
		return m
	}
	if a.Has(LastWins) {
		m |= parse.LastWins
	}
	if a.Has(LooseDates) {
		m |= parse.LooseDates
	}
	if a.Has(LooseMaxAge) {
		m |= parse.LooseMaxAge
	}
	if a.Has(NSPRDates) {
		m |= parse.NSPRDates
	}
	if a.Has(SignedMaxAge) {
		m |= parse.SignedMaxAge
	}
	if a.Has(NoNameless) {
		m |= parse.BareNames
	}
	if a.Has(LongFlags) {
		m |= parse.LongFlags
	}
	return m
}

// Sites returns the sites of a public suffix list as a reads it.
func (a *Agent) Sites(s match.Sites) match.Sites {
	if a.Has(WildcardParents) {
		s = s.WithWildcardParents()
	}
	if a.Has(EmptyLabels) {
		s = s.WithEmptyLabels()
	}
	return s
}
