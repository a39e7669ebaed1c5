package jar

import (
	"net/http"
	"net/url"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// The types of other packages that a program with a jar names, so that it needs no other
// import. Their fields and methods are documented there.
type (
	// A Cookie is one stored cookie with all its attributes.
	Cookie = store.Cookie
	// A Key is a cookie's identity.
	Key = store.Key
	// A Priority decides which cookies of a site at its limit go first.
	Priority = store.Priority
	// A Partition is the key of a CHIPS partition.
	Partition = store.Partition
	// SameSite is a cookie's same-site-flag.
	SameSite = store.SameSite
	// A Change is one thing that happened to one cookie.
	Change = store.Change
	// A Cause says what a Change is.
	Cause = store.Cause
	// Limits bound how many cookies are kept.
	Limits = store.Limits
	// A Request is what decides about cookies in one request.
	Request = policy.Request
	// A Context is what a browser knows about how a request comes about.
	Context = policy.Context
	// ThirdParty is what becomes of cookies in third-party contexts.
	ThirdParty = policy.ThirdParty
	// A Verdict is the decision about one cookie.
	Verdict = policy.Verdict
	// A Step is one rule that was tried on the way to a Verdict.
	Step = policy.Step
	// A Part is a piece of a Set-Cookie line.
	Part = policy.Part
	// A Refusal is the error for one cookie refused or withheld.
	Refusal = policy.Refusal
	// A Reason is the rule behind a Refusal.
	Reason = policy.Reason
	// A UserAgent is the set of rules the jar keeps.
	UserAgent = policy.UserAgent
	// PublicSuffixList has the method set of net/http/cookiejar's.
	PublicSuffixList = match.PublicSuffixList
)

// Options configure a [Jar]. The zero Options behaves as a browser does; each
// field relaxes or observes that.
type Options struct {
	// PublicSuffixList tells which domains are registries, below which no cookie
	// may be shared. Nil means the list embedded in
	// golang.org/x/net/publicsuffix: unlike net/http/cookiejar's, it is safe.
	PublicSuffixList PublicSuffixList

	// UserAgent is whose rules the jar keeps. The zero value is the draft's.
	UserAgent UserAgent

	// MaxAge caps how long a cookie lives. Zero means the user agent's cap: 400
	// days, by RFC 6265bis, Section 5.5. Below zero there is none.
	MaxAge time.Duration

	// Limits bound what is kept. Nil means the user agent's limits; in Limits, a
	// zero field means no limit.
	Limits *Limits

	// MaxReceived is how many Set-Cookie fields of one response are read; what
	// is past it is refused. Zero means 3000, below zero no bound.
	MaxReceived int

	// MaxSent and MaxSentBytes are how many cookies a request carries, and how
	// many bytes its Cookie field value has, at most; the cookies that sort first
	// are sent. Zero means no bound. Servers often take no more than 150 and
	// 8190.
	MaxSent      int
	MaxSentBytes int

	// Refused, if not nil, is called for each cookie the jar refuses, with no
	// lock held. It may call back into the jar, and must be safe for concurrent
	// use if the jar is so used.
	Refused func(*Refusal)

	// Withheld, if not nil, is called likewise for each cookie that is kept back
	// from a request, its domain matching the host and its path that of the
	// request.
	Withheld func(*Refusal)

	// Changed, if not nil, is called for each change of the jar's contents, with
	// no lock held and by one goroutine at a time: the changes of one site in
	// their order, those of several sites in no particular one. It may call back
	// into the jar.
	Changed func(Change)

	// Now returns the current time. If Now is nil, the jar tells what time.Now does,
	// but may notice up to ten milliseconds late that the clock has been set.
	Now func() time.Time
}

// A Jar keeps cookies. It implements [http.CookieJar].
//
// The zero Jar is empty, ready to use, and has the zero Options. A Jar must not be
// copied after first use. It is safe for concurrent use.
type Jar struct {
	options  Options
	store    store.Store
	clock    store.Clock
	watchers watchers
	face     face
}

var _ http.CookieJar = (*Jar)(nil)

// New returns an empty jar. Nil options are the zero Options. The error is always
// nil; it is there because that of net/http/cookiejar.New is.
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

// wire has the parts of the jar use the functions of its options.
func (j *Jar) wire() {
	j.store.Changed, j.clock.Func = j.options.Changed, j.options.Now
}

// SetCookies implements [http.CookieJar]. It handles the cookies of a response to
// a request for u that has no context: same-site, at the top level. Cookies that
// are refused are reported to Options.Refused. It passes over the cookies of lines that
// a [Transport] of the same client has already given to the jar.
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	if cookies = j.face.unclaimed(cookies); len(cookies) > 0 {
		j.receiveCookies(&Request{URL: u}, cookies)
	}
}

// Cookies implements [http.CookieJar]. It returns the cookies to send with a
// request for u that has no context and a safe method; each has only a name and a
// value, and Quoted if the value is in quotes.
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
		cookies[i].Name = m.Name()
		cookies[i].Value, cookies[i].Quoted = unquote(m.Value())
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

// rules sets p to the jar's rules as of now: the list may be replaced later. To return
// them would have them copied while they are being written, which the processor waits for.
func (j *Jar) rules(p *rules.Policy) {
	p.UserAgent = j.options.UserAgent
	p.Sites = j.store.Sites()
	p.Store = &j.store
	p.Limits = j.options.Limits
	p.MaxAge = j.options.MaxAge
}
