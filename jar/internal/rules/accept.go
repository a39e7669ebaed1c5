package rules

import (
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/internal/agent"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// Accept judges a ready-made cookie, from a file or a program, by the rules that
// depend on the cookie alone. Its times are kept: the zero Created and LastAccess
// become now, and Expires is cut to the cap on lifetimes.
//
// See RFC 6265bis, Section 5.7.
func (p *Policy) Accept(c store.Cookie, now time.Time) (policy.Verdict, store.Conditions) {
	return p.accept(c, now, false)
}

// Accept is [Policy.Accept] for a Reception whose request is nil. It sets v, and Guard if the
// verdict is OK. If listed is true, the public suffix list has no suffix that is the cookie's
// domain, and is not asked.
func (t *Reception) Accept(v *policy.Verdict, c *store.Cookie, listed bool) {
	*v, t.Guard = t.Policy.accept(*c, t.now, listed)
}

// accept is Accept; listed is whether the cookie's domain is known to be no public
// suffix.
func (p *Policy) accept(c store.Cookie, now time.Time, listed bool) (policy.Verdict, store.Conditions) {
	var capped bool
	if c.Created.IsZero() {
		c.Created = now
	}
	if c.LastAccess.IsZero() {
		c.LastAccess = now
	}
	if c.Persistent() {
		c.Expires, capped = p.cap(c.Expires, now) // 6
	}

	var why reasons
	host, ok := match.Host(c.Domain)
	why.addIf(!ok || host != c.Domain || !hasCookieHost(host), policy.ReasonMalformed)
	why.addIf(!strings.HasPrefix(c.Path, "/"), policy.ReasonMalformed) // it may have a semicolon: default-paths do
	why.addIf(strings.ContainsAny(c.Name, "=;") || strings.Contains(c.Value, ";"), policy.ReasonMalformed)
	why.addIf(c.Name == "" && strings.Contains(c.Value, "="), policy.ReasonMalformed)
	why.addIf(strings.Trim(c.Name, " \t") != c.Name || strings.Trim(c.Value, " \t") != c.Value, policy.ReasonMalformed)
	why.addIf(parse.HasControl(c.Partition.TopLevelSite), policy.ReasonControlOctet)
	checkPath(c.Path, &why)
	if !c.HostOnly && !listed {
		_, suffix := p.lookUp(c.Domain)
		why.addIf(suffix, policy.ReasonPublicSuffix) // 9
	}
	if c.Partition != (store.Partition{}) {
		why.addIf(!c.Secure, policy.ReasonPartitioned)
	}
	why.addIf(parse.HasControl(c.Name) || parse.HasControl(c.Value), policy.ReasonControlOctet) // 3
	why.addIf(len(c.Name)+len(c.Value) > parse.MaxPair, policy.ReasonTooLong)                   // 4
	a := rowOf(p.UserAgent)
	a.checkAlone(&c, &why)
	if a.mayHavePrefix(&c) {
		checkPrefixes(&c, true, &why)
	}

	v := policy.Verdict{Cookie: c, Host: c.Domain, Capped: capped}
	if decide(&v, why); v.Reason != 0 {
		return v, store.Conditions{}
	}
	var g store.Conditions
	p.fill(&g)
	g.Requires = a.demands(&c)
	g.OwnTimes = true
	return v, g
}

// checkAlone adds the reasons that depend on the cookie alone, without those that the
// parser knows of a line, steps 3 and 4, and those of [checkPrefixes].
// See RFC 6265bis, Section 5.7.
func (a row) checkAlone(c *store.Cookie, why *reasons) {
	why.addIf(c.Name == "" && c.Value == "", policy.ReasonEmpty) // 2
	if c.SameSite == store.SameSiteNone && !a.Has(agent.NoSameSite) {
		why.addIf(!c.Secure, policy.ReasonNoneInsecure) // 19
	}
}
