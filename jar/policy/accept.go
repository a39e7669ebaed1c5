package policy

import (
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// Accept judges a ready-made cookie, from a file or a program, by the rules that
// depend on the cookie alone. Its times are kept: the zero Created and LastAccess
// become now, and Expires is cut to the cap on lifetimes.
//
// See RFC 6265bis, Section 5.7.
func (p *Policy) Accept(c store.Cookie, now time.Time) (Verdict, store.Guard) {
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
	why.addIf(!ok || host != c.Domain, Malformed)
	why.addIf(!strings.HasPrefix(c.Path, "/") || strings.Contains(c.Path, ";"), Malformed)
	why.addIf(strings.ContainsAny(c.Name, "=;") || strings.Contains(c.Value, ";"), Malformed)
	why.addIf(c.Name == "" && strings.Contains(c.Value, "="), Malformed)
	why.addIf(strings.Trim(c.Name, " \t") != c.Name || strings.Trim(c.Value, " \t") != c.Value, Malformed)
	why.addIf(parse.HasControl(c.Path), ControlOctet)
	why.addIf(!c.HostOnly && p.sites().IsPublicSuffix(c.Domain), PublicSuffix) // 9
	why.addIf(c.Partition != (store.Partition{}) && !c.Secure, Partitioned)
	p.UserAgent.agent().checkAlone(&c, true, &why)

	v := Verdict{Cookie: c, Reason: why.first(), Host: c.Domain, Capped: capped}
	if v.Reason != 0 {
		return v, store.Guard{}
	}
	g := p.guard(&c)
	g.OwnTimes = true
	return v, g
}

// checkAlone adds the reasons that depend on the cookie alone. saysPath is
// whether a Path attribute gave the cookie's path.
// See RFC 6265bis, Section 5.7.
func (a *agent) checkAlone(c *store.Cookie, saysPath bool, why *reasons) {
	why.addIf(c.Name == "" && c.Value == "", Empty)                                // 2
	why.addIf(parse.HasControl(c.Name) || parse.HasControl(c.Value), ControlOctet) // 3
	why.addIf(len(c.Name)+len(c.Value) > parse.MaxPair, TooLong)                   // 4
	if c.SameSite == store.SameSiteNone && !a.has(noSameSite) {
		why.addIf(!c.Secure, NoneInsecure) // 19
	}
	if !a.has(noPrefixes) {
		checkPrefixes(c, saysPath, why) // 20 to 22
	}
}
