package jar

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// callerCookies returns the cookie-string that a caller put into h. The key may be in any
// case: net/http sends it unchanged.
func callerCookies(h http.Header) []byte {
	values := h["Cookie"]
	var odd []string // keys in another case
	for key := range h {
		if isCookie(key) && key != "Cookie" {
			odd = append(odd, key)
		}
	}
	slices.Sort(odd)
	for _, key := range odd {
		values = append(slices.Clip(values), h[key]...)
	}
	if len(values) == 0 {
		return nil
	}
	return []byte(strings.Join(values, "; "))
}

func isCookie(key string) bool { return len(key) == len("Cookie") && strings.EqualFold(key, "Cookie") }

// allowed returns the cookies of own, the caller's cookie-string for req, that may be sent,
// and reports the others to a.
func (t *Transport) allowed(own []byte, req *http.Request, a *audit) []byte {
	switch {
	case len(own) == 0:
		return nil
	case t.IgnoreCookieHeader || !oneOrigin(req):
		a.dropped(own)
		return nil
	}
	set := namesSet(req)
	if len(set) == 0 {
		return own
	}
	own = asWritten(own, req)
	return without(own, func(cookie []byte) bool {
		if !set[cookieName(cookie)] {
			return false
		}
		a.dropped(cookie)
		return true
	})
}

// asWritten returns own, the caller's cookie-string for a later hop of a redirect chain, as the
// caller wrote it for the first. When a response sets cookies, an http.Client with a Jar writes
// the cookies that stay without quotes, and "=" behind a name without a value.
func asWritten(own []byte, req *http.Request) []byte {
	first := req
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
	}
	var changed [][]byte // what the first hop sent and this one does not
	now := pieces(own)
	for _, piece := range pieces(callerCookies(first.Header)) {
		if cookie := trimmed(piece); !slices.ContainsFunc(now, func(p []byte) bool { return bytes.Equal(trimmed(p), cookie) }) {
			changed = append(changed, cookie)
		}
	}
	if len(changed) == 0 {
		return own
	}
	for i, piece := range now {
		k := slices.IndexFunc(changed, func(cookie []byte) bool {
			name, value, _ := bytes.Cut(cookie, []byte("="))
			value = bytes.TrimSuffix(bytes.TrimPrefix(value, []byte(`"`)), []byte(`"`))
			return string(trimmed(piece)) == string(name)+"="+string(value)
		})
		if k >= 0 {
			now[i] = bytes.Replace(piece, trimmed(piece), changed[k], 1)
			changed = slices.Delete(changed, k, k+1)
		}
	}
	return bytes.Join(now, []byte(";"))
}

// A namesContext is a context with the names of the cookies that a response set or deleted. It
// is the context of the request that a Transport sends, so that the response's needs no copy.
type namesContext struct {
	context.Context
	names []string  // nil until the response came
	few   [4]string // room for most names
}

// Value implements [context.Context].
func (c *namesContext) Value(key any) any {
	if key == (contextKey[*namesContext]{}) {
		return c
	}
	return c.Context.Value(key)
}

// namesOf returns the names in a context, or nil if it has none.
func namesOf(ctx context.Context) []string {
	for {
		c, ok := ctx.Value(contextKey[*namesContext]{}).(*namesContext)
		if !ok || c.names != nil {
			return c.list()
		}
		ctx = c.Context
	}
}

func (c *namesContext) list() []string {
	if c == nil {
		return nil
	}
	return c.names
}

// set sets the names to those of the cookies that the jar did not refuse. They are parts of the
// lines of the response, to which later hops refer anyway.
func (c *namesContext) set(verdicts []Verdict) {
	names := c.few[:0]
	for i := range verdicts {
		if v := &verdicts[i]; v.Reason == 0 && !slices.Contains(names[max(0, len(names)-8):], v.Cookie.Name) {
			names = append(names, v.Cookie.Name)
		}
	}
	if len(names) > 0 || namesOf(c.Context) != nil {
		c.names = names
	}
}

