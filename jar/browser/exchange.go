package browser

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// ErrBlocked is what the error of a [Response] wraps where a server could be reached,
// but the browser did not make a request, or did not let the page have the response.
var ErrBlocked = errors.New("browser: request blocked")

// A Kind is what a request is for.
type Kind string

// The kinds of an [Exchange].
const (
	Document  Kind = "document"  // a navigation of the top level
	IFrame    Kind = "iframe"    // a navigation of a frame
	Fetch     Kind = "fetch"     // a script's fetch
	Preflight Kind = "preflight" // the question of CORS that comes before it
	WebSocket Kind = "websocket" // the handshake of a WebSocket
	Script    Kind = "script"    // no request: document.cookie or the Cookie Store API wrote or read

	Image      Kind = "image"       // an element img
	ScriptFile Kind = "script-file" // an element script with src
	Style      Kind = "stylesheet"  // a link to a style sheet
	Prefetch   Kind = "prefetch"    // a link with rel=prefetch

	Beacon      Kind = "beacon"      // navigator.sendBeacon
	EventSource Kind = "eventsource" // the request for events that a server sends

	DedicatedWorker Kind = "worker"        // the script of a worker
	SharedWorker    Kind = "sharedworker"  // that of a shared worker
	ServiceWorker   Kind = "serviceworker" // and of a service worker
)

// An Exchange is one request and its response, or one access of a script to
// document.cookie or the Cookie Store API. It must not be changed.
type Exchange struct {
	Kind   Kind
	Method string // for a Script, "read" or "write"
	URL    *url.URL
	Time   time.Time   // by the browser's clock
	Header http.Header // of the request, as it was sent

	// Context is what decided, besides method and URL, about cookies.
	Context *jar.Context

	// Cookies has a verdict on each cookie whose domain matches the host: sent, or
	// withheld by which rule, in the order in which they are sent, and then those
	// for other paths.
	Cookies []jar.Verdict

	// SetCookies has a verdict on each Set-Cookie line, or on what a script
	// assigned to document.cookie: stored, or refused by which rule.
	SetCookies []jar.Verdict

	// Notes say in plain words what else the browser did, or why a clock may be wrong.
	Notes []string

	// Response is nil if none came. Its body is in memory and can be read once,
	// unless it is streamed.
	Response *http.Response

	// Err is why no response came, or why a script may not have it. It wraps [ErrBlocked] if
	// the browser is the reason. A request that the browser did not make has no Header.
	Err error

	activated bool     // a third party that has storage access
	jar       *jar.Jar // of credentialless documents; nil for the browser's
}

// Sent reports whether the request carried a cookie of that name.
func (x *Exchange) Sent(name string) bool {
	for i := range x.Cookies {
		if v := &x.Cookies[i]; v.Cookie.Name == name && v.OK() {
			return true
		}
	}
	return false
}

// Withheld returns why the request did not carry a cookie of that name:
// [policy.ReasonNotStored] if the host has no such cookie, and zero if the request did carry
// one.
func (x *Exchange) Withheld(name string) jar.Reason {
	why := policy.ReasonNotStored
	for i := range x.Cookies {
		v := &x.Cookies[i]
		switch {
		case v.Cookie.Name != name:
		case v.OK():
			return 0
		case why == policy.ReasonNotStored:
			why = v.Reason
		}
	}
	return why
}

// Stored reports whether the response set a cookie of that name, and the browser
// keeps it. If a line had it removed, it is not kept.
func (x *Exchange) Stored(name string) bool {
	_, kept := x.set(name)
	return kept
}

// set reports whether the response set a cookie of that name, and whether it is kept.
func (x *Exchange) set(name string) (set, kept bool) {
	for i := range x.SetCookies {
		if v := &x.SetCookies[i]; v.Cookie.Name == name && v.OK() {
			set, kept = true, !v.Removed
		}
	}
	return set, kept
}

// Refused returns why the first line of the response that set a cookie of that name,
// and was refused, was. It returns zero if none was.
func (x *Exchange) Refused(name string) jar.Reason {
	for i := range x.SetCookies {
		if v := &x.SetCookies[i]; v.Cookie.Name == name && !v.OK() {
			return v.Reason
		}
	}
	return 0
}

// A Response is what came of a request: where it was redirected, of all that it led
// to.
//
// If Err is set, Sent, Withheld, Stored and Refused end the test with it, unless it wraps
// [ErrBlocked]: a test that asserts that no cookie was sent must not pass because
// nothing was. See [Test].
type Response struct {
	// Response is the last response; its Body needs no Close, but where it is
	// streamed. If none came, its StatusCode is zero.
	*http.Response

	// Hops are the request and those that it was redirected to. It is empty if the
	// browser blocked the request, or the URL was invalid.
	Hops []*Exchange

	// Err is why there was no response, or none that a script may read.
	Err error

	browser *Browser // that made the request
}

// Sent reports whether the request carried a cookie of that name. If it was
// redirected, that is about the first one: ask Hops, or Last, about the others.
func (r *Response) Sent(name string) bool {
	r.must()
	return len(r.Hops) > 0 && r.Hops[0].Sent(name)
}

// Withheld returns why the request did not carry a cookie of that name: see
// [Exchange.Withheld]. If it was redirected, that is about the first one.
func (r *Response) Withheld(name string) jar.Reason {
	r.must()
	if len(r.Hops) == 0 {
		return policy.ReasonNotStored
	}
	return r.Hops[0].Withheld(name)
}

// Stored reports whether the response, or a redirect on the way to it, set a cookie
// of that name that the browser keeps.
func (r *Response) Stored(name string) bool {
	r.must()
	stored := false
	for _, x := range r.Hops {
		if set, kept := x.set(name); set {
			stored = kept
		}
	}
	return stored
}

// Refused returns why a cookie of that name was refused that the response, or a
// redirect on the way to it, set. It returns zero if none was.
func (r *Response) Refused(name string) jar.Reason {
	r.must()
	for _, x := range r.Hops {
		if why := x.Refused(name); why != 0 {
			return why
		}
	}
	return 0
}

// Last returns the last of Hops, or nil if Hops is empty.
func (r *Response) Last() *Exchange {
	if len(r.Hops) == 0 {
		return nil
	}
	return r.Hops[len(r.Hops)-1]
}

// String returns the hops as text: see [Log.String].
func (r *Response) String() string { return Log(r.Hops).String() }

// LogValue implements slog.LogValuer: it is [Log.LogValue] of the hops, with Err.
func (r Response) LogValue() slog.Value {
	v := Log(r.Hops).LogValue()
	if r.Err != nil {
		return slog.GroupValue(append(v.Group(), slog.String("error", r.Err.Error()))...)
	}
	return v
}

// must ends the test if the request went nowhere.
func (r *Response) must() {
	if r.Err != nil && !errors.Is(r.Err, ErrBlocked) {
		r.browser.fail(r.Err)
	}
}
