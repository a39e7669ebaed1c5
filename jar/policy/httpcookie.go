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
	if c == nil {
		c = new(http.Cookie) // refused as Empty
	}
	if isRaw(c) {
		return p.Receive(r, c.Raw, now)
	}
	l := lineOf(c)
	g = p.receive(&v, r, &l, now)
	if v.Reason == 0 && (strings.Contains(l.Name, "=") || strings.Contains(l.Name, ";") ||
		strings.Contains(l.Value, ";") || strings.Contains(l.Path, ";")) {
		// No line says this, and as a Cookie header it would say something else.
		v.Reason = Malformed
	}
	return v, g
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

// lineOf returns the line that c's fields stand for.
func lineOf(c *http.Cookie) parse.Line {
	l := parse.Line{Name: c.Name, Value: c.Value}
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
	l.Control = parse.HasControl(c.Name) || parse.HasControl(c.Value) || parse.HasControl(c.Domain) || parse.HasControl(c.Path)
	l.TooLong = len(l.Name)+len(l.Value) > parse.MaxPair
	l.HasPath = strings.HasPrefix(l.Path, "/")
	has := func(is bool, attr parse.Attr) {
		if is {
			l.Has |= attr
		}
	}
	has(l.Domain != "", parse.Domain)
	has(l.Path != "", parse.Path)
	has(c.Secure, parse.Secure)
	has(c.HttpOnly, parse.HTTPOnly)
	has(c.Partitioned, parse.Partitioned)
	has(!c.Expires.IsZero(), parse.Expires)
	has(c.MaxAge != 0, parse.MaxAge)
	l.Expires, l.MaxAge = c.Expires, int64(c.MaxAge)
	switch c.SameSite {
	case http.SameSiteNoneMode:
		l.SameSite = "None"
	case http.SameSiteLaxMode:
		l.SameSite = "Lax"
	case http.SameSiteStrictMode:
		l.SameSite = "Strict"
	}
	return l
}