// withNamesSet returns req, the Request of a response, with the names of the cookies that the
// jar did not refuse in its context, where later hops of a redirect chain find them. sent is
// the copy that the Transport made of its request, or nil.
func withNamesSet(req, sent *http.Request, verdicts []Verdict) *http.Request {
	if c, ok := req.Context().(*namesContext); ok && req == sent && c.names == nil {
		c.set(verdicts)
		return req
	}
	c := &namesContext{Context: req.Context()}
	if c.set(verdicts); c.names == nil {
		return req
	}
	return req.WithContext(c)
}

// namesSet returns the names of the cookies that the redirects which led to req set or
// deleted.
func namesSet(req *http.Request) map[string]bool {
	var set map[string]bool
	for hop := req; hop.Response != nil && hop.Response.Request != nil; {
		hop = hop.Response.Request
		for _, name := range namesOf(hop.Context()) {
			if set == nil {
				set = make(map[string]bool)
			}
			set[name] = true
		}
	}
	return set
}

// leadsTo reports whether req, the Request of a response, continues the redirect chain of the
// request that the Transport was given, whose Response was want. A Base may follow redirects
// itself, or may send a request of its own without the chain.
func leadsTo(req *http.Request, want *http.Response) bool {
	for req != nil && req.Response != want && req.Response != nil {
		req = req.Response.Request
	}
	return req != nil && req.Response == want
}

// oneOrigin reports whether all hops of the redirect chain that led to req have its origin. It
// returns false if the chain is broken.
func oneOrigin(req *http.Request) bool {
	want := originOf(req)
	for hop := req; hop.Response != nil; {
		if hop = hop.Response.Request; hop == nil || originOf(hop) != want {
			return false
		}
	}
	return true
}

// originOf returns the origin of a request: scheme, host and port. The name is its Host
// field if that is another host, or "".
func originOf(req *http.Request) (origin struct{ scheme, host, port, name string }) {
	if req.URL == nil {
		return origin
	}
	origin.scheme = strings.ToLower(req.URL.Scheme)
	origin.host = strings.ToLower(req.URL.Hostname())
	if origin.port = req.URL.Port(); origin.port == "" {
		origin.port = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}[origin.scheme]
	}
	if req.Host != "" && req.Host != req.URL.Host {
		origin.name = strings.ToLower((&url.URL{Host: req.Host}).Hostname())
	}
	return origin
}

// pieces splits a cookie-string at each semicolon, inside quotes too, as net/http and servers
// do.
func pieces(cookies []byte) [][]byte { return bytes.Split(cookies, []byte(";")) }

// trimmed returns a piece of a cookie-string without the white space around it.
func trimmed(piece []byte) []byte { return bytes.Trim(piece, " \t") }

// cookieName returns the name of a cookie of a cookie-string, or "" if it has no name.
func cookieName(cookie []byte) string {
	name, _, found := bytes.Cut(cookie, []byte("="))
	if !found {
		return ""
	}
	return string(bytes.TrimRight(name, " \t"))
}

// cookieNames returns the names of the cookies of a cookie-string.
func cookieNames(cookies []byte) []string {
	if len(cookies) == 0 {
		return nil
	}
	var names []string
	for _, piece := range pieces(cookies) {
		if cookie := trimmed(piece); len(cookie) > 0 {
			names = append(names, cookieName(cookie))
		}
	}
	return names
}

// without returns a cookie-string without the cookies for which drop returns true. All other
// bytes stay as they are, except white space that would be left at the start. It returns
// cookies itself if it drops nothing.
func without(cookies []byte, drop func(cookie []byte) bool) []byte {
	all := pieces(cookies)
	var kept [][]byte
	left := 0 // the number of kept pieces that are not empty
	for _, piece := range all {
		cookie := trimmed(piece)
		if len(cookie) > 0 && drop(cookie) {
			continue
		}
		kept = append(kept, piece)
		left += min(len(cookie), 1)
	}
	switch {
	case len(kept) == len(all):
		return cookies
	case left == 0:
		return nil
	}
	return bytes.TrimLeft(bytes.Join(kept, []byte(";")), " \t")
}
