package policy

import (
	"uacookie/jar/store"
)

// The demands a cookie can make, in the order in which the draft has them, so
// that the lowest one missing is the first reason.
// See RFC 6265bis, Section 5.8.3, step 3.
const (
	needSecure  store.Demand = 1 << iota // 3.3
	needHTTP                             // 3.4
	needStrict                           // 3.5
	needLax                              // 3.5
	needDefault                          // 3.5

	needSameSite = needStrict | needLax | needDefault
)

// demands compiles what c demands of a request.
// See RFC 6265bis, Section 5.8.3, step 3.
func (a *agent) demands(c *store.Cookie) store.Demand {
	var d store.Demand
	if c.Secure { // 3.3
		d |= needSecure
	}
	if c.HttpOnly { // 3.4
		d |= needHTTP
	}
	if a.has(noSameSite) {
		return d
	}
	switch c.SameSite { // 3.5
	case store.SameSiteStrict:
		d |= needStrict
	case store.SameSiteLax:
		d |= needLax
	case store.SameSiteDefault:
		d |= needDefault
	}
	return d
}

// grants compiles what the situation grants: at once, and for recent cookies.
// See RFC 6265bis, Section 5.8.3, step 3.
func (s *situation) grants() (always, recent store.Demand) {
	if s.secure { // 3.3
		always |= needSecure
	}
	if !s.script { // 3.4
		always |= needHTTP
	}
	switch {
	case s.sameSite:
		always |= needSameSite
	case s.script || !s.topLevel: // 3.5.1, 3.5.4
	case s.safe: // 3.5.2, 3.5.3
		always |= needLax | needDefault
	default:
		// Section 5.6.7.2: where the user agent has Lax-allowing-unsafe.
		recent |= needDefault
	}
	return always, recent
}

// missing returns the reason for withholding a cookie that lacks these demands.
func (s *situation) missing(lacks store.Demand) Reason {
	unsafeNavigation := s.topLevel && !s.safe
	switch lacks & -lacks { // the first in the draft's order
	case needSecure:
		return SecureOnly
	case needHTTP:
		return HTTPOnly
	case needStrict:
		return SameSiteStrict
	case needLax:
		if unsafeNavigation {
			return SameSiteLaxUnsafe
		}
		return SameSiteLax
	case needDefault:
		if unsafeNavigation {
			return SameSiteDefaultUnsafe
		}
		return SameSiteDefault
	}
	return 0
}
