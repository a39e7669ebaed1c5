package jar

import (
	"net/http"
	"slices"

	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// matchBuffer is how many cookies a request may carry before collecting them
// allocates.
const matchBuffer = 32

// Header returns the cookie-string for r, the value of its Cookie header field:
// "" if there is none to send.
func (j *Jar) Header(r *Request) string {
	var buf [512]byte
	return string(j.AppendHeader(buf[:0], r))
}

// AppendHeader appends the cookie-string for r to dst.
// See RFC 6265bis, Section 5.8.3.
func (j *Jar) AppendHeader(dst []byte, r *Request) []byte {
	a := j.audit(Sending, r)
	if a == nil && j.sendsAll() {
		return j.appendAll(dst, r)
	}
	var buf [matchBuffer]store.Match
	matches, t := j.sentBut(buf[:0], r, nil, a)
	n := len(dst)
	return readable(&t, store.AppendCookies(dst, matches), n)
}

// appendAll is AppendHeader where nobody watches and nothing is bounded.
func (j *Jar) appendAll(dst []byte, r *Request) []byte {
	var p rules.Policy
	j.rules(&p)
	var t rules.Retrieval
	if p.Retrieve(&t, r, j.store.Partitioned()) != 0 {
		return dst
	}
	t.Query.Clock = &j.clock
	n := len(dst)
	return readable(&t, j.store.Send(dst, &t.Query), n)
}

// sendsAll reports whether nothing bounds what a request carries.
func (j *Jar) sendsAll() bool { return j.options.MaxSent <= 0 && j.options.MaxSentBytes <= 0 }

// retrieve compiles r into t, and reports whether it can have cookies.
func (j *Jar) retrieve(t *rules.Retrieval, r *Request) bool {
	var p rules.Policy
	j.rules(&p)
	reason := p.Retrieve(t, r, j.store.Partitioned())
	t.Query.Clock = &j.clock
	return reason == 0
}

// readable returns dst, whose bytes from n on are the cookie-string, with that as the
// request or script gets it.
func readable(t *rules.Retrieval, dst []byte, n int) []byte {
	return t.Read(dst, n)
}

// Select returns the cookies that r carries, in the order in which they are sent,
// with all their attributes.
func (j *Jar) Select(r *Request) []Cookie {
	var buf [matchBuffer]store.Match
	matches := j.sent(buf[:0], r)
	if len(matches) == 0 {
		return nil
	}
	cookies := make([]Cookie, len(matches))
	for i, m := range matches {
		cookies[i] = m.Cookie()
	}
	return cookies
}

// HTTPCookies is Select with each cookie as an [http.Cookie], as a server would
// have set it: a Domain only if the cookie is not host-only.
func (j *Jar) HTTPCookies(r *Request) []*http.Cookie {
	cookies := j.Select(r)
	if len(cookies) == 0 {
		return nil
	}
	all := make([]*http.Cookie, len(cookies))
	for i := range cookies {
		all[i] = httpCookie(&cookies[i])
	}
	return all
}

func httpCookie(c *Cookie) *http.Cookie {
	h := &http.Cookie{
		Name:        c.Name,
		Path:        c.Path,
		Expires:     c.Expires,
		Secure:      c.Secure,
		HttpOnly:    c.HttpOnly,
		Partitioned: c.Partition != store.Partition{},
	}
	h.Value, h.Quoted = unquote(c.Value)
	if !c.HostOnly {
		h.Domain = c.Domain
	}
	switch c.SameSite {
	case store.SameSiteNone:
		h.SameSite = http.SameSiteNoneMode
	case store.SameSiteLax:
		h.SameSite = http.SameSiteLaxMode
	case store.SameSiteStrict:
		h.SameSite = http.SameSiteStrictMode
	}
	return h
}

// sent appends to dst the cookies that r carries, touches them, and reports those
// withheld. See RFC 6265bis, Section 5.8.3, step 5.
func (j *Jar) sent(dst []store.Match, r *Request) []store.Match {
	a := j.audit(Sending, r)
	if a != nil || !j.sendsAll() {
		dst, _ = j.sentBut(dst, r, nil, a)
		return dst
	}
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return dst
	}
	dst = j.store.Select(dst, &t.Query)
	for i := range dst {
		dst[i].Touch(t.Query.Now) // 5, where all that was found is sent
	}
	return dst
}

