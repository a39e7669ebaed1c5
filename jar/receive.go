package jar

import (
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
	verdicts := make([]Verdict, 0, len(lines))
	rules := j.policy()
	readable := rules.Readable(r, lines)
	j.receive(r, len(lines), func(p *policy.Policy, i int, now time.Time) (Verdict, store.Guard) {
		v, g := p.Receive(r, lines[i], now)
		if i >= readable {
			v.Reason = policy.ControlOctet
		}
		return v, g
	}, func(v Verdict) { verdicts = append(verdicts, v) })
	return verdicts
}

// receive handles the n cookies that decide decides about. It calls verdict, if
// not nil, for each.
func (j *Jar) receive(r *Request, n int, decide func(*policy.Policy, int, time.Time) (Verdict, store.Guard), verdict func(Verdict)) {
	most := j.options.MaxReceived
	if most == 0 {
		most = defaultMaxReceived
	}
	now := j.now()
	a := j.audit(Receiving, r)
	for i := range n {
		v := j.put(now, func(p *policy.Policy) (Verdict, store.Guard) {
			v, g := decide(p, i, now)
			if most > 0 && i >= most {
				v.Reason = policy.TooMany
			}
			return v, g
		})
		a.received(v)
		if verdict != nil {
			verdict(v)
		}
	}
	a.close(now, "")
}

// Accept puts a ready-made cookie into the jar, as one loaded from a file is. It
// is judged by the rules that depend on the cookie alone, and keeps its own
// times; a zero Created or LastAccess becomes now.
func (j *Jar) Accept(c Cookie) Verdict {
	now := j.now()
	a := j.audit(Accepting, nil)
	v := j.put(now, func(p *policy.Policy) (Verdict, store.Guard) { return p.Accept(c, now) })
	a.received(v)
	a.close(now, "")
	return v
}

// put stores what decide accepts. If the public suffix list is replaced in
// between, it decides again.
func (j *Jar) put(now time.Time, decide func(*policy.Policy) (Verdict, store.Guard)) Verdict {
	for {
		p := j.policy()
		v, g := decide(&p)
		if v.OK() {
			c, outcome := j.store.Put(v.Cookie, g, now)
			if outcome == store.Stale {
				continue
			}
			v.Settle(c, outcome)
		}
		return v
	}
}
