package browser_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

// A stage is the web of one scenario: what its server answers is laid down before
// each step, as in the recorder.
type stage struct {
	lines     []string          // of the next response from target
	dates     []string          // of that response
	redirects map[string]string // from one URL to the next
	status    int               // of redirects
	target    string
	cors      string
	fields    []string               // more header fields of that response
	pages     map[string]http.Header // header fields of pages
}

func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}
	at := text(r.URL)
	if next, ok := s.redirects[at]; ok || at == s.target || insecure(at) == s.target {
		allow(resp.Header, r.Header, s.cors)
		switch {
		case r.Method == http.MethodOptions:
			resp.Header.Set("Set-Cookie", "preflight=1; Secure; SameSite=None")
		case ok:
			delete(s.redirects, at)
			resp.StatusCode = s.status
			resp.Header.Set("Location", next)
		case s.retries(r):
			resp.StatusCode = http.StatusUnauthorized
			add(resp.Header, s.fields)
		default:
			add(resp.Header, s.fields)
			resp.Header["Set-Cookie"] = s.lines
			resp.Header["Date"] = s.dates
			s.target, s.lines, s.dates, s.fields = "", nil, nil, nil
		}
		return resp, nil
	}
	maps.Copy(resp.Header, s.pages[at])
	return resp, nil
}

// retries reports whether the response asks for another request with storage access.
func (s *stage) retries(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Storage-Access") == "inactive" && slices.ContainsFunc(s.fields, func(f string) bool {
		return strings.HasPrefix(f, "Activate-Storage-Access: retry")
	})
}

// add adds header fields that are written as "Name: value".
func add(h http.Header, fields []string) {
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		h.Add(name, value)
	}
}

// insecure returns a URL as it is before a browser upgrades it.
func insecure(url string) string {
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		return "http://" + rest
	}
	return url
}

// allow sets what a response allows scripts of other origins.
func allow(h, asked http.Header, cors string) {
	switch cors {
	case "allow":
		h.Set("Access-Control-Allow-Origin", asked.Get("Origin"))
		h.Set("Access-Control-Allow-Credentials", "true")
	case "star":
		h.Set("Access-Control-Allow-Origin", "*")
	default:
		return
	}
	h.Set("Access-Control-Allow-Methods", asked.Get("Access-Control-Request-Method"))
	h.Set("Access-Control-Allow-Headers", asked.Get("Access-Control-Request-Headers"))
}

// expect lays down what comes of the requests of a step.
func (s *stage) expect(tb testing.TB, step *scenario.Step, lines []scenario.Bytes) {
	tb.Helper()
	s.redirects, s.lines, s.dates, s.pages, s.fields = map[string]string{}, nil, nil, nil, step.Fields
	urls := slices.Concat(step.Ctx.RedirectFrom, []string{step.URL})
	for i, u := range urls[1:] {
		s.redirects[mustText(tb, urls[i])] = u
	}
	s.target = mustText(tb, step.URL)
	for _, l := range lines {
		s.lines = append(s.lines, string(l))
	}
	for _, d := range step.Date {
		s.dates = append(s.dates, string(d))
	}
	if s.status = step.Ctx.RedirectStatus; s.status == 0 {
		s.status = http.StatusFound
	}
	s.cors = step.Ctx.CORS
}

// dress lays down the header fields that pages come with.
func (s *stage) dress(step *scenario.Step) {
	c := &step.Ctx
	s.pages = map[string]http.Header{}
	policy := func(url, policy string) {
		if policy != "" {
			s.pages[url] = http.Header{"Content-Security-Policy": {policy}}
		}
	}
	page := c.Top
	if page == "" {
		page = c.Initiator
	}
	policy(page, c.CSP)
	if fields := c.PageFields; len(fields) > 0 || c.Refresh {
		if c.Refresh {
			fields = append(slices.Clip(fields), "Refresh: 0; url="+step.URL)
		}
		h := http.Header{}
		add(h, fields)
		s.pages[page] = h
	}
	for _, f := range c.Frames {
		policy(f.URL, f.CSP)
	}
}

// text returns a URL as it is compared.
func text(u *url.URL) string {
	return strings.Replace(u.Scheme, "ws", "http", 1) + "://" + u.Host + u.RequestURI()
}

func mustText(tb testing.TB, s string) string {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return text(u)
}

// newStage returns a browser for the web of s.
func newStage(tb testing.TB, agent jar.UserAgent, s *scenario.Scenario) (*browser.Browser, *stage) {
	tb.Helper()
	web := &stage{}
	sites := browser.Sites{}
	for i := range s.Steps {
		c := &s.Steps[i].Ctx
		all := append([]string{s.Steps[i].URL, c.Top, c.Initiator, c.Opener, elsewhere}, c.RedirectFrom...)
		for _, f := range c.Frames {
			all = append(all, f.URL)
		}
		for _, at := range all {
			u, err := url.Parse(at)
			if err != nil {
				tb.Fatal(err)
			}
			if u.Host != "" {
				sites[strings.Replace(u.Scheme, "ws", "http", 1)+"://"+u.Host] = browser.Forward(web)
				sites["https://"+u.Host] = browser.Forward(web) // to which it may be upgraded
			}
		}
	}
	b := browser.New(agent, sites)
	now := s.Now
	b.Now = func() time.Time {
		now = now.Add(time.Microsecond) // limits tell cookies apart by their last access
		return now
	}
	return b, web
}

// requests returns what servers saw, as a recording has it, of the header fields that
// one might have.
func requests(agent jar.UserAgent, log browser.Log) []scenario.Request {
	var all []scenario.Request
	for _, x := range log {
		if x.Kind == browser.Script || x.Header == nil {
			continue // no request
		}
		r := scenario.Request{Method: x.Method, URL: text(x.URL), Header: map[string]scenario.Bytes{}}
		names := told
		if agent == jar.Firefox {
			names = append([]string{"accept", "pragma"}, told...)
		}
		for _, name := range names {
			if v := x.Header.Get(name); v != "" {
				r.Header[name] = scenario.Bytes(v)
			}
		}
		all = append(all, r)
	}
	return all
}

// told are the header fields that recordings have.
var told = []string{
	"cookie", "origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user", "sec-fetch-storage-access",
	"upgrade-insecure-requests", "cache-control", "content-type", "sec-purpose", "service-worker", "access-control-request-method", "access-control-request-headers",
}
