package rules

import (
	"net/http"
	"slices"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// ReceiveHTTP is Receive for a line that net/http has parsed. If the other fields come
// from Raw, Raw counts, so that nothing is lost that net/http changed. If a program made
// or changed the cookie, its fields count.
func (p *Policy) ReceiveHTTP(r *policy.Request, c *http.Cookie, now time.Time) (v policy.Verdict, g store.Conditions) {
	t := Admission{Policy: *p}
	t.Begin(r, now)
	t.askList = true
	t.Cookie(&v, r, c)
	return v, t.Conditions
}

// Cookie is [Policy.ReceiveHTTP] for one of several cookies of a response. It sets all of v.
func (t *Admission) Cookie(v *policy.Verdict, r *policy.Request, c *http.Cookie) {
	if c == nil {
		c = new(http.Cookie) // refused as Empty
	}
	if c.Raw != "" && isRaw(c) {
		t.Line(v, r, c.Raw)
		return
	}
	*v = policy.Verdict{}
	var l parse.Line
	sayable := takeFields(&l, c)
	if t.receive(v, r, &l); v.Reason == 0 && !sayable {
		v.Reason = policy.ReasonMalformed
	}
}

// isRaw reports whether c's fields are what net/http reads in c.Raw.
func isRaw(c *http.Cookie) bool {
	q, err := http.ParseSetCookie(c.Raw)
	return err == nil &&
		c.Name == q.Name && c.Value == q.Value && c.Quoted == q.Quoted &&
		c.Path == q.Path && c.Domain == q.Domain &&
		c.Expires.Equal(q.Expires) && c.RawExpires == q.RawExpires && c.MaxAge == q.MaxAge &&
		c.Secure == q.Secure && c.HttpOnly == q.HttpOnly &&
		c.SameSite == q.SameSite && c.Partitioned == q.Partitioned &&
		slices.Equal(c.Unparsed, q.Unparsed)
}

// takeFields sets l, which is zero, to the line with the fields of c. It reports whether
// such a line exists: otherwise a Cookie header with c in it would mean something else.
func takeFields(l *parse.Line, c *http.Cookie) (sayable bool) {
	l.Name, l.Value = c.Name, c.Value
	if c.Quoted {
		l.Value = `"` + c.Value + `"`
	}
	l.TooLong = len(l.Name)+len(l.Value) > parse.MaxPair
	takeAttributes(l, c)
	ordinary := parse.Ordinary(c.Name) && parse.Ordinary(c.Value) &&
		(c.Path == "/" || parse.Ordinary(c.Path)) && (c.Domain == "" || parse.Ordinary(c.Domain))
	return ordinary || takeOctets(l, c)
}

// takeAttributes is takeFields for the attributes.
func takeAttributes(l *parse.Line, c *http.Cookie) {
	has := attributesOf(c)
	// An attribute value that is too long is ignored.
	if n := len(c.Domain); n > 0 && n <= parse.MaxAttribute {
		has |= parse.Domain
		l.Domain = c.Domain
	}
	if n := len(c.Path); n > 0 && n <= parse.MaxAttribute {
		has |= parse.Path
		l.Path, l.HasPath = c.Path, c.Path[0] == '/'
	}
	if !c.Expires.IsZero() {
		has |= parse.Expires
		l.Expires = c.Expires
	}
	if c.MaxAge != 0 {
		has |= parse.MaxAge
		l.MaxAge = int64(c.MaxAge)
	}
	switch c.SameSite {
	case http.SameSiteNoneMode:
		l.SameSite = "None"
	case http.SameSiteLaxMode:
		l.SameSite = "Lax"
	case http.SameSiteStrictMode:
		l.SameSite = "Strict"
	}
	l.Has = has
}

// attributesOf returns the attributes without a value that c's fields stand for.
func attributesOf(c *http.Cookie) (has parse.Attr) {
	if c.Secure {
		has |= parse.Secure
	}
	if c.HttpOnly {
		has |= parse.HTTPOnly
	}
	if c.Partitioned {
		has |= parse.Partitioned
	}
	return has
}

// takeOctets completes takeFields where any octet may be in c's fields.
func takeOctets(l *parse.Line, c *http.Cookie) (sayable bool) {
	inName, equals, semicolon := parse.Octets(c.Name)
	inValue, _, semicolonInValue := parse.Octets(c.Value)
	inPath, _, semicolonInPath := parse.Octets(c.Path)
	inDomain := parse.HasControl(c.Domain)
	l.Control = inName || inValue || inPath || inDomain
	return !equals && !semicolon && !semicolonInValue && !(semicolonInPath && l.Path != "")
}
