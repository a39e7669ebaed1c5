package policy

import (
	"time"
	"unicode/utf8"

	"uacookie/jar/match"
	"uacookie/jar/store"
)

// A Retrieval is a Request compiled for the store, with what is needed to say
// afterwards why a cookie was withheld.
type Retrieval struct {
	Query store.Query

	agent     *agent
	situation situation
	mustUTF8  bool
}

// laxUnsafeAge is how old a cookie may be for Lax-allowing-unsafe.
// See RFC 6265bis, Section 5.6.7.2.
const laxUnsafeAge = 2 * time.Minute

// Host returns the canonical host of the request.
func (t *Retrieval) Host() string { return t.situation.host }

// Retrieve compiles r for the store into t, which must be zero. It returns zero, or why
// r can have no cookies at all: Scheme or Host. The partition key is computed only if
// the store has cookies in partitions. The caller sets the query's time.
//
// See RFC 6265bis, Section 5.8.3.
func (p *Policy) Retrieve(t *Retrieval, r *Request, partitioned bool) Reason {
	a, sites := p.UserAgent.agent(), p.sites()
	t.agent = a
	t.situation.look(r, sites)
	s, q := &t.situation, &t.Query
	switch {
	case !s.scheme:
		return ReasonScheme
	case !s.ok: // 2
		return ReasonHost
	}
	s.safe = safeMethod(r.Method)
	q.Host, q.Path = s.host, match.RequestPath(r.URL) // 1
	q.Grants, q.RecentGrants = s.grants()             // 3
	if q.RecentGrants != 0 && a.has(laxUnsafe) {
		q.RecentAge = laxUnsafeAge // Section 5.6.7.2
	}
	if partitioned {
		q.Partition = r.Partition(sites)
	}
	t.mustUTF8 = s.script && a.has(scriptUTF8)
	return 0
}

// Readable reports whether who asks can read that cookie-string.
func (t *Retrieval) Readable(cookies []byte) bool {
	return !t.mustUTF8 || utf8.Valid(cookies)
}

// Judge returns the verdict on what the store found.
func (t *Retrieval) Judge(m store.Match) Verdict {
	v := Verdict{Cookie: m.Cookie(), Host: t.situation.host}
	var why reasons
	// What the store found is there, in reach, and of the host.
	if v.Cookie.Persistent() {
		why.addIf(false, ReasonExpired)
	}
	if v.Cookie.Partition != (store.Partition{}) {
		why.addIf(false, ReasonOtherPartition)
	}
	why.addIf(false, ReasonOtherDomain)   // 3.1
	why.addIf(m.OffPath, ReasonOtherPath) // 3.2
	d := t.agent.demands(&v.Cookie)       // 3.3 to 3.5
	t.situation.try(d, m.Lacks, &why)     // 3.3 to 3.5
	v.decide(why)
	return v
}

// Explain returns the verdict on a cookie, be it stored or not, for r: whether it
// would go out, and the first reason in the draft's order if not.
//
// See RFC 6265bis, Section 5.8.3, step 3.
//
// Deviation: step 3.1 takes every host that domain-matches. A cookie is not for a host
// of another registrable domain than its own, as Domain attributes are judged.
func (p *Policy) Explain(c store.Cookie, r *Request, now time.Time) Verdict {
	var t Retrieval
	reason := p.Retrieve(&t, r, c.Partition != store.Partition{})
	t.Query.Now = now
	v := Verdict{Cookie: c, Reason: reason, Host: t.situation.host}
	if reason != 0 {
		return v
	}
	q := &t.Query
	var why reasons
	if c.Persistent() {
		why.addIf(c.Expired(now), ReasonExpired)
	}
	if c.Partition != (store.Partition{}) {
		why.addIf(c.Partition != q.Partition, ReasonOtherPartition)
	}
	outside := c.Domain != q.Host && (c.HostOnly || !match.Domain(q.Host, c.Domain)) // 3.1.1, 3.1.2
	suffix := !c.HostOnly && !outside && p.sites().IsPublicSuffix(c.Domain)          // 3.1.3
	if !outside && !suffix && c.Domain != q.Host {
		outside = p.sites().Site(q.Host) != p.sites().Site(c.Domain)
	}
	why.addIf(outside, ReasonOtherDomain)
	if !c.HostOnly && why.broken == 0 {
		// The reason is declared before those above, and comes after them here.
		why.addIf(suffix, ReasonPublicSuffix)
	}
	why.addIf(!match.Path(q.Path, c.Path), ReasonOtherPath) // 3.2
	d := t.agent.demands(&c)
	t.situation.try(d, q.Lacking(d, c.Created), &why) // 3.3 to 3.5
	v.decide(why)
	return v
}
