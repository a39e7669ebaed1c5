package jar

import (
	"net/http"
	"strings"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/seam"
	"uacookie/jar/policy"
)

// defaultMaxReceived is the number of Set-Cookie fields of a response that the jar reads
// if Options.MaxReceived is zero. net/http reads the same number.
const defaultMaxReceived = 3000

// Receive handles the Set-Cookie field values of the response to r, in order, or the
// strings that a script assigned to document.cookie. It returns a verdict for each line,
// and also reports the lines it refused to Options.Refused.
//
// Receive is atomic for each line, not for all of them: a concurrent request may carry the
// cookies of the first lines without the cookies of the last.
//
// See RFC 6265bis, Section 5.7.
func (j *Jar) Receive(r *Request, lines []string) []Verdict {
	var verdicts []Verdict
	if len(lines) == 1 {
		verdicts = make([]Verdict, 1) // Receive inlines, so this escapes only if the caller keeps it
	}
	return j.receive(verdicts, r, lines)
}

// receive is Receive. Verdicts has the length of lines, or is nil.
func (j *Jar) receive(verdicts []Verdict, r *Request, lines []string) []Verdict {
	if len(lines) == 0 {
		return nil
	}
	if verdicts == nil {
		verdicts = make([]Verdict, len(lines))
	}
	j.admit(verdicts, &arrival{op: Receiving, request: r, lines: lines})
	return verdicts
}

// Accept stores a ready-made cookie, such as one that was loaded from a file. It tries the
// rules that depend on the cookie alone, and keeps the cookie's own times; a zero Created
// or LastAccess becomes the current time. The cap on its lifetime counts from the later of
// the current time and Created. A cookie for all hosts below a public suffix, such as
// localhost, becomes host-only: see [Verdict]. A refused cookie is also reported to
// Options.Refused.
func (j *Jar) Accept(c Cookie) Verdict {
	return j.acceptReady(&arrival{op: Accepting, ready: &c})
}

// restore is Accept for a cookie that a jar took before, by the public suffix list of that
// name: see persist.Jar. An empty name is no list.
func (j *Jar) restore(c Cookie, list string) Verdict {
	return j.acceptReady(&arrival{op: Accepting, ready: &c, before: true, list: list})
}

// acceptReady admits one ready-made cookie.
func (j *Jar) acceptReady(in *arrival) Verdict {
	var verdicts [1]Verdict
	j.admit(verdicts[:], in)
	return verdicts[0]
}

// An arrival is the cookies that one call brings to the jar: lines, cookies that net/http
// parsed, or one ready-made cookie.
type arrival struct {
	op      Op
	request *Request // nil if op is Accepting

	lines   []string
	cookies []*http.Cookie
	ready   *Cookie
	before  bool   // a jar has accepted ready before
	list    string // the name of the list by which it did; "" if unknown

	read int // how many of lines or cookies the user agent reads
}

// count returns the number of cookies.
func (in *arrival) count() int {
	if in.ready != nil {
		return 1
	}
	return max(len(in.lines), len(in.cookies))
}

// judge sets v to the verdict of the rules on cookie i.
func (in *arrival) judge(v *Verdict, t *rules.Admission, i int) {
	switch {
	case in.lines != nil:
		t.Line(v, in.request, in.lines[i])
	case in.cookies != nil:
		t.Cookie(v, in.request, in.cookies[i])
	default:
		t.Accept(v, in.ready, in.acceptance(&t.Policy))
	}
}

// acceptance returns whether a jar has accepted the ready-made cookie before, and whether by
// the list of p as the same user agent reads it.
func (in *arrival) acceptance(p *rules.Policy) rules.Acceptance {
	agent, name, _ := strings.Cut(in.list, " ")
	switch {
	case !in.before:
		return rules.NotBefore
	case name != "" && agent == p.UserAgent.String() && name == p.Sites.String():
		return rules.BySameList
	}
	return rules.ByOtherList
}

// admit judges the cookies of in and stores those that are not refused, one by one. It sets
// verdicts unless that is nil, and reports them.
func (j *Jar) admit(verdicts []Verdict, in *arrival) {
	now := j.clock.Now()
	var t rules.Admission
	asks := j.options.Veto != nil && !in.before
	t.AskList = asks
	j.begin(&t, in.request, now)
	n := in.count()
	in.read = j.readable(&t, in)
	a := j.audit(in.op)
	a.expect(in.request, n)
	var request *Request // for Veto
	if asks {
		request = copied(in.request)
	}
	var own Verdict
	for i := range n {
		v := &own
		if verdicts != nil {
			v = &verdicts[i]
		}
		in.judge(v, &t, i)
		if i >= in.read {
			j.refuseUnread(v, i)
		}
		if asks {
			j.askVeto(in.op, request, v)
		}
		for v.Reason == 0 {
			outcome := j.store.Put(&v.Cookie, &t.Conditions, now)
			if t.Settle(v, outcome) {
				break
			}
			if outcome == seam.Stale { // the public suffix list was replaced meanwhile
				j.begin(&t, in.request, now)
			}
			allowed := v.Cookie
			in.judge(v, &t, i)
			switch {
			case asks && v.Reason == 0 && v.Cookie == allowed:
				// Veto is not asked again: if it replaces the list itself, this would not end.
				v.Trace.Tried |= 1 << policy.ReasonVetoStore
			case asks:
				j.askVeto(in.op, request, v)
			}
		}
		a.received(v)
	}
	a.close(now, in.request, "")
}

// begin sets t to judge what arrived for r, by the list that the jar has now.
func (j *Jar) begin(t *rules.Admission, r *Request, now time.Time) {
	j.rules(&t.Policy)
	t.Begin(r, now)
}

// readable returns how many of the lines or cookies of in the user agent reads.
func (j *Jar) readable(t *rules.Admission, in *arrival) int {
	n := in.count()
	if in.op == Accepting {
		return n
	}
	if in.lines != nil {
		n = t.Policy.Readable(in.request, in.lines)
	}
	if most := j.maxReceived(); most > 0 {
		return min(n, most)
	}
	return n
}

// maxReceived returns the number of Set-Cookie fields of a response that the jar reads. Zero
// or less means all.
func (j *Jar) maxReceived() int {
	if j.options.MaxReceived == 0 {
		return defaultMaxReceived
	}
	return j.options.MaxReceived
}

// refuseUnread sets the reason of v, the verdict on field i of a response, which the user
// agent does not read.
func (j *Jar) refuseUnread(v *Verdict, i int) {
	most := j.maxReceived()
	switch {
	case v.Reason != 0 && v.Reason < policy.ReasonTooMany: // reasons are in the draft's order
	case most > 0 && i >= most:
		v.Reason = policy.ReasonTooMany
	default:
		v.Reason = policy.ReasonControlOctet
	}
}
