package rules

import (
	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/seam"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// The requirements that a cookie can have, in the draft's order, so that the lowest one that
// a request does not meet is the first reason. The last is not the draft's: see
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

// requirements returns the requirements that c has of a request.
// See RFC 6265bis, Section 5.8.3, step 3.
func (a row) requirements(c *store.Cookie) seam.Requirements {
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
func (a row) grants(s *compiledRequest) seam.Grants {
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

// try tries each requirement of a cookie. The request does not meet those in lacks. If
// third-party cookies are not blocked, needFirstParty is not tried.
// See RFC 6265bis, Section 5.8.3, step 3.
func (s *compiledRequest) try(requires, lacks seam.Requirements, why *reasons) {
	if !s.blocked {
		requires &^= needFirstParty
	}
	for ; requires != 0; requires &= requires - 1 {
		d := requires & -requires
		why.addIf(lacks&d != 0, s.missing(d))
	}
}

// missing returns the reason for withholding a cookie whose requirements in lacks are not
// met.
func (s *compiledRequest) missing(lacks seam.Requirements) policy.Reason {
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
