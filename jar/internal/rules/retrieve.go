package rules

import (
	"time"
	"unicode/utf8"

	"uacookie/jar/internal/agent"
	"uacookie/jar/internal/seam"
	"uacookie/jar/internal/urls"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Retrieval is a Request compiled for the store. It knows why a cookie that the store found
// is withheld.
type Retrieval struct {
	Query store.Query

	agent   row
	request compiledRequest
	script  scriptRead
}

// A scriptRead says how a script reads a cookie-string.
type scriptRead uint8

const (
	readOctets   scriptRead = iota
	readUTF8                // it reads nothing if the string is not UTF-8
	readReplaced            // it reads U+FFFD for what is not UTF-8
)

// Host returns the canonical host of the request.
func (t *Retrieval) Host() string { return t.request.host }

// Retrieve compiles r for the store into t. It returns zero, or the reason why r has no
// cookies at all: ReasonScheme or ReasonHost. It computes the partition key only if the
// store has cookies in partitions. Then the caller sets the query's time.
//
// See RFC 6265bis, Section 5.8.3.
func (p *Policy) Retrieve(t *Retrieval, r *policy.Request, partitioned bool) policy.Reason {
	a, sites := rowOf(p.UserAgent), p.sites()
	t.agent, t.script = a, readOctets
	t.request.compile(a, r, sites, p.Trustworthy)
	s, q := &t.request, &t.Query
	q.Select, q.Partition = seam.OnlySent, store.Partition{}
	switch {
	case !s.scheme:
		return policy.ReasonScheme
	case !s.ok: // 2
		return policy.ReasonHost
	}
	s.safe = safeMethod(r.Method)
	q.Host, q.Path = s.host, urls.RequestPath(r.URL) // 1
	q.Grants = a.grants(s)                           // 3
	if partitioned && !s.shut {
		q.Partition = a.partitionOf(r, sites)
	}
	if s.script && a.Has(agent.ScriptUTF8|agent.ValueUTF8) {
		t.script = readUTF8
		if a.Has(agent.ValueUTF8) {
			t.script = readReplaced
		}
	}
	return 0
}

// Read returns dst with the cookie-string from byte n on replaced by what the request or
// script reads: a script may read nothing, or other bytes.
func (t *Retrieval) Read(dst []byte, n int) []byte {
	if t.script == readOctets || utf8.Valid(dst[n:]) {
		return dst
	}
	if t.script == readUTF8 {
		return dst[:n]
	}
	return append(dst[:n], toUTF8(string(dst[n:]))...)
}

// Judge returns the verdict on a match of the store.
func (t *Retrieval) Judge(m store.Match) (v policy.Verdict) {
	t.JudgeTo(&v, &m)
	return v
}

// JudgeTo is Judge for a caller that has the zero v where it is to stay: a verdict is large.
func (t *Retrieval) JudgeTo(v *policy.Verdict, m *store.Match) {
	v.Cookie, v.Host = m.Cookie(), t.request.host
	var why reasons
	// The cookie has not expired, and the request reaches its partition and its domain.
	if v.Cookie.Persistent() {
		why.addIf(false, policy.ReasonExpired)
	}
	if v.Cookie.Partition != (store.Partition{}) {
		why.addIf(false, policy.ReasonOtherPartition)
	}
	why.addIf(false, policy.ReasonOtherDomain)                  // 3.1
	why.addIf(m.Lacks&seam.OnPath != 0, policy.ReasonOtherPath) // 3.2
	d := t.agent.requirements(&v.Cookie)                        // 3.3 to 3.5
	t.request.try(d, m.Lacks, &why)                             // 3.3 to 3.5
	decide(v, why)
}

// Explain returns the verdict on a cookie for r, whether the cookie is stored or not: whether
// r would carry it, and if not, the first reason in the draft's order.
//
// See RFC 6265bis, Section 5.8.3, step 3.
//
// Deviation: by step 3.1 every host that domain-matches is sent the cookie. Here the host must
// also have the registrable domain of the cookie, as for Domain attributes.
func (p *Policy) Explain(c store.Cookie, r *policy.Request, now time.Time) policy.Verdict {
	var t Retrieval
	reason := p.Retrieve(&t, r, c.Partition != store.Partition{})
	v := policy.Verdict{Cookie: c, Reason: reason, Host: t.request.host}
	if reason != 0 {
		return v
	}
	q := &t.Query
	var why reasons
	if c.Persistent() {
		why.addIf(c.Expired(now), policy.ReasonExpired)
	}
	if c.Partition != (store.Partition{}) && t.request.shut {
		why.addIf(true, policy.ReasonThirdParty)
	} else if c.Partition != (store.Partition{}) {
		why.addIf(c.Partition != q.Partition, policy.ReasonOtherPartition)
	}
	outside := c.Domain != q.Host && (c.HostOnly || !match.Domain(q.Host, c.Domain)) // 3.1.1, 3.1.2
	suffix := !c.HostOnly && !outside && p.sites().IsPublicSuffix(c.Domain)          // 3.1.3
	if !outside && !suffix && c.Domain != q.Host {
		outside = p.sites().Site(q.Host) != p.sites().Site(c.Domain)
	}
	why.addIf(outside, policy.ReasonOtherDomain)
	if !c.HostOnly && why.Broken == 0 {
		// The reason is declared before those above, and comes after them here.
		why.addIf(suffix, policy.ReasonPublicSuffix)
	}
	why.addIf(!match.Path(q.Path, c.Path), policy.ReasonOtherPath) // 3.2
	d := t.agent.requirements(&c)
	recent := c.Created.UnixMicro() >= seam.RecentSince(q.Grants, now)
	t.request.try(d, seam.Lacking(q.Grants, d, recent), &why) // 3.3 to 3.5
	decide(&v, why)
	return v
}
