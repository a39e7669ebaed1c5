package rules

import (
	"net/url"
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/seam"
	"uacookie/jar/internal/text"
	"uacookie/jar/internal/urls"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Admission judges the cookies of a response, or those that a script sets.
type Admission struct {
	Policy Policy // the rules; set them before Begin

	// AskList has the rules look up the domain of each cookie in the public suffix list:
	// an OK verdict is final but for the stored cookies. Without it the store may do that.
	AskList bool

	// Conditions are the conditions by which the store puts the cookie that was judged
	// last, if its verdict is OK.
	Conditions store.Conditions

	agent   row
	request compiledRequest
	now     time.Time
	server  time.Time // the server's time, or zero if Expires counts by the jar's clock
	askList bool      // the next verdict looks up the public suffix list: see leaveDomain
}

// Begin compiles r, whose response came now. It sets all of t but Policy
// and AskList.
func (t *Admission) Begin(r *policy.Request, now time.Time) {
	a := rowOf(t.Policy.UserAgent)
	t.agent, t.now, t.server, t.askList = a, now, time.Time{}, false
	t.Policy.fill(&t.Conditions)
	t.request.compile(a, r, t.Conditions.Sites, t.Policy.Trustworthy)
	seam.Set(&t.Conditions.Rules, seam.KeepHTTPOnly, t.request.script)       // 23.2
	seam.Set(&t.Conditions.Rules, seam.SameValue, a.Has(agent.OrderByValue)) // 23.3
	seam.Set(&t.Conditions.Rules, seam.OverlayByHost, a.Has(agent.OverlayHostOnly))
	if a.Has(agent.ServerClock) && r != nil && !t.request.script {
		t.server = r.ServerTime
	}
}

// Receive judges one Set-Cookie field value of the response to r, or one string
// that a script assigned to document.cookie. If the verdict is OK, the store puts the
// cookie by the conditions, and its outcome settles the verdict.
//
// See RFC 6265bis, Section 5.7.
func (p *Policy) Receive(r *policy.Request, line string, now time.Time) (v policy.Verdict, g store.Conditions) {
	t := Admission{Policy: *p}
	t.Begin(r, now)
	t.askList = true
	t.Line(&v, r, line)
	return v, t.Conditions
}

// Line is [Policy.Receive] for one line of the response to r, which Begin was given.
// It sets all of v.
func (t *Admission) Line(v *policy.Verdict, r *policy.Request, line string) {
	*v = policy.Verdict{}
	l := parse.SetCookie(t.agent.field(r, line), t.agent.Mode())
	t.receive(v, r, &l)
}

// receive is Receive for a parsed line: the steps of the storage model that
// depend on the request, then those that do not. All are tried, and the first
// reason counts. It completes v, whose fields are zero. See RFC 6265bis, Section 5.7.
func (t *Admission) receive(v *policy.Verdict, r *policy.Request, l *parse.Line) {
	a, s := t.agent, &t.request
	var why reasons
	why.addIf(!s.scheme, policy.ReasonScheme)                                           // 1
	why.addIf(l.Control || l.Tab && a.Has(agent.TabRefused), policy.ReasonControlOctet) // 3
	why.addIf(l.TooLong, policy.ReasonTooLong)                                          // 4

	c := &v.Cookie
	v.Host, c.Name, c.Value = s.host, l.Name, l.Value // 5
	if a.Has(agent.ValueUTF8) {
		c.Value = toUTF8(c.Value)
	}
	c.Created, c.LastAccess = t.now, t.now
	c.Secure = l.Has&parse.Secure != 0     // 12
	c.HttpOnly = l.Has&parse.HTTPOnly != 0 // 14
	if l.SameSite != "" {
		c.SameSite = sameSiteFlag(l.SameSite) // 17
	}
	if l.Priority != "" {
		c.Priority = priority(l.Priority)
	}
	if !s.scheme || l.Control || l.TooLong {
		c.Path = "/"
		decide(v, why)
		return
	}
	if a.Has(agent.NamelessEquals) {
		why.addIf(l.Name == "" && strings.Contains(l.Value, "="), policy.ReasonMalformed)
	}
	if l.Has&(parse.MaxAge|parse.Expires) != 0 { // 6.1: else it is not persistent
		c.Expires, v.Capped = t.lifetime(l) // 6.2
	}
	if why.addIf(!s.ok, policy.ReasonHost); s.ok { // 9.2
		c.Domain, c.HostOnly = s.host, true // 10.1, 10.2: without a Domain attribute
	}
	t.Conditions.Host = ""
	switch {
	case l.Domain == "" || t.leaveDomain(c, l, &why):
	case a.Has(agent.DomainItself) && s.ok && (l.Domain == "." || t.Policy.sites().Registrable(s.host) == ""):
		why.addIf(cookieDomain(l.Domain) != s.host, policy.ReasonDomainMismatch)
	case a.Has(agent.DomainAsHost):
		t.Policy.receiveHost(c, l, s, &why)
	default:
		t.Policy.receiveDomain(c, l, s, &why) // 7 to 10
	}
	if strings.HasPrefix(l.Path, "/") {
		c.Path = l.Path // 11
	} else {
		c.Path = defaultPath(r.URL, &why) // 11
		if a.Has(agent.ShortDefaultPath) {
			why.addIf(len(c.Path) > parse.MaxAttribute, policy.ReasonTooLong)
		}
	}

	if c.Secure && !a.Has(agent.SecureFromInsecure) {
		why.addIf(!s.secure, policy.ReasonInsecureOrigin) // 13
	}
	if c.HttpOnly {
		why.addIf(s.script, policy.ReasonHTTPOnlyScript) // 15
	}
	if a.mindsSameSite(c.SameSite) {
		rule, broken := s.sameSiteRule(c.SameSite)
		why.addIf(broken, rule) // 18
	}
	if l.Has&parse.Partitioned != 0 {
		c.Partition = a.partitionOf(r, t.Policy.sites())
		why.addIf(!c.Secure || !partitioned(c), policy.ReasonPartitioned)
	} else if s.apart {
		c.Partition = a.partitionOf(r, t.Policy.sites())
	}
	if s.blocked {
		why.addIf(s.shut || !partitioned(c), policy.ReasonThirdParty)
	}
	a.checkAlone(c, &why) // 2, 19
	if a.mayHavePrefix(c) {
		checkPrefixes(c, a.saysPath(l, s), &why) // 20 to 22
	}

	if decide(v, why); v.Reason != 0 {
		if t.Conditions.Host != "" { // the domain may be the first reason
			t.askList, *v = true, policy.Verdict{}
			t.receive(v, r, l)
		}
		t.askList = false
		return
	}
	t.askList = false
	t.Conditions.Requires = a.requirements(c)
	seam.Set(&t.Conditions.Rules, seam.NoOverlay, !c.Secure && !s.secure && !a.Has(agent.NoOverlay)) // 16
	if a.ApartLimits != nil && t.Policy.Limits == nil {
		t.Conditions.Limits = &a.Limits
		if l.Has&parse.Partitioned != 0 && a.keepsApart(r) {
			t.Conditions.Limits = a.ApartLimits
		}
	}
	leave(v, &t.Conditions)
}

// leaveDomain leaves it to the store to decide whether the host may name the domain, if the
// answer affects nothing else, and reports whether it did. The store finds the site anyway, and
// often needs no lookup in the public suffix list for that.
func (t *Admission) leaveDomain(c *store.Cookie, l *parse.Line, why *reasons) bool {
	s := &t.request
	domain := cookieDomain(l.Domain)
	if t.askList || t.AskList || !s.ok || !match.Domain(s.host, domain) || hosts.IsIP(s.host) || t.agent.mayHavePrefix(c) {
		return false
	}
	if !t.agent.Has(agent.DomainAsHost) {
		why.addIf(false, policy.ReasonDomainNotASCII) // 8
	}
	why.addIf(false, policy.ReasonPublicSuffix)
	why.addIf(false, policy.ReasonDomainMismatch)
	c.Domain, c.HostOnly, t.Conditions.Host = domain, false, s.host // 10.1.1, 10.1.2
	return true
}

// mindsSameSite reports whether SameSite restricts a cookie with this same-site-flag.
func (a row) mindsSameSite(flag store.SameSite) bool {
	switch flag {
	case store.SameSiteNone:
		return false
	case store.SameSiteDefault:
		return !a.Has(agent.NoSameSite | agent.DefaultNone)
	}
	return !a.Has(agent.NoSameSite)
}

// receiveDomain sets the domain and the host-only-flag by a Domain attribute.
// See RFC 6265bis, Section 5.7, steps 7 to 10.
func (p *Policy) receiveDomain(c *store.Cookie, l *parse.Line, s *compiledRequest, why *reasons) {
	why.addIf(!text.IsASCII(l.Domain), policy.ReasonDomainNotASCII) // 8
	domain := cookieDomain(l.Domain)                                // 7.1
	if !s.ok || domain == "" {                                      // 9.2, 10.2
		return
	}
	site, suffix := p.lookUp(domain)
	if suffix && domain == s.host {
		return // 9.3.1
	}
	matches := match.Domain(s.host, domain)
	why.addIf(suffix || matches && p.isOutside(s.host, domain, site), policy.ReasonPublicSuffix) // 9.3.1
	why.addIf(!matches, policy.ReasonDomainMismatch)                                             // 10.1.1
	c.Domain, c.HostOnly = domain, false                                                         // 10.1.1, 10.1.2
}

// receiveHost is receiveDomain for agent.DomainAsHost.
func (p *Policy) receiveHost(c *store.Cookie, l *parse.Line, s *compiledRequest, why *reasons) {
	if !s.ok {
		return
	}
	name := strings.TrimPrefix(l.Domain, ".")
	domain, ok := match.Host(name)
	ok = ok && !strings.ContainsAny(name, ":%") && match.Domain(s.host, domain)
	why.addIf(ok && p.isOutside(s.host, domain, p.sites().Registrable(domain)), policy.ReasonPublicSuffix)
	why.addIf(!ok, policy.ReasonDomainMismatch)
	c.Domain, c.HostOnly = domain, false
}

// isOutside reports whether a domain that the host domain-matches has another registrable
// domain, which may be "", than the host has.
//
// Deviation: RFC 6265bis, Section 5.7, steps 9 and 10 refuse a public suffix and take
// any other domain that the host domain-matches. Where a public suffix is between
// the two, as s3.amazonaws.com is below amazonaws.com, the tenants of the suffix would
// share cookies. Browsers keep a cookie within the host's own registrable domain.
func (p *Policy) isOutside(host, domain, registrable string) bool {
	return domain != host && p.sites().Registrable(host) != registrable
}

// cookieDomain returns the cookie-domain of a Domain attribute.
// See RFC 6265bis, Section 5.6.3.
func cookieDomain(value string) string { // 1
	value = strings.TrimPrefix(value, ".") // 2
	return strings.ToLower(value)          // 3; what is not ASCII is refused
}

// maxPath is the number of octets that a cookie's path may have: servers commonly accept
// no more in the first line of a request.
const maxPath = 8 << 10

// defaultPath returns the default-path of the URL of the request, and adds the reasons
// that refuse it.
// See RFC 6265bis, Section 5.6.4, step 1, and Section 5.7, step 11.
func defaultPath(u *url.URL, why *reasons) string {
	path := urls.DefaultPath(urls.RequestPath(u)) // 1
	checkPath(path, why)
	return path
}

// checkPath adds the reasons that refuse a path which no Path attribute gave. The path of
// a URL may be as long as a redirect made it. If a program built the URL, its path may
// have control octets.
//
// Deviation: the draft bounds a Path attribute, but not a default-path. See RFC
// 6265bis, Section 5.7, step 11.
func checkPath(path string, why *reasons) {
	why.addIf(parse.HasControl(path), policy.ReasonControlOctet)
	why.addIf(len(path) > maxPath, policy.ReasonTooLong)
}

// saysPath reports whether l has a Path attribute that counts for __Host-.
func (a row) saysPath(l *parse.Line, s *compiledRequest) bool {
	if a.Has(agent.HostPrefixByText) {
		return l.Path == "/" && (l.Domain == "" || hosts.IsIP(s.host) && l.Domain == s.host)
	}
	return l.HasPath || a.Has(agent.HostPrefixDefaultPath)
}

// sameSiteFlag returns the enforcement by a SameSite attribute.
// See RFC 6265bis, Section 5.6.7.
func sameSiteFlag(value string) store.SameSite {
	switch {
	case value == "Lax": // as most servers write it
		return store.SameSiteLax
	case parse.EqualFold(value, "none"): // 2
		return store.SameSiteNone
	case parse.EqualFold(value, "strict"): // 3
		return store.SameSiteStrict
	case parse.EqualFold(value, "lax"): // 4
		return store.SameSiteLax
	}
	return store.SameSiteDefault // 1
}

// priority returns the priority of a Priority attribute.
func priority(value string) store.Priority {
	switch {
	case parse.EqualFold(value, "low"):
		return store.PriorityLow
	case parse.EqualFold(value, "high"):
		return store.PriorityHigh
	}
	return store.PriorityMedium
}

// sameSiteRule returns the rule that refuses a cookie which is not SameSite=None from a
// cross-site context, and reports whether the request has such a context.
// See RFC 6265bis, Section 5.7, step 18.
func (s *compiledRequest) sameSiteRule(flag store.SameSite) (rule policy.Reason, broken bool) {
	crossSite := !s.sameSite && !s.topLevel // 18.2, 18.3
	switch {
	case s.script:
		return policy.ReasonCrossSiteScript, !s.sameSite // 18.1
	case flag == store.SameSiteStrict:
		return policy.ReasonCrossSiteStrict, crossSite // 18.4
	case flag == store.SameSiteLax:
		return policy.ReasonCrossSiteLax, crossSite // 18.4
	}
	return policy.ReasonCrossSiteDefault, crossSite // 18.4
}
