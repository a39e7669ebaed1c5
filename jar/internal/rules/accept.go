package rules

import (
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// Accept judges a ready-made cookie, from a file or a program, by the rules that
// depend on the cookie alone. It keeps the cookie's times, except that a zero Created or
// LastAccess becomes now, and Expires is limited by the cap on lifetimes. The cap counts
// from the later of now and Created: so a clock that is behind now does not shorten the
// life of a cookie that was stored while it was right.
//
// A cookie for a public suffix and the hosts below it becomes host-only, as if the suffix
// itself had set it, and the verdict says so. Other tools write such cookies for localhost.
//
// See RFC 6265bis, Section 5.7.
func (p *Policy) Accept(c store.Cookie, now time.Time) (policy.Verdict, store.Conditions) {
	return p.accept(c, now, NotBefore)
}

// Readmit is Accept for a cookie that Accept has accepted before. It refuses the cookie if
// its domain has become a public suffix since. listed says that the cookie was accepted by
// the same public suffix list: then its domain is not looked up again.
func (p *Policy) Readmit(c store.Cookie, now time.Time, listed bool) (policy.Verdict, store.Conditions) {
	if listed {
		return p.accept(c, now, BySameList)
	}
	return p.accept(c, now, ByOtherList)
}

// Accept is [Policy.Accept] for a Admission whose request is nil, or [Policy.Readmit] if the
// cookie was accepted before. It sets v, and Conditions if the verdict is OK.
func (t *Admission) Accept(v *policy.Verdict, c *store.Cookie, how Acceptance) {
	*v, t.Conditions = t.Policy.accept(*c, t.now, how)
}

// An Acceptance says whether a cookie has been accepted before.
type Acceptance uint8

const (
	NotBefore   Acceptance = iota
	ByOtherList            // by another public suffix list, or an unknown one
	BySameList             // by the current list, which is not asked again
)

func (p *Policy) accept(c store.Cookie, now time.Time, how Acceptance) (policy.Verdict, store.Conditions) {
	var capped, madeHostOnly bool
	if c.Created.IsZero() {
		c.Created = now
	}
	if c.LastAccess.IsZero() {
		c.LastAccess = now
	}
	if c.Persistent() {
		from := now
		if c.Created.After(now) {
			from = c.Created
		}
		c.Expires, capped = p.cap(c.Expires, from) // 6
	}

	a := rowOf(p.UserAgent)
	var why reasons
	host, ok := match.Host(c.Domain)
	why.addIf(!ok || host != c.Domain || !a.hasCookieHost(host), policy.ReasonMalformed)
	why.addIf(!strings.HasPrefix(c.Path, "/"), policy.ReasonMalformed) // it may have a semicolon: default-paths do
	why.addIf(strings.ContainsAny(c.Name, "=;") || strings.Contains(c.Value, ";"), policy.ReasonMalformed)
	why.addIf(c.Name == "" && strings.Contains(c.Value, "="), policy.ReasonMalformed)
	why.addIf(strings.Trim(c.Name, " \t") != c.Name || strings.Trim(c.Value, " \t") != c.Value, policy.ReasonMalformed)
	why.addIf(parse.HasControl(c.Partition.TopLevelSite), policy.ReasonControlOctet)
	checkPath(c.Path, &why)
	if !c.HostOnly && how != BySameList {
		_, suffix := p.lookUp(c.Domain)
		if how == NotBefore && suffix {
			c.HostOnly, madeHostOnly = true, true // 9.3.1
		} else {
			why.addIf(suffix, policy.ReasonPublicSuffix) // 9.3.1
		}
	}
	if c.Partition != (store.Partition{}) {
		// Those of third parties that are kept apart need not be Secure.
		why.addIf(!c.Secure && how == NotBefore && !a.Has(agent.ThirdPartyApart), policy.ReasonPartitioned)
	}
	why.addIf(parse.HasControl(c.Name) || parse.HasControl(c.Value), policy.ReasonControlOctet) // 3
	why.addIf(a.sizeOf(&c) > parse.MaxPair, policy.ReasonTooLong)                               // 4
	a.checkAlone(&c, &why)
	if a.mayHavePrefix(&c) {
		checkPrefixes(&c, !madeHostOnly || !a.Has(agent.HostPrefixByText), &why)
	}

	v := policy.Verdict{Cookie: c, Host: c.Domain, Capped: capped, MadeHostOnly: madeHostOnly}
	if decide(&v, why); v.Reason != 0 {
		return v, store.Conditions{}
	}
	var g store.Conditions
	p.fill(&g)
	g.Requires = a.requirements(&c)
	g.Rules |= seam.OwnTimes
	return v, g
}

// sizeOf returns the number of bytes of a cookie's name and value, or the least number that
// they can have had in a line.
func (a row) sizeOf(c *store.Cookie) int {
	n := len(c.Name) + len(c.Value)
	if n > parse.MaxPair && a.Has(agent.ValueUTF8) {
		n -= strings.Count(c.Value, "\uFFFD") * (len("\uFFFD") - 1) // each may have been one byte
	}
	return n
}

// checkAlone adds the reasons that depend on the cookie alone, except the reasons that the
// parser finds in a line (steps 3 and 4) and those that [checkPrefixes] adds.
// See RFC 6265bis, Section 5.7.
func (a row) checkAlone(c *store.Cookie, why *reasons) {
	why.addIf(c.Name == "" && c.Value == "", policy.ReasonEmpty) // 2
	if a.Has(agent.NoNameless) {
		why.addIf(c.Name == "" && c.Value != "", policy.ReasonMalformed)
	}
	if c.SameSite == store.SameSiteNone && !a.Has(agent.NoSameSite) {
		why.addIf(!c.Secure, policy.ReasonNoneInsecure) // 19
	}
}
