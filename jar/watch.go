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

// An audit collects the verdicts of one Event for hooks and watchers. A nil audit collects
// nothing.
type audit struct {
	jar   *Jar
	event Event
}

// audit returns an audit, or nil if no hook and no watcher is interested.
func (j *Jar) audit(op Op, r *Request) *audit {
	hook := j.options.Withheld != nil && op == Sending || j.options.Refused != nil && op != Sending
	if !hook && j.watchers.all.Load() == nil {
		return nil
	}
	return j.newAudit(op, r)
}

// newAudit returns an audit, whether or not a hook or watcher is interested.
func (j *Jar) newAudit(op Op, r *Request) *audit {
	a := &audit{jar: j, event: Event{Op: op}}
	if r != nil {
		own := *r // a copy, or every caller's Request would escape to the heap
		a.event.Request = &own
	}
	return a
}

// found adds the verdict on a match. If the rules would send the cookie, why is the jar's own
// reason for withholding it, or zero.
func (a *audit) found(t *rules.Retrieval, m store.Match, why Reason) {
	if a == nil {
		return
	}
	v := t.Judge(m)
	if v.OK() {
		v.Reason = why
	}
	a.event.Verdicts = append(a.event.Verdicts, v)
}

// dropped adds a verdict on each cookie of a caller's cookie-string that is not sent.
func (a *audit) dropped(cookies []byte) {
	if a == nil {
		return
	}
	for _, name := range cookieNames(cookies) {
		a.event.Verdicts = append(a.event.Verdicts, Verdict{Cookie: Cookie{Name: name}, Reason: policy.ReasonCallerHeader})
	}
}

// received adds the verdict on a cookie that arrived.
func (a *audit) received(v *Verdict) {
	if a != nil {
		a.event.Verdicts = append(a.event.Verdicts, *v)
	}
}

// close reports the verdicts to the hook and the watchers. If host is not empty, it is the
// host of all verdicts.
func (a *audit) close(now time.Time, host string) {
	if a != nil {
		a.report(now, host)
	}
}

// report is close for an audit that is not nil.
func (a *audit) report(now time.Time, host string) {
	hook := a.jar.options.Refused
	if a.event.Op == Sending {
		hook = a.jar.options.Withheld
	}
	a.event.Time = now
	for i := range a.event.Verdicts {
		v := &a.event.Verdicts[i]
		v.Host = cmp.Or(host, v.Host)
		if hook != nil && !v.OK() {
			hook(&Refusal{Reason: v.Reason, Name: v.Cookie.Name, Host: v.Host})
		}
	}
	if all := a.jar.watchers.all.Load(); all != nil && len(a.event.Verdicts) > 0 {
		for _, f := range *all {
			(*f)(a.event)
		}
	}
}
