package jar

import (
	"net/http"
	"net/url"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/rules"
	"uacookie/jar/store"
)

// Options configure a [Jar]. With the zero Options it behaves as a browser does; each field
// changes or observes that.
type Options struct {
	// PublicSuffixList says which domains are public suffixes, such as "co.uk": a cookie
	// for one would go to strangers. Nil means the list in golang.org/x/net/publicsuffix.
	// That is safe, whereas net/http/cookiejar uses no list by default.
	PublicSuffixList PublicSuffixList

	// UserAgent selects the rules that the jar follows. The zero value is Standard, the
	// rules of the draft.
	UserAgent UserAgent

	// MaxAge is the cap on a cookie's lifetime. Zero means the user agent's cap: 400 days,
	// by RFC 6265bis, Section 5.5, and none for Compat. Below zero means no cap.
	MaxAge time.Duration

	// Limits bound the number of cookies in the jar. Nil means the user agent's limits. In
	// the fields of Limits, zero means no limit.
	Limits *Limits

	// MaxReceived is the number of Set-Cookie fields of one response that the jar reads;
	// it refuses the fields past it. Zero means 3000, below zero no limit.
	MaxReceived int

	// MaxSent and MaxSentBytes limit the number of cookies that a request carries and the
	// bytes of its Cookie field value. The cookies that sort first are sent. Zero or less
	// means no limit. Servers often accept no more than 150 cookies and 8190 bytes.
	MaxSent      int
	MaxSentBytes int

	// Trustworthy, if not nil, reports whether http and ws connections to a host are as
	// secure as https: they may set Secure cookies and carry them. It gets the host in
	// canonical form, without a port. It is not called for loopback hosts, whose connections
	// are always secure. The scheme stays what it is: http://a.internal and
	// https://a.internal are cross-site.
	Trustworthy func(host string) bool

	// Veto, if not nil, decides on each cookie that the rules would store or send, after
	// them. If it returns true, the cookie is refused with policy.ReasonVetoStore, or
	// withheld with policy.ReasonVetoSend. op says what the jar is doing, and r, which is
	// nil if op is Accepting, is the request: Veto must not change or keep it.
	//
	// A cookie that is about to be stored may have expired: a server deletes a cookie so.
	// After Veto, a stored Secure or HttpOnly cookie may still be the reason to refuse it.
	// Veto is not asked about cookies that come from a copy of the jar's own contents, in
	// [Jar.Clone] and package durable, nor about the caller's own Cookie header. It removes
	// nothing: a cookie that was stored before stays, and may be withheld. [Jar.Explain],
	// [Jar.Judge] and [Jar.Retrieve] ask it too.
	//
	// It is called with no lock held, may call the jar's methods, and must be safe for
	// concurrent use if several goroutines use the jar.
	Veto func(op Op, r *Request, c Cookie) bool

	// Refused, if not nil, is called for each cookie that the jar refuses, by the
	// goroutine whose call brought the cookie and with no lock held. It may call the
	// jar's methods. It must be safe for concurrent use if several goroutines use the jar.
	Refused func(*Refusal)

	// Withheld, if not nil, is called in the same way for each cookie whose domain and
	// path match a request that does not carry it.
	Withheld func(*Refusal)

	// Changed, if not nil, is called for each change of the jar's contents, with no lock
	// held and by one goroutine at a time, which need not be the one that made the
	// change. Changes of one site come in their order. It may call the jar's methods.
	Changed func(Change)

	// Now returns the current time, and must be safe for concurrent use. Nil means the
	// system's clock; the jar may take up to ten milliseconds to see that it was set.
	Now func() time.Time
}

// A Jar keeps cookies. It implements [http.CookieJar].
//
// The zero Jar is empty, ready to use, and has the zero Options. A Jar must not be
// copied after first use. It is safe for concurrent use.
type Jar struct {
	options  Options
	store    store.Store
	clock    clock.Clock
	watchers watchers
	face     face
}

var _ http.CookieJar = (*Jar)(nil)

// New returns an empty jar. Nil means the zero Options. New copies them. The error is always
// nil: New has the signature of net/http/cookiejar.New.
func New(o *Options) (*Jar, error) {
	j := new(Jar)
	if o != nil {
		j.options = *o
		if o.Limits != nil {
			l := *o.Limits
			j.options.Limits = &l
		}
		j.wire()
		j.SetPublicSuffixList(o.PublicSuffixList)
	}
	return j, nil
}

// wire sets the functions of the options in the parts of the jar that call them.
func (j *Jar) wire() {
	j.store.Changed, j.clock.Func = j.options.Changed, j.options.Now
}

// SetCookies implements [http.CookieJar]. It handles the cookies of the response to a
// request for u without a [Context]: same-site, at the top level. It reports the cookies
// that it refuses to Options.Refused. It skips the cookies of lines that a [Transport] of
// the same client has already given to the jar.
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	if cookies = j.face.unclaimed(cookies); len(cookies) > 0 {
		j.admit(nil, &arrival{op: Receiving, request: &Request{URL: u}, cookies: cookies})
	}
}

// Cookies implements [http.CookieJar]. It returns the cookies to send with a request for u
// without a [Context] and with a safe method. Of each cookie only the fields Name, Value and
// Quoted are set, as net/http/cookiejar has it: [Jar.Retrieve] returns all attributes.
func (j *Jar) Cookies(u *url.URL) []*http.Cookie {
	var buf [matchBuffer]store.Match
	matches := j.sent(buf[:0], &Request{URL: u})
	j.face.meetClient()
	if len(matches) == 0 {
		return nil
	}
	cookies := make([]http.Cookie, len(matches))
	pointers := make([]*http.Cookie, len(matches))
	for i, m := range matches {
		name, value := m.Pair()
		cookies[i].Name = name
		cookies[i].Value, cookies[i].Quoted = unquote(value)
		pointers[i] = &cookies[i]
	}
	j.face.handOut(pointers)
	return pointers
}

// unquote returns a value as http.Cookie has it: without the quotes around it.
func unquote(value string) (string, bool) {
	if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
		return value[1 : n-1], true
	}
	return value, false
}

// rules sets p to the jar's rules with its current public suffix list. It does not return
// a Policy: the copy would read fields just after they were written, and stall the
// processor.
func (j *Jar) rules(p *rules.Policy) {
	p.UserAgent = j.options.UserAgent
	p.Sites = j.store.Sites()
	p.Limits = j.options.Limits
	p.MaxAge = j.options.MaxAge
	p.Trustworthy = j.options.Trustworthy
}
