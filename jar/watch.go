package jar

import (
	"cmp"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/internal/urls"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// An Event is a jar's decision about the cookies of one request or one response, or about
// one cookie given to [Jar.Accept].
type Event struct {
	Op   Op
	Time time.Time // by the jar's clock

	// Request is the request that carries the cookies, or whose response sets them. It is
	// nil if Op is Accepting. Its URL and Context belong to the caller: do not change them,
	// and do not keep them after the function given to Watch returns.
	Request *Request

	// Verdicts has a verdict on each cookie: on those that a request carries or that are
	// withheld from it, in the order of the Cookie header, or on each line of a response,
	// in its order. The slice may be kept.
	Verdicts []Verdict
}

// LogValue implements slog.LogValuer. It leaves out the values of cookies, and the user, query
// and fragment of the URL, which may be secret.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", e.Op.String())}
	if r := e.Request; r != nil {
		method := cmp.Or(r.Method, "GET")
		attrs = append(attrs, slog.String("method", method), slog.String("host", hostOf(r)))
		if r.URL != nil {
			attrs = append(attrs, slog.String("scheme", r.URL.Scheme), slog.String("path", urls.RequestPath(r.URL)))
		}
	}
	verdicts := make([]slog.Attr, len(e.Verdicts))
	for i, v := range e.Verdicts {
		verdicts[i] = slog.Any(strconv.Itoa(i), v)
	}
	return slog.GroupValue(append(attrs, slog.Attr{Key: "verdicts", Value: slog.GroupValue(verdicts...)})...)
}

// An Op is what a jar was doing when it decided.
type Op uint8

// The operations.
const (
	Sending   Op = iota // returning the cookies that a request carries
	Receiving           // storing the cookies of a response or a script
	Accepting           // storing a ready-made cookie
)

// String returns the operation's stable text.
func (o Op) String() string {
	switch o {
	case Sending:
		return "sending"
	case Receiving:
		return "receiving"
	case Accepting:
		return "accepting"
	}
	return "unknown"
}

// Watch calls f for each Event until stop is called. An Event that is in progress during stop
// may still be reported. Calling stop again does nothing.
//
// The goroutine that made the decision calls f, with no lock held. f may call the jar's
// methods, and must be safe for concurrent use if several goroutines use the jar. A jar
// without watchers collects nothing. A [Jar.Clone] has no watchers.
func (j *Jar) Watch(f func(Event)) (stop func()) {
	w := &f
	j.watchers.change(func(all []*func(Event)) []*func(Event) { return append(all, w) })
	return func() {
		j.watchers.change(func(all []*func(Event)) []*func(Event) {
			return slices.DeleteFunc(all, func(other *func(Event)) bool { return other == w })
		})
	}
}

// watchers are the functions given to Watch. Reading them takes no lock.
type watchers struct {
	mu  sync.Mutex
	all atomic.Pointer[[]*func(Event)] // immutable; nil if there are none
}

// change replaces the watchers with the result of edit, which is given a copy of them.
func (w *watchers) change(edit func([]*func(Event)) []*func(Event)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*func(Event)
	if p := w.all.Load(); p != nil {
		all = slices.Clone(*p)
	}
	if all = edit(all); len(all) > 0 {
		w.all.Store(&all)
	} else {
		w.all.Store(nil)
	}
}

// An audit collects the verdicts of one Event for hooks and watchers. It is a local variable of
// the call that makes the decision. The zero audit collects nothing.
type audit struct {
	jar      *Jar // nil if no hook and no watcher is interested
	op       Op
	watched  bool // all verdicts are of interest, not only those of cookies withheld or refused
	request  *Request
	verdicts []Verdict
}

// audit returns an audit of an operation for a request, which [audit.close] is given again.
func (j *Jar) audit(op Op) audit {
	hook := j.options.Withheld != nil && op == Sending || j.options.Refused != nil && op != Sending
	watched := j.watchers.all.Load() != nil
	if !hook && !watched {
		return audit{}
	}
	return audit{jar: j, op: op, watched: watched}
}

// expect allocates the parts of the Event of r for n verdicts, in one allocation if they are
// few: watching a request costs little more than copying its verdicts.
func (a *audit) expect(r *Request, n int) {
	if !a.watched || r == nil || n == 0 || a.verdicts != nil {
		return
	}
	switch {
	case n <= 4:
		b := new(struct {
			request  Request
			verdicts [4]Verdict
		})
		a.request, a.verdicts = &b.request, b.verdicts[:0]
	case n <= 12:
		b := new(struct {
			request  Request
			verdicts [12]Verdict
		})
		a.request, a.verdicts = &b.request, b.verdicts[:0]
	default:
		a.request, a.verdicts = new(Request), make([]Verdict, 0, n)
	}
	*a.request = *r // a copy, or every caller's Request would escape to the heap
}

// add appends a zero verdict, to be set.
func (a *audit) add() *Verdict {
	n := len(a.verdicts)
	if n < cap(a.verdicts) {
		a.verdicts = a.verdicts[:n+1] // a new allocation is zero
	} else {
		a.verdicts = append(a.verdicts, Verdict{})
	}
	return &a.verdicts[n]
}

// found adds the verdict on a match. If the rules would send the cookie, why is the jar's own
// reason for withholding it, or zero.
func (a *audit) found(t *rules.Retrieval, m *store.Match, why Reason) {
	if !a.watched && (a.jar == nil || m.Lacks == 0 && why == 0) {
		return
	}
	v := a.add()
	t.JudgeTo(v, m)
	if v.Reason == 0 {
		v.Reason = why
		if a.jar.options.Veto != nil && why != policy.ReasonCallerCookie {
			v.Trace.Tried |= 1 << policy.ReasonVetoSend
		}
	}
}

// dropped adds a verdict on each cookie of a caller's cookie-string that is not sent.
func (a *audit) dropped(cookies []byte) {
	if a.jar == nil {
		return
	}
	for _, name := range cookieNames(cookies) {
		v := a.add()
		v.Cookie.Name, v.Reason = name, policy.ReasonCallerHeader
	}
}

// received adds the verdict on a cookie that arrived.
func (a *audit) received(v *Verdict) {
	if a.watched || a.jar != nil && v.Reason != 0 {
		*a.add() = *v
	}
}

// close reports the verdicts on the cookies of r to the hook and the watchers. If host is not
// empty, it is the host of all verdicts.
func (a *audit) close(now time.Time, r *Request, host string) {
	if len(a.verdicts) > 0 {
		a.report(now, r, host)
	}
}

// report is close for an audit that has verdicts.
func (a *audit) report(now time.Time, r *Request, host string) {
	hook := a.jar.options.Refused
	if a.op == Sending {
		hook = a.jar.options.Withheld
	}
	for i := range a.verdicts {
		v := &a.verdicts[i]
		if host != "" {
			v.Host = host
		}
		if hook != nil && v.Reason != 0 {
			hook(&Refusal{Reason: v.Reason, Name: v.Cookie.Name, Host: v.Host})
		}
	}
	all := a.jar.watchers.all.Load()
	if all == nil || !a.watched {
		return
	}
	if a.request == nil && r != nil {
		own := *r // a copy, as in expect
		a.request = &own
	}
	event := Event{Op: a.op, Time: now, Request: a.request, Verdicts: a.verdicts}
	for _, f := range *all {
		(*f)(event)
	}
}
