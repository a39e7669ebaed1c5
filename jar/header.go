package jar

import (
	"slices"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/seam"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// matchBuffer is the number of matches that fit on the stack.
const matchBuffer = 32

// Header returns the cookie-string for r, which is the value of its Cookie header field. It
// returns "" if r carries no cookies.
func (j *Jar) Header(r *Request) string {
	var buf [512]byte
	return string(j.AppendHeader(buf[:0], r))
}

// AppendHeader appends the cookie-string for r to dst and returns the extended slice. It
// does not allocate if dst has the capacity, unless a cookie is withheld that a hook is told
// of, or the jar is watched. See RFC 6265bis, Section 5.8.3.
func (j *Jar) AppendHeader(dst []byte, r *Request) []byte {
	if j.sendsAll() && j.watchers.all.Load() == nil {
		n := len(dst)
		all, withheld := j.appendAll(dst, r)
		if !withheld || j.options.Withheld == nil {
			return all
		}
		dst = all[:n]
	}
	return j.appendSome(dst, r)
}

// appendAll is the fast path of AppendHeader: no option limits what is sent, and it is not
// watched. It also reports whether any cookie may be withheld.
func (j *Jar) appendAll(dst []byte, r *Request) (all []byte, withheld bool) {
	var p rules.Policy
	j.rules(&p)
	var t rules.Retrieval
	if p.Retrieve(&t, r, j.store.Partitioned()) != 0 {
		return dst, false
	}
	t.Query.Now = j.clock.Lazy()
	n := len(dst)
	dst = j.store.Send(dst, &t.Query)
	return t.Read(dst, n), t.Query.Select != seam.OnlySent
}

// appendSome is AppendHeader for a jar whose options or watchers observe or limit what is sent.
func (j *Jar) appendSome(dst []byte, r *Request) []byte {
	var buf [matchBuffer]store.Match
	a := j.audit(Sending)
	matches, t := j.sentBut(buf[:0], r, nil, &a)
	n := len(dst)
	return t.Read(store.AppendCookies(dst, matches), n)
}

// sendsAll reports whether no option limits what a request carries.
func (j *Jar) sendsAll() bool {
	return j.options.MaxSent <= 0 && j.options.MaxSentBytes <= 0 && j.options.Veto == nil
}

// retrieve compiles r into the zero t, and reports whether r can have cookies.
func (j *Jar) retrieve(t *rules.Retrieval, r *Request) bool {
	var p rules.Policy
	j.rules(&p)
	reason := p.Retrieve(t, r, j.store.Partitioned())
	t.Query.Now = j.clock.Lazy()
	return reason == 0
}

// sent appends to dst the cookies that r carries, touches them, and reports those
// withheld. See RFC 6265bis, Section 5.8.3, step 5.
func (j *Jar) sent(dst []store.Match, r *Request) []store.Match {
	if a := j.audit(Sending); a.jar != nil || !j.sendsAll() {
		dst, _ = j.sentBut(dst, r, nil, &a)
		return dst
	}
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return dst
	}
	dst = j.store.Select(dst, &t.Query)
	for i := range dst {
		dst[i].Touch(t.Query.Now.Time()) // 5, where all that was found is sent
	}
	return dst
}

// peek appends to dst the cookies that r carries if no option limits them. It neither
// touches nor reports them.
func (j *Jar) peek(dst []store.Match, r *Request) []store.Match {
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return dst
	}
	return j.store.Select(dst, &t.Query)
}

// sentBut is sent for a request that already carries taken, the caller's cookie-string. It
// sends no cookie whose name is in taken.
func (j *Jar) sentBut(dst []store.Match, r *Request, taken []byte, a *audit) ([]store.Match, rules.Retrieval) {
	var t rules.Retrieval
	ok := j.retrieve(&t, r)
	if a.jar != nil {
		var now time.Time
		if t.Query.Select = seam.AlsoWithheld; a.watched {
			now = j.clock.Now()
			t.Query.Now = clock.At(now)
		}
		defer a.close(now, r, t.Host())
	}
	if !ok {
		return dst, t
	}
	found := j.store.Select(dst, &t.Query)
	a.expect(r, len(found))

	var request *Request // for Veto
	if j.options.Veto != nil && len(found) > 0 {
		request = copied(r)
	}
	kept := found[:0]
	names := cookieNames(taken)
	count, bytes, full := len(names), len(taken), false
	for i := range found {
		m := found[i]
		name, value := m.Pair()
		switch {
		case m.Lacks != 0:
			a.found(&t, &m, 0)
			continue
		case len(names) > 0 && slices.Contains(names, name):
			a.found(&t, &m, policy.ReasonCallerCookie)
			continue
		case request != nil && j.options.Veto(Sending, request, m.Cookie()):
			a.found(&t, &m, policy.ReasonVetoSend)
			continue
		}
		n := 0
		if most := j.options.MaxSentBytes; most > 0 {
			if n = len(name) + len(value); name != "" {
				n += len("=")
			}
			if len(kept) > 0 || len(taken) > 0 {
				n += len("; ")
			}
			full = full || bytes+n > most
		}
		if most := j.options.MaxSent; most > 0 && count >= most {
			full = true
		}
		if full { // a smaller cookie after one that does not fit is not sent either
			a.found(&t, &m, policy.ReasonSendLimit)
			continue
		}
		count++
		bytes += n
		m.Touch(t.Query.Now.Time()) // 5
		kept = append(kept, m)
		a.found(&t, &m, 0)
	}
	return kept, t
}

// Retrieve is [Jar.Header] with a verdict on each cookie that is sent or withheld, in the
// order of the header. It returns no verdict on a cookie whose path does not match:
// [Jar.Explain] does.
func (j *Jar) Retrieve(r *Request) (header string, verdicts []Verdict) {
	var buf [matchBuffer]store.Match
	a := audit{jar: j, op: Sending, watched: true}
	matches, t := j.sentBut(buf[:0], r, nil, &a)
	cookies := t.Read(store.AppendCookies(nil, matches), 0)
	return string(cookies), a.verdicts
}

// Explain returns a verdict on each cookie whose domain matches the host of r, in the order
// of the header: whether r would carry it, and if not, why. Explain does not change the last
// access, ignores Options.MaxSent and MaxSentBytes, and reports nothing to hooks. It returns
// nil if r can have no cookies.
func (j *Jar) Explain(r *Request) []Verdict {
	var t rules.Retrieval
	if !j.retrieve(&t, r) {
		return nil
	}
	t.Query.Select = seam.AlsoOffPath
	var request *Request // for Veto
	if j.options.Veto != nil {
		request = copied(r)
	}
	var verdicts []Verdict
	for _, m := range j.store.Select(nil, &t.Query) {
		v := t.Judge(m)
		if request != nil {
			j.askVeto(Sending, request, &v)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// Judge returns the verdict on c for r: whether r would carry it, and if not, the first
// reason in the draft's order. The jar need not have c.
func (j *Jar) Judge(c Cookie, r *Request) Verdict {
	var p rules.Policy
	j.rules(&p)
	v := p.Explain(c, r, j.clock.Now())
	if j.options.Veto != nil {
		j.askVeto(Sending, copied(r), &v)
	}
	return v
}

// Parts splits a Set-Cookie line of the response to r as the jar's user agent does: into the
// name, the value, and then each attribute, in their order. A Part that is ignored does not
// cause the cookie to be refused. Parts stores nothing.
func (j *Jar) Parts(r *Request, line string) []Part {
	var p rules.Policy
	j.rules(&p)
	return p.Parts(r, line)
}
