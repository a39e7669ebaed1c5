package jar

import (
	"net/http"
	"time"

	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// defaultMaxReceived is how many Set-Cookie fields of a response are read where
// Options.MaxReceived does not say. It is as many as net/http reads.
const defaultMaxReceived = 3000

// Receive handles the Set-Cookie field values of the response to r, in order, or
// the strings a script assigned to document.cookie. It returns a verdict for each
// line, and reports those refused to Options.Refused too.
//
// See RFC 6265bis, Section 5.7.
func (j *Jar) Receive(r *Request, lines []string) []Verdict {
	if len(lines) == 0 {
		return nil
	}
	verdicts := make([]Verdict, len(lines))
	j.receive(r, lines, nil, verdicts)
	return verdicts
}

// receive handles lines or, if there are none, cookies that net/http made of lines.
// It sets verdicts, unless that is nil.
func (j *Jar) receive(r *Request, lines []string, cookies []*http.Cookie, verdicts []Verdict) {
	now := j.now()
	var t policy.Reception
	j.rules(&t.Policy)
	t.Begin(r, now)
	n := max(len(lines), len(cookies))
	read := n
	if lines != nil {
		read = t.Policy.Readable(r, lines)
	}
	if most := j.maxReceived(); most > 0 {
		read = min(read, most)
	}
	a := j.audit(Receiving, r)
	var own Verdict
	for i := range n {
		v := &own
		if verdicts != nil {
			v = &verdicts[i]
		} else if i > 0 {
			own = Verdict{}
		}
		for {
			if lines != nil {
				t.Line(v, r, lines[i])
			} else {
				t.Cookie(v, r, cookies[i])
			}
			if i >= read {
				j.unread(v, i)
			}
			if j.put(v, &t.Guard, now) {
				break
			}
			t, *v = policy.Reception{}, Verdict{}
			j.rules(&t.Policy)
			t.Begin(r, now)
		}
		a.received(v)
	}
	a.close(now, "")
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

// put stores the cookie of a verdict that accepts it, and reports whether that is
// settled then. It is not if the public suffix list was replaced meanwhile.
func (j *Jar) put(v *Verdict, g *store.Guard, now time.Time) bool {
	if v.Reason != 0 { // OK would copy the verdict
		return true
	}
	outcome := j.store.Put(&v.Cookie, g, now)
	v.Settle(outcome)
	return outcome != store.Stale
}
