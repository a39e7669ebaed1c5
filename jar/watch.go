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
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// An Event is what a jar decided about the cookies of one request, of one
// response, or about one cookie given to [Jar.Accept].
type Event struct {
	Op   Op
	Time time.Time // as the jar's clock has it

	// Request is what was asked, or answered; nil if Op is Accepting. Its URL and
	// Context are the caller's, and must be neither changed nor kept.
	Request *Request

	// Verdicts has one for each cookie: of those that a request could carry, the
	// ones sent and the ones withheld, in the order in which they are sent; of a
	// response, each line in its order. It may be kept.
	Verdicts []Verdict
}

// LogValue implements slog.LogValuer, without cookies' values and without what may be
// secret in the URL: user, query and fragment.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", e.Op.String())}
	if r := e.Request; r != nil {
		method := cmp.Or(r.Method, "GET")
		attrs = append(attrs, slog.String("method", method), slog.String("host", hostOf(r)))
		if r.URL != nil {
			attrs = append(attrs, slog.String("scheme", r.URL.Scheme), slog.String("path", match.RequestPath(r.URL)))
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
	Sending   Op = iota // cookies to go with a request
	Receiving           // cookies set by a response or a script
	Accepting           // a ready-made cookie
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

// Watch has f called for each Event from now on until stop is called, which may be
// done more than once. An event that is under way then may still be reported.
//
// Nothing is collected while nobody watches. f is called with no lock held, by
// whichever goroutine made the decision; it must be safe for concurrent use if the
// jar is so used, and may call back into the jar. A Clone has no watchers.
func (j *Jar) Watch(f func(Event)) (stop func()) {
	w := &f
	j.watchers.change(func(all []*func(Event)) []*func(Event) { return append(all, w) })
	return func() {
		j.watchers.change(func(all []*func(Event)) []*func(Event) {
			return slices.DeleteFunc(all, func(other *func(Event)) bool { return other == w })
		})
	}
}

// watchers are the functions given to Watch. They are read without a lock.
type watchers struct {
	mu  sync.Mutex
	all atomic.Pointer[[]*func(Event)] // immutable; nil if there are none
}

// change replaces the watchers by what edit makes of a copy of them.
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

// An audit collects what is decided about one request, or one response, for those
// who want to know. A nil audit collects nothing.
type audit struct {
	jar   *Jar
	event Event
}

// audit returns nil if nobody wants to know.
func (j *Jar) audit(op Op, r *Request) *audit {
	hook := j.options.Withheld != nil && op == Sending || j.options.Refused != nil && op != Sending
	if !hook && j.watchers.all.Load() == nil {
		return nil
	}
	return j.newAudit(op, r)
}

func (j *Jar) newAudit(op Op, r *Request) *audit {
	a := &audit{jar: j, event: Event{Op: op}}
	if r != nil {
		own := *r // or every caller's Request would be on the heap
		a.event.Request = &own
	}
	return a
}

// found notes a cookie that the store found, and what the jar withholds it for where
// the rules do not; zero if it is sent.
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

// dropped notes the cookies of a caller's cookie-string that is not sent.
func (a *audit) dropped(cookies []byte) {
	if a == nil {
		return
	}
	for _, name := range cookieNames(cookies) {
		a.event.Verdicts = append(a.event.Verdicts, Verdict{Cookie: Cookie{Name: name}, Reason: policy.ReasonCallerHeader})
	}
}

// received notes the verdict on a cookie that came in.
func (a *audit) received(v *Verdict) {
	if a != nil {
		a.event.Verdicts = append(a.event.Verdicts, *v)
	}
}

// close reports what was collected to the hooks and watchers. Host, if not empty,
// is the host of all verdicts.
func (a *audit) close(now time.Time, host string) {
	if a != nil {
		a.report(now, host)
	}
}

// report is close where something is collected.
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
			hook(v.Refusal())
		}
	}
	if all := a.jar.watchers.all.Load(); all != nil && len(a.event.Verdicts) > 0 {
		for _, f := range *all {
			(*f)(a.event)
		}
	}
}
