package jar

import (
	"net/http"
	"time"

	"uacookie/jar/policy"
)

// defaultMaxReceived is how many Set-Cookie fields of a response are read where
// Options.MaxReceived does not say. It is as many as net/http reads.
const defaultMaxReceived = 3000

// Receive handles the Set-Cookie field values of the response to r, in order, or
// the strings a script assigned to document.cookie. It returns a verdict for each
// line, and reports those refused to Options.Refused too.
//
// Each line is one step for readers, not all of them: a request made meanwhile may carry
// the cookies of the first lines only.
//
// See RFC 6265bis, Section 5.7.
func (j *Jar) Receive(r *Request, lines []string) []Verdict {
	var one []Verdict
	if len(lines) == 1 {
		one = make([]Verdict, 1) // this being inlined, only a caller who keeps it allocates
	}
	return j.receive(one, r, lines)
}

// receive is Receive. Verdicts are as many as there are lines, or nil.
func (j *Jar) receive(verdicts []Verdict, r *Request, lines []string) []Verdict {
	if len(lines) == 0 {
		return nil
	}
	if verdicts == nil {
		verdicts = make([]Verdict, len(lines))
	}
	now := j.clock.Now()
	var t policy.Reception
	j.rules(&t.Policy)
	t.Begin(r, now)
	read := j.readable(t.Policy.Readable(r, lines))
	a := j.audit(Receiving, r)
	for i, line := range lines {
		v := &verdicts[i]
		t.Line(v, r, line)
		if i >= read {
			j.unread(v, i)
		}
		for v.Reason == 0 && !v.Settle(j.store.Put(&v.Cookie, &t.Guard, now)) {
			j.restart(&t, v, r, now)
			t.Line(v, r, line)
		}
		a.received(v)
	}
	a.close(now, "")
	return verdicts
}

// receiveCookies is Receive for the cookies that net/http made of lines.
func (j *Jar) receiveCookies(r *Request, cookies []*http.Cookie) {
	now := j.clock.Now()
	var t policy.Reception
	j.rules(&t.Policy)
	t.Begin(r, now)
	read := j.readable(len(cookies))
	a := j.audit(Receiving, r)
	for i, c := range cookies {
		var v Verdict
		t.Cookie(&v, r, c)
		if i >= read {
			j.unread(&v, i)
		}
		for v.Reason == 0 && !v.Settle(j.store.Put(&v.Cookie, &t.Guard, now)) {
			j.restart(&t, &v, r, now)
			t.Cookie(&v, r, c)
		}
		a.received(&v)
	}
	a.close(now, "")
}

// restart has t and v begin anew, by the public suffix list that the jar has now.
func (j *Jar) restart(t *policy.Reception, v *Verdict, r *Request, now time.Time) {
	*t, *v = policy.Reception{}, Verdict{}
	j.rules(&t.Policy)
	t.Begin(r, now)
}

// readable returns how many of n Set-Cookie fields of a response are read.
func (j *Jar) readable(n int) int {
	if most := j.maxReceived(); most > 0 {
		return min(n, most)
	}
	return n
}

// maxReceived returns how many Set-Cookie fields of a response are read: not above
// zero for all.
func (j *Jar) maxReceived() int {
	if j.options.MaxReceived == 0 {
		return defaultMaxReceived
	}
	return j.options.MaxReceived
}

// unread makes v the verdict on field i of a response, which is past those that are
// read.
func (j *Jar) unread(v *Verdict, i int) {
	most := j.maxReceived()
	switch {
	case v.Reason != 0 && v.Reason < policy.TooMany: // reasons are in the draft's order
	case most > 0 && i >= most:
		v.Reason = policy.TooMany
	default:
		v.Reason = policy.ControlOctet
	}
}

// Accept puts a ready-made cookie into the jar, as one loaded from a file is. It
// is judged by the rules that depend on the cookie alone, and keeps its own
// times; a zero Created or LastAccess becomes now.
func (j *Jar) Accept(c Cookie) Verdict { return j.Restore(c, "") }
