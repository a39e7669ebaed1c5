package rules

import (
	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/seam"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// The demands a cookie can make, in the order in which the draft has them, so
// that the lowest one missing is the first reason. The last is not the draft's: see
// policy.ThirdParty.
// See RFC 6265bis, Section 5.8.3, step 3.
const (
	needSecure  seam.Requirements = 1 << iota // 3.3
	needHTTP                                  // 3.4
	needStrict                                // 3.5
	needLax                                   // 3.5
	needDefault                               // 3.5
	needFirstParty

	needSameSite = needStrict | needLax | needDefault
)

// demands compiles what c demands of a request.
// See RFC 6265bis, Section 5.8.3, step 3.
func (a row) demands(c *store.Cookie) seam.Requirements {
	var d seam.Requirements
	if c.Secure { // 3.3
		d |= needSecure
	}
	if c.HttpOnly { // 3.4
		d |= needHTTP
	}
	if !partitioned(c) {
		d |= needFirstParty
	}
	if a.Has(agent.NoSameSite) {
		return d
	}
	switch c.SameSite { // 3.5
	case store.SameSiteStrict:
		d |= needStrict
	case store.SameSiteLax:
		d |= needLax
	case store.SameSiteDefault:
		if !a.Has(agent.DefaultNone) {
			d |= needDefault
		}
	}
	return d
}

// partitioned reports whether c is in a partition.
func partitioned(c *store.Cookie) bool {
	return c.Partition.TopLevelSite != "" || c.Partition.CrossSiteAncestor
}

// grants returns the requirements that a request in this situation meets.
// See RFC 6265bis, Section 5.8.3, step 3.
func (a row) grants(s *situation) seam.Grants {
	var always, recent seam.Requirements
	if s.secure { // 3.3
		always |= needSecure
	}
	if !s.script { // 3.4
		always |= needHTTP
	}
	if !s.blocked {
		always |= needFirstParty
	}
	switch {
	case s.sameSite && !s.detoured:
		always |= needSameSite
	case s.script || !s.topLevel: // 3.5.1, 3.5.4
	case s.safe: // 3.5.2, 3.5.3
		always |= needLax | needDefault
	case a.Has(agent.LaxUnsafe): // Section 5.6.7.2
		recent |= needDefault
	}
	return seam.Grant(always, recent)
}

// try tries each demand of a cookie, of which lacks are not granted. Where
// third-party cookies are not blocked, that demand is not one.
// See RFC 6265bis, Section 5.8.3, step 3.
func (s *situation) try(demands, lacks seam.Requirements, why *reasons) {
	if !s.blocked {
		demands &^= needFirstParty
	}
	for ; demands != 0; demands &= demands - 1 {
		d := demands & -demands
		why.addIf(lacks&d != 0, s.missing(d))
	}
}

// missing returns the reason for withholding a cookie that lacks these demands.
func (s *situation) missing(lacks seam.Requirements) policy.Reason {
	unsafeNavigation := s.topLevel && !s.safe
	switch lacks & -lacks { // the first in the draft's order
	case needSecure:
		return policy.ReasonSecureOnly
	case needHTTP:
		return policy.ReasonHTTPOnly
	case needStrict:
		return policy.ReasonSameSiteStrict
	case needLax:
		if unsafeNavigation {
			return policy.ReasonSameSiteLaxUnsafe
		}
		return policy.ReasonSameSiteLax
	case needDefault:
		if unsafeNavigation {
			return policy.ReasonSameSiteDefaultUnsafe
		}
		return policy.ReasonSameSiteDefault
	case needFirstParty:
		return policy.ReasonThirdParty
	}
	return 0
}
