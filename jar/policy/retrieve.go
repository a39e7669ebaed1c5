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

	situation situation
	mustUTF8  bool
}

// laxUnsafeAge is how old a cookie may be for Lax-allowing-unsafe.
// See RFC 6265bis, Section 5.6.7.2.
const laxUnsafeAge = 2 * time.Minute

// Host returns the canonical host of the request.
func (t *Retrieval) Host() string { return t.situation.host }

// Retrieve compiles r for the store, and reports whether it can have cookies at
// all; if not, the reason is Scheme or Host. The partition key is computed only if
// the store has cookies in partitions.
//
// See RFC 6265bis, Section 5.8.3.
func (p *Policy) Retrieve(r *Request, partitioned bool, now time.Time) (Retrieval, Reason) {
	a, sites := p.UserAgent.agent(), p.sites()
	s := situate(r, sites)
	switch {
	case !s.scheme:
		return Retrieval{situation: s}, Scheme
	case !s.ok: // 2
		return Retrieval{situation: s}, Host
	}
	q := store.Query{Host: s.host, Path: s.path, Now: now} // 1
	q.Grants, q.Recent = s.grants()                        // 3
	if q.Recent != 0 && a.has(laxUnsafe) {
		q.Since = now.Add(-laxUnsafeAge) // Section 5.6.7.2
	}
	if a.has(siteOnly) {
		q.Site = sites.Site(s.host)
	}
	if partitioned {
		q.Partition = r.Partition(sites)
	}
	return Retrieval{q, s, s.script && a.has(scriptUTF8)}, 0
}

// Readable reports whether who asks can read that cookie-string.
func (t *Retrieval) Readable(cookies []byte) bool {
	return !t.mustUTF8 || utf8.Valid(cookies)
}

// Judge returns the verdict on what the store found.
func (t *Retrieval) Judge(m store.Match) Verdict {
	v := Verdict{Cookie: m.Cookie(), Host: t.situation.host}
	switch {
	case m.OffPath:
		v.Reason = OtherPath
	case m.Lacks != 0:
		v.Reason = t.situation.missing(m.Lacks)
	}
	return v
}

// Explain returns the verdict on a cookie, be it stored or not, for r: whether it
// would go out, and the first reason in the draft's order if not.
//
// See RFC 6265bis, Section 5.8.3, step 3.
func (p *Policy) Explain(c store.Cookie, r *Request, now time.Time) Verdict {
	t, reason := p.Retrieve(r, c.Partition != store.Partition{}, now)
	v := Verdict{Cookie: c, Reason: reason, Host: t.situation.host}
	if reason != 0 {
		return v
	}
	q := &t.Query
	switch lacks := q.Lacking(p.UserAgent.agent().demands(&c), c.Created); {
	case c.Expired(now):
		v.Reason = Expired
	case c.Partition != (store.Partition{}) && c.Partition != q.Partition:
		v.Reason = OtherPartition
	case c.Domain != q.Host && (c.HostOnly || !match.Domain(q.Host, c.Domain)): // 3.1.1, 3.1.2
		v.Reason = OtherDomain
	case !c.HostOnly && p.sites().IsPublicSuffix(c.Domain): // 3.1.3
		v.Reason = PublicSuffix
	case !match.Path(q.Path, c.Path): // 3.2
		v.Reason = OtherPath
	case lacks != 0: // 3.3 to 3.5
		v.Reason = t.situation.missing(lacks)
	}
	return v
}
