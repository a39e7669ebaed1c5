package scenario

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uacookie/jar"
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
	around, asks := s.Ctx.places()
	switch s.Ctx.Kind {
	case "navigate":
		r.Method = s.method()
		if n := len(s.Requests); s.Ctx.Reload && n > 0 {
			r.Method = s.Requests[n-1].Method // Firefox repeats no POST that was redirected
		}
		if s.Ctx.Initiator != "" {
			c.Initiator = asks.initiator()
		}
	case "iframe":
		if s.Ctx.inFrame() {
			c.Initiator = asks.initiator()
			r.Method = s.method()
		} else {
			around = append(around, asks)
		}
		c.Documents = origins(around)
	case "script":
		c.Script = true
		if s.Ctx.Top != "" {
			c.Documents = origins(around)
		}
	default:
		r.Method = s.method()
		c.Documents = origins(append(around, asks))
	}
	return r
}

// dates returns the Date fields of the response, none if it has the true time, which
// is as good as none.
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

// hasCookies reports whether the step is one with cookies at all: a request that was
// made, with credentials, or a script that may have them.
func (s *Step) hasCookies() bool {
	_, asks := s.Ctx.places()
	if s.Ctx.Kind == "script" {
		return s.Ctx.Top == "" || asks.origin != nil
	}
	if n := len(s.Requests); s.Blocked && (n == 0 || s.Requests[n-1].Method == http.MethodOptions || s.Requests[n-1].URL != s.URL) {
		return false
	}
	switch s.Ctx.Credentials {
	case "omit":
		return false
	case "same-origin":
		for _, u := range append(slices.Clone(s.Ctx.RedirectFrom), s.URL) {
			if to := parse(u); to == nil || asks.origin == nil || to.Scheme != asks.origin.Scheme || to.Host != asks.origin.Host {
				return false
			}
		}
	}
	return true
}

// A place is where a document is.
type place struct {
	origin    *url.URL // nil if it is opaque
	sandboxed bool     // and so are all within it
}

// inside returns the place of a document in a frame, or at the top, of p.
func (p place) inside(f Frame) place {
	in := place{p.origin, p.sandboxed || f.Sandbox != nil && isOpaque(*f.Sandbox)}
	if !strings.HasPrefix(f.URL, "about:") {
		in.origin = parse(f.URL)
		in.sandboxed = in.sandboxed || sandboxes(f.CSP)
	}
	if in.sandboxed {
		in.origin = nil
	}
	return in
}

// initiator returns a URL for the origin.
func (p place) initiator() *url.URL {
	if p.origin == nil {
		return &url.URL{Scheme: "about", Opaque: "blank"} // opaque, but not nobody
	}
	return p.origin
}

// origins returns what Context.Documents is for documents at these places.
func origins(places []place) []*url.URL {
	var urls []*url.URL
	for _, p := range places {
		urls = append(urls, p.origin)
	}
	return urls
}

// inFrame reports whether Initiator is the document in one more frame.
func (c *Ctx) inFrame() bool {
	return c.Kind != "navigate" && c.Initiator != "" && (c.Initiator != c.Top || len(c.Frames) > 0)
}

// places returns where the document is that asks, and those around it.
func (c *Ctx) places() (around []place, asks place) {
	if c.Kind == "navigate" {
		return nil, place{}.inside(Frame{URL: c.Initiator, CSP: c.CSP})
	}
	asks = place{}.inside(Frame{URL: c.Top, CSP: c.CSP})
	inner := slices.Clip(c.Frames)
	if c.inFrame() {
		inner = append(inner, Frame{URL: c.Initiator, Sandbox: c.Sandbox})
	}
	for _, f := range inner {
		around = append(around, asks)
		asks = asks.inside(f)
	}
	return around, asks
}

// sandboxes reports whether a Content-Security-Policy has a directive that makes the
// document's origin opaque.
func sandboxes(csp string) bool {
	for directive := range strings.FieldsFuncSeq(csp, func(r rune) bool { return r == ';' || r == ',' }) {
		name, tokens, _ := strings.Cut(strings.TrimSpace(directive), " ")
		if name == "sandbox" && isOpaque(tokens) {
			return true
		}
	}
	return false
}

// isOpaque reports whether a sandbox with these tokens makes origins opaque.
func isOpaque(tokens string) bool {
	return !slices.Contains(strings.Fields(tokens), "allow-same-origin")
}

// parse returns the URL that s stands for, nil if it is empty. It takes s as a
// browser sends it: net/url would escape some octets of a path that browsers
// leave as they are, and refuse others.
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