// peek appends to dst the cookies that r carries if nothing bounds them. It neither
// touches nor reports them.
func (j *Jar) peek(dst []store.Match, r *Request) []store.Match {
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return dst
	}
	return j.store.Select(dst, &t.Query)
}

// sentBut is sent for a request that already carries the cookies of taken, a
// caller's own cookie-string.
func (j *Jar) sentBut(dst []store.Match, r *Request, taken []byte, a *audit) ([]store.Match, rules.Retrieval) {
	var t rules.Retrieval
	ok := j.retrieve(&t, r)
	if a != nil {
		t.Query.Withheld, t.Query.Now = true, j.clock.Now()
		defer a.close(t.Query.Now, t.Host())
	}
	if !ok {
		return dst, t
	}
	found := j.store.Select(dst, &t.Query)

	now := t.Query.Now
	kept := found[:0]
	names := cookieNames(taken)
	count, bytes, full := len(names), len(taken), false
	for _, m := range found {
		switch {
		case m.Lacks != 0:
			a.found(&t, m, 0)
			continue
		case len(names) > 0 && slices.Contains(names, m.Name()):
			a.found(&t, m, policy.ReasonCallerCookie)
			continue
		}
		n := m.Size()
		if len(kept) > 0 || len(taken) > 0 {
			n += len("; ")
		}
		if most := j.options.MaxSentBytes; most > 0 && bytes+n > most {
			full = true
		}
		if most := j.options.MaxSent; most > 0 && count >= most {
			full = true
		}
		if full { // what sorts first is sent: nothing small slips in behind
			a.found(&t, m, policy.ReasonSendLimit)
			continue
		}
		count++
		bytes += n
		m.Touch(now) // 5
		kept = append(kept, m)
		a.found(&t, m, 0)
	}
	return kept, t
}

// Retrieve is Header with a verdict on each cookie that r could carry: those sent
// and those withheld, in the order in which they are sent. Cookies whose path alone
// does not match are not among them; [Jar.Explain] tells of these too.
func (j *Jar) Retrieve(r *Request) (header string, verdicts []Verdict) {
	var buf [matchBuffer]store.Match
	a := j.newAudit(Sending, r)
	matches, t := j.sentBut(buf[:0], r, nil, a)
	cookies := t.Read(store.AppendCookies(nil, matches), 0)
	return string(cookies), a.event.Verdicts
}

// Explain returns a verdict on each cookie whose domain matches the host of r, in
// the order in which they are sent: whether r would carry it, and if not, why.
// It leaves the last access as it is, and Options.MaxSent aside.
func (j *Jar) Explain(r *Request) []Verdict {
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return nil
	}
	t.Query.Withheld, t.Query.OffPath = true, true
	var verdicts []Verdict
	for _, m := range j.store.Select(nil, &t.Query) {
		verdicts = append(verdicts, t.Judge(m))
	}
	return verdicts
}

// Judge returns the verdict on c for r: whether r would carry it, and if not, the first
// reason in the draft's order. The jar need not hold c.
func (j *Jar) Judge(c Cookie, r *Request) Verdict {
	var p rules.Policy
	j.rules(&p)
	return p.Explain(c, r, j.clock.Now())
}

// Parts returns what the jar's user agent makes of each piece of a Set-Cookie line that
// [Jar.Receive] is given: the name, the value, and then each attribute. It stores nothing. A
// piece that is ignored is no reason to refuse the cookie.
func (j *Jar) Parts(r *Request, line string) []Part {
	var p rules.Policy
	j.rules(&p)
	return p.Parts(r, line)
}
