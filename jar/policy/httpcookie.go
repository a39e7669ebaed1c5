package policy

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/store"
)

// ReceiveHTTP is Receive for a line that net/http has taken apart. If Raw is the
// line that the other fields come from, Raw is what counts, so that nothing
// net/http changed is lost. A program that made or altered the cookie is taken at
// its fields.
func (p *Policy) ReceiveHTTP(r *Request, c *http.Cookie, now time.Time) (v Verdict, g store.Guard) {
	t := Reception{Policy: *p}
	t.Begin(r, now)
	t.Cookie(&v, r, c)
	return v, t.Guard
}

// Cookie is [Policy.ReceiveHTTP] for one of several cookies of a response. It sets v,
// which must be zero.
func (t *Reception) Cookie(v *Verdict, r *Request, c *http.Cookie) {
	if c == nil {
		c = new(http.Cookie) // refused as Empty
	}
	if isRaw(c) {
		t.Line(v, r, c.Raw)
		return
	}
	var l parse.Line
	sayable := takeFields(&l, c)
	if t.receive(v, r, &l); v.Reason == 0 && !sayable {
		v.Reason = Malformed
	}
}

// isRaw reports whether c's fields are what net/http reads in c.Raw.
func isRaw(c *http.Cookie) bool {
	if c.Raw == "" {
		return false
	}
	q, err := http.ParseSetCookie(c.Raw)
	return err == nil &&
		c.Name == q.Name && c.Value == q.Value && c.Quoted == q.Quoted &&
		c.Path == q.Path && c.Domain == q.Domain &&
		c.Expires.Equal(q.Expires) && c.RawExpires == q.RawExpires && c.MaxAge == q.MaxAge &&
		c.Secure == q.Secure && c.HttpOnly == q.HttpOnly &&
		c.SameSite == q.SameSite && c.Partitioned == q.Partitioned &&
		slices.Equal(c.Unparsed, q.Unparsed)
}

// takeFields makes the zero l the line that c's fields stand for, and reports whether
// there is such a line: if there is none, a Cookie header with c in it would say
// something else.
func takeFields(l *parse.Line, c *http.Cookie) (sayable bool) {
	l.Name, l.Value = c.Name, c.Value
	// An attribute value that is too long is as good as none.
	if len(c.Domain) <= parse.MaxAttribute {
		l.Domain = c.Domain
	}
	if len(c.Path) <= parse.MaxAttribute {
		l.Path = c.Path
	}
	if c.Quoted {
		l.Value = `"` + c.Value + `"`
	}
	inName, equals, semicolon := parse.Octets(c.Name)
	inValue, _, semicolonInValue := parse.Octets(c.Value)
	inPath, _, semicolonInPath := parse.Octets(c.Path)
	l.Control = inName || inValue || inPath || parse.HasControl(c.Domain)
	l.TooLong = len(l.Name)+len(l.Value) > parse.MaxPair
	l.HasPath = strings.HasPrefix(l.Path, "/")
	l.Expires, l.MaxAge = c.Expires, int64(c.MaxAge)
	l.Has = attr(parse.Domain, l.Domain != "") | attr(parse.Path, l.Path != "") |
		attr(parse.Secure, c.Secure) | attr(parse.HTTPOnly, c.HttpOnly) | attr(parse.Partitioned, c.Partitioned) |
		attr(parse.Expires, !c.Expires.IsZero()) | attr(parse.MaxAge, c.MaxAge != 0)
	switch c.SameSite {
	case http.SameSiteNoneMode:
		l.SameSite = "None"
	case http.SameSiteLaxMode:
		l.SameSite = "Lax"
	case http.SameSiteStrictMode:
		l.SameSite = "Strict"
	}
	return !equals && !semicolon && !semicolonInValue && !(semicolonInPath && l.Path != "")
}

// attr returns a if it is there, and else no attribute.
func attr(a parse.Attr, there bool) parse.Attr {
	if there {
		return a
	}
	return 0
}
