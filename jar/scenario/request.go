package scenario

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uacookie/jar"
	"uacookie/jar/internal/csp"
)

// Request returns the request that the step makes, its last hop if it is
// redirected. The Date of its response is read as ua does. Third-party cookies are what
// third says, or blocked where the step has it so.
func (s *Step) Request(ua jar.UserAgent, third jar.ThirdParty) *jar.Request {
	c := &jar.Context{ThirdParty: third}
	if s.Ctx.BlockThirdParty {
		c.ThirdParty = jar.ThirdPartyBlocked
	}
	if !s.Ctx.Reload { // of where the redirects led
		for _, hop := range s.Ctx.RedirectFrom {
			c.Redirects = append(c.Redirects, parse(hop))
		}
	}
	r := &jar.Request{URL: parse(s.URL), Method: http.MethodGet, ServerTime: ua.ServerTime(s.dates()), Context: c}
	around, requester := s.Ctx.places()
	switch s.Ctx.Kind {
	case "navigate":
		r.Method = s.method()
		if n := len(s.Requests); s.Ctx.Reload && n > 0 {
			r.Method = s.Requests[n-1].Method // Firefox repeats no POST that was redirected
		}
		if s.Ctx.Initiator != "" {
			c.Initiator = requester.initiator()
		}
	case "iframe":
		if s.Ctx.inFrame() {
			c.Initiator = requester.initiator()
			r.Method = s.method()
		} else {
			around = append(around, requester)
		}
		c.Documents = origins(around)
	case "script":
		c.Script = true
		if s.Ctx.Top != "" {
			c.Documents = origins(around)
		}
	default:
		r.Method = s.method()
		c.Documents = origins(append(around, requester))
	}
	return r
}

// dates returns the Date fields of the response, or nil if its Date is the true time, which
// has no effect.
func (s *Step) dates() []string {
	var dates []string
	for _, d := range s.Date {
		dates = append(dates, string(d))
	}
	return dates
}

// method returns the method of the last hop.
func (s *Step) method() string {
	m := s.Ctx.Method
	if m == "" {
		return http.MethodGet
	}
	if len(s.Ctx.RedirectFrom) == 0 {
		return m
	}
	switch status := s.Ctx.RedirectStatus; {
	case status == http.StatusSeeOther && m != http.MethodHead,
		m == http.MethodPost && (status == 0 || status <= http.StatusFound):
		return http.MethodGet
	}
	return m
}

// hasCookies reports whether the step can have cookies: a request that was made, with
// credentials, or a script in a document with an origin that is not opaque.
func (s *Step) hasCookies() bool {
	_, requester := s.Ctx.places()
	if s.Ctx.Kind == "script" {
		return s.Ctx.Top == "" || requester.origin != nil
	}
	if n := len(s.Requests); s.Blocked && (n == 0 || s.Requests[n-1].Method == http.MethodOptions || s.Requests[n-1].URL != s.URL) {
		return false
	}
	switch s.Ctx.Credentials {
	case "omit":
		return false
	case "same-origin":
		for _, u := range append(slices.Clone(s.Ctx.RedirectFrom), s.URL) {
			if to := parse(u); to == nil || requester.origin == nil || to.Scheme != requester.origin.Scheme || to.Host != requester.origin.Host {
				return false
			}
		}
	}
	return true
}

// A place is the position of a document in the tree of frames.
type place struct {
	origin    *url.URL // nil if it is opaque
	sandboxed bool     // it and all documents inside have opaque origins
}

// inside returns the place of the document f in a frame of p, or at the top if p is zero.
func (p place) inside(f Frame) place {
	in := place{p.origin, p.sandboxed || f.Sandbox != nil && csp.IsOpaque(*f.Sandbox)}
	if !strings.HasPrefix(f.URL, "about:") {
		in.origin = parse(f.URL)
		in.sandboxed = in.sandboxed || csp.Sandboxes(f.CSP)
	}
	if in.sandboxed {
		in.origin = nil
	}
	return in
}

// initiator returns a URL with the origin of p, for Context.Initiator.
func (p place) initiator() *url.URL {
	if p.origin == nil {
		return &url.URL{Scheme: "about", Opaque: "blank"} // an opaque origin; nil would mean the user
	}
	return p.origin
}

// origins returns the value of Context.Documents for documents at these places.
func origins(places []place) []*url.URL {
	var urls []*url.URL
	for _, p := range places {
		urls = append(urls, p.origin)
	}
	return urls
}

// inFrame reports whether Initiator is a document in an additional frame.
func (c *Ctx) inFrame() bool {
	return c.Kind != "navigate" && c.Initiator != "" && (c.Initiator != c.Top || len(c.Frames) > 0)
}

// places returns the place of the document that makes the request, and the places of the
// documents around it.
func (c *Ctx) places() (around []place, requester place) {
	if c.Kind == "navigate" && c.Top == "" {
		return nil, place{}.inside(Frame{URL: c.Initiator, CSP: c.CSP})
	}
	requester = place{}.inside(Frame{URL: c.Top, CSP: c.CSP})
	inner := slices.Clip(c.Frames)
	if c.inFrame() {
		inner = append(inner, Frame{URL: c.Initiator, Sandbox: c.Sandbox})
	}
	for _, f := range inner {
		around = append(around, requester)
		requester = requester.inside(f)
	}
	return around, requester
}

// parse returns the URL s, or nil if s is empty. It keeps the path as a browser sends it:
// net/url would escape some bytes that browsers do not, and refuse others.
func parse(s string) *url.URL {
	if s == "" {
		return nil
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok { // data:, about:
		scheme, _, _ = strings.Cut(s, ":")
		return &url.URL{Scheme: scheme}
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	host := rest
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		host = rest[:slash]
	}
	return &url.URL{Scheme: scheme, Host: host, Opaque: "//" + rest}
}
