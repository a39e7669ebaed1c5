package jar_test

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A witness is a jar with cookies of another site, which must stay whatever the jar is given.
type witness struct{ *jar.Jar }

const witnessURL = "https://witness.example/"

func newWitness(tb testing.TB, o *jar.Options) witness {
	tb.Helper()
	w := witness{mustJar(tb, o)}
	w.Receive(to(tb, witnessURL), []string{"kept=1; Secure", "also=2; Domain=witness.example"})
	w.check(tb, "at the start")
	return w
}

func (w witness) check(tb testing.TB, why string) {
	tb.Helper()
	if got, want := w.Header(to(tb, witnessURL)), "kept=1; also=2"; got != want {
		tb.Errorf("Header(%s) = %q, want %q: %s, what was stored must stay", witnessURL, got, want, why)
	}
}

// askAll calls every method that takes a request and stores nothing.
func askAll(j *jar.Jar, r *jar.Request) {
	j.Header(r)
	j.AppendHeader([]byte("x"), r)
	j.Retrieve(r)
	j.Explain(r)
	j.Judge(jar.Cookie{Name: "a", Domain: "a.test", Path: "/"}, r)
	j.Judge(jar.Cookie{}, r)
	j.Cookies(r.URL)
}

// A URL that can have no cookies gets none, and the verdict has the reason.
func TestOddURLs(t *testing.T) {
	long := strings.Repeat("a", 1<<20) + ".test"
	tests := []struct {
		name string
		url  *url.URL
		want jar.Reason
		why  string
	}{
		{"nil", nil, policy.ReasonScheme, "there is no URL"},
		{"zero", &url.URL{}, policy.ReasonScheme, "without a scheme there are no cookies"},
		{"blank", testkit.URL(t, "about:blank"), policy.ReasonScheme, "about: has no cookies"},
		{"data", testkit.URL(t, "data:text/html,x"), policy.ReasonScheme, "data: has no cookies"},
		{"ftp", testkit.URL(t, "ftp://a.test/"), policy.ReasonScheme, "only http, https, ws and wss have cookies"},
		{"file", testkit.URL(t, "file:///etc/hosts"), policy.ReasonScheme, "files have no cookies"},
		{"javascript", testkit.URL(t, "javascript:alert(1)"), policy.ReasonScheme, "scripts have no cookies"},
		{"relative", testkit.URL(t, "/path"), policy.ReasonScheme, "a relative URL has no scheme"},
		{"host-only-url", testkit.URL(t, "//a.test/"), policy.ReasonScheme, "no scheme"},
		{"opaque", testkit.URL(t, "http:a.test/x"), policy.ReasonHost, "an opaque URL has no host"},
		{"opaque-with-host", &url.URL{Scheme: "http", Host: "a.test", Opaque: "//a.test/x"}, 0, "the host is in its field"},
		{"upper-case-scheme", &url.URL{Scheme: "HTTPS", Host: "a.test"}, 0, "schemes have no case"},
		{"ws", testkit.URL(t, "ws://a.test/"), 0, "a WebSocket begins as HTTP"},
		{"wss", testkit.URL(t, "wss://a.test/"), 0, "a WebSocket begins as HTTP"},
		{"empty-host", &url.URL{Scheme: "http"}, policy.ReasonHost, "no host"},
		{"colon", &url.URL{Scheme: "http", Host: ":"}, policy.ReasonHost, "an empty port and no host"},
		{"port-only", &url.URL{Scheme: "http", Host: ":80"}, policy.ReasonHost, "no host"},
		{"open-bracket", &url.URL{Scheme: "http", Host: "["}, policy.ReasonHost, "a bracket that is not closed"},
		{"close-bracket", &url.URL{Scheme: "http", Host: "]"}, policy.ReasonHost, "a bracket that was not opened"},
		{"brackets", &url.URL{Scheme: "http", Host: "[]"}, policy.ReasonHost, "no address"},
		{"half-ipv6", &url.URL{Scheme: "http", Host: "[::1"}, policy.ReasonHost, "a bracket that is not closed"},
		{"zone-like-a-name", &url.URL{Scheme: "http", Host: "::1%.www.example.com"}, 0, "an address with a zone"},
		{"percent", &url.URL{Scheme: "http", Host: "%zz"}, policy.ReasonHost, "no host has a percent sign"},
		{"percent-in-name", &url.URL{Scheme: "http", Host: "a%41.test"}, policy.ReasonHost, "no host has a percent sign"},
		{"empty-label", &url.URL{Scheme: "http", Host: "a..b"}, 0, "browsers let empty labels pass"},
		{"dot", &url.URL{Scheme: "http", Host: "."}, 0, "the root, as browsers see it"},
		{"hyphen", &url.URL{Scheme: "http", Host: "-"}, 0, "browsers let hyphens pass"},
		{"underscore", &url.URL{Scheme: "http", Host: "_a_.test"}, 0, "there are such hosts"},
		{"space", &url.URL{Scheme: "http", Host: "a b.test"}, policy.ReasonHost, "no host has a space"},
		{"nul", &url.URL{Scheme: "http", Host: "a\x00b"}, policy.ReasonHost, "no host has a control octet"},
		{"newline", &url.URL{Scheme: "http", Host: "a.test\r\nx"}, policy.ReasonHost, "no host has a control octet"},
		{"not-utf8", &url.URL{Scheme: "http", Host: "\xff\xfe.test"}, policy.ReasonHost, "no text"},
		{"userinfo", &url.URL{Scheme: "http", Host: "u@a.test"}, policy.ReasonHost, "userinfo is no part of the host"},
		{"bad-port", &url.URL{Scheme: "http", Host: "a.test:x"}, policy.ReasonHost, "no port"},
		{"three-colons", &url.URL{Scheme: "http", Host: "a:b:c"}, policy.ReasonHost, "no address"},
		{"bad-ipv4", &url.URL{Scheme: "http", Host: "256.256.256.256"}, policy.ReasonHost, "it ends in a number, so it is an address"},
		{"fake-a-label", &url.URL{Scheme: "http", Host: "xn--.test"}, policy.ReasonHost, "an A-label of nothing"},
		{"long", &url.URL{Scheme: "http", Host: long}, 0, "no limit is set on names in the draft"},
		{"odd-path", &url.URL{Scheme: "http", Host: "a.test", Path: "\xff\x00;%zz", RawPath: "%zz"}, 0, "any path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var refused []*jar.Refusal
			w := newWitness(t, &jar.Options{Refused: func(r *jar.Refusal) { refused = append(refused, r) }})
			before := w.Len()

			verdicts := w.Receive(&jar.Request{URL: tt.url}, []string{"a=1", "b=2"})
			if len(verdicts) != 2 || verdicts[0].Reason != tt.want || verdicts[1].Reason != tt.want {
				t.Errorf("Receive(%s) = %v, want %v for both: %s", tt.name, verdicts, tt.want, tt.why)
			}
			w.SetCookies(tt.url, []*http.Cookie{{Name: "c", Value: "3"}})

			wantRefused, wantStored, wantSent := 3, 0, ""
			if tt.want == 0 {
				wantRefused, wantStored, wantSent = 0, 3, "a=1; b=2; c=3"
			}
			if len(refused) != wantRefused {
				t.Errorf("%d refusals reported, want %d: %v", len(refused), wantRefused, refused)
			}
			if got := w.Len() - before; got != wantStored {
				t.Errorf("%d cookies stored, want %d: %s", got, wantStored, tt.why)
			}
			if got := w.Header(&jar.Request{URL: tt.url}); got != wantSent {
				t.Errorf("Header = %q, want %q: %s", got, wantSent, tt.why)
			}
			if got := len(w.Cookies(tt.url)); got != wantStored {
				t.Errorf("Cookies: %d, want %d: %s", got, wantStored, tt.why)
			}
			askAll(w.Jar, &jar.Request{URL: tt.url})
			if tt.url != nil && tt.url.Host != "" && tt.want != policy.ReasonScheme && tt.url.Opaque == "" {
				other := *tt.url
				other.Host = "b.test"
				r := &jar.Request{URL: &other, Host: tt.url.Host}
				if got := w.Header(r); got != wantSent && tt.name != "odd-path" {
					t.Errorf("Header with Request.Host = %q, want %q: it is the cookie host", got, wantSent)
				}
				askAll(w.Jar, r)
			}
			w.check(t, "after an odd URL")
		})
	}
}

// A host of many labels, which a hostile redirect can choose, takes time in proportion to its
// length. With a lookup for each label, 16 times the labels would take 256 times as long.
func TestManyLabels(t *testing.T) {
	j := mustJar(t, nil)
	j.Receive(to(t, witnessURL), []string{"kept=1"})
	cost := func(labels int) time.Duration {
		r := &jar.Request{URL: &url.URL{Scheme: "http", Host: strings.Repeat("a.", labels) + "test"}}
		least := time.Duration(1 << 62)
		for range 20 { // the machine may be busy
			start := time.Now()
			if got := j.Header(r); got != "" {
				t.Errorf("Header of %d labels = %q, want none", labels, got)
			}
			least = min(least, time.Since(start))
		}
		return least
	}
	const few, times = 2 << 10, 16
	a, b := cost(few), cost(few*times)
	if ratio := float64(b) / float64(a); ratio > 4*times {
		t.Errorf("Header: a host of %d labels took %v, one of %d times as many %v, %.0f times as long: want about %d", few, a, times, b, ratio, times)
	}
}

// Odd hosts match only themselves.
func TestOddHostsShareNothing(t *testing.T) {
	for _, host := range []string{"::1%.www.example.com", "[::1%.www.example.com]", "a..b", "-", "."} {
		j := mustJar(t, nil)
		u := &url.URL{Scheme: "http", Host: host}
		j.Receive(&jar.Request{URL: u}, []string{"own=1", "up=2; Domain=example.com", "www=3; Domain=www.example.com", "b=4; Domain=b"})
		if got, want := j.Header(&jar.Request{URL: u}), "own=1"; got != want {
			t.Errorf("Header(http://%s/) = %q, want %q: it is no name under example.com", host, got, want)
		}
		for _, other := range []string{"http://example.com/", "http://www.example.com/", "http://b/"} {
			if got := j.Header(to(t, other)); got != "" {
				t.Errorf("set by %q, Header(%s) = %q, want none: it is another host", host, other, got)
			}
		}
	}
}

// A hostile line is stored, or refused with a reason, and removes no other cookie.
func TestOddLines(t *testing.T) {
	const mb = 1 << 20
	tests := []struct {
		name, line string
		want       jar.Reason
	}{
		{"empty", "", policy.ReasonEmpty},
		{"blank", " \t ", policy.ReasonEmpty},
		{"equals", "=", policy.ReasonEmpty},
		{"attributes-only", "; Secure; Path=/", policy.ReasonEmpty},
		{"value-1MB", "a=" + strings.Repeat("v", mb), policy.ReasonTooLong},
		{"name-1MB", strings.Repeat("n", mb) + "=v", policy.ReasonTooLong},
		{"nameless-1MB", strings.Repeat("n", mb), policy.ReasonTooLong},
		{"space-1MB", "a=" + strings.Repeat(" ", mb) + "1", 0},
		{"semicolons-1MB", "a=1" + strings.Repeat(";", mb), 0},
		{"equals-1MB", "a=" + strings.Repeat("=", mb), policy.ReasonTooLong},
		{"path-1MB", "a=1; Path=/" + strings.Repeat("p", mb), 0},
		{"domain-1MB", "a=1; Domain=" + strings.Repeat("d.", mb/2), 0},
		{"expires-1MB", "a=1; Expires=" + strings.Repeat("1 ", mb/2), 0},
		{"max-age-1000", "a=1; Max-Age=" + strings.Repeat("9", 1000), 0},
		{"attributes-1MB", "a=1" + strings.Repeat("; Path=/", mb/8), 0},
		{"unknown-1MB", "a=1; " + strings.Repeat("u", mb), 0},
		{"nul-1MB", strings.Repeat("\x00", mb), policy.ReasonControlOctet},
		{"control-at-the-end", "a=1; Path=/" + strings.Repeat("p", mb) + "\x7f", policy.ReasonControlOctet},
		{"not-utf8", "\xff\xfe=\xc3\x28", 0},
		{"not-utf8-domain", "a=1; Domain=\xff\xfe", policy.ReasonDomainNotASCII},
		{"not-utf8-attribute", "a=1; \xff=\xfe; Path=/\xff", 0},
		{"crlf", "a=1\r\nSet-Cookie: b=2", policy.ReasonControlOctet},
		{"comma", "a=1, b=2; Path=/", 0},
		{"escape", "a=\x1b[31m", policy.ReasonControlOctet},
		{"odd-everything", `a="b\c; Path="/"; Domain="; Expires=x; Max-Age=-; SameSite=;;=;`, policy.ReasonPublicSuffix},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWitness(t, nil)
			r := to(t, "https://www.a.test/")
			w.Receive(r, []string{"before=1"})
			v := w.Receive(r, []string{tt.line})
			if len(v) != 1 || v[0].Reason != tt.want {
				t.Errorf("Receive(%s) = %v, want %v", shorten(tt.line), v, tt.want)
			}
			// The same line as net/http passes it on, if it does.
			resp := &http.Response{Header: http.Header{"Set-Cookie": {tt.line}}}
			w.SetCookies(r.URL, resp.Cookies())
			// The same as an http.Cookie that a program made.
			w.SetCookies(r.URL, []*http.Cookie{
				{Name: tt.line}, {Name: "n", Value: tt.line}, {Name: "n", Path: "/" + tt.line}, {Name: "n", Domain: tt.line},
			})
			w.Accept(jar.Cookie{Name: tt.line, Value: tt.line, Domain: tt.line, Path: tt.line})
			if got := w.Header(r); !strings.Contains(got, "before=1") {
				t.Errorf("after %s: Header = %s, want before=1 in it", shorten(tt.line), shorten(got))
			}
			w.check(t, "after an odd line")
		})
	}
}

// SetCookies takes any http.Cookie that a program may make.
func TestOddHTTPCookies(t *testing.T) {
	u := testkit.URL(t, "https://a.test/dir/page")
	tests := []struct {
		name    string
		cookies []*http.Cookie
		want    string // the names stored
	}{
		{"nil", nil, ""},
		{"none", []*http.Cookie{}, ""},
		{"nil-cookie", []*http.Cookie{nil}, ""},
		{"nil-cookie-among-others", []*http.Cookie{{Name: "a"}, nil, {Name: "b"}}, "a b"},
		{"zero", []*http.Cookie{{}}, ""},
		{"name-only", []*http.Cookie{{Name: "a"}}, "a"},
		{"value-only", []*http.Cookie{{Value: "v"}}, ""},
		{"raw-only", []*http.Cookie{{Raw: "a=1"}}, ""},
		{"raw-of-another", []*http.Cookie{{Name: "a", Raw: "b=1; Domain=evil.test"}}, "a"},
		{"raw-nonsense", []*http.Cookie{{Name: "a", Raw: "\x00"}}, "a"},
		{"separator-in-name", []*http.Cookie{{Name: "a=b"}, {Name: "a;b"}, {Name: "ok"}}, "ok"},
		{"separator-in-value", []*http.Cookie{{Name: "a", Value: "1; b=2"}, {Name: "ok"}}, "ok"},
		{"separator-in-path", []*http.Cookie{{Name: "a", Path: "/;x"}, {Name: "ok"}}, "ok"},
		{"control", []*http.Cookie{{Name: "a\n"}, {Name: "a", Value: "\r\n"}, {Name: "a", Path: "/\x00"}, {Name: "ok"}}, "ok"},
		{"foreign-domain", []*http.Cookie{{Name: "a", Domain: "evil.test"}, {Name: "ok"}}, "ok"},
		{"odd-times", []*http.Cookie{
			{Name: "a", MaxAge: math.MinInt}, {Name: "b", MaxAge: math.MaxInt}, {Name: "c", Expires: time.Unix(1<<60, 0)},
		}, "b c"},
		{"odd-samesite", []*http.Cookie{{Name: "a", SameSite: 99}, {Name: "b", SameSite: -1}}, "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWitness(t, nil)
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("SetCookies(%s) panics: %v", tt.name, p)
					}
				}()
				w.SetCookies(u, tt.cookies)
				w.SetCookies(nil, tt.cookies)
			}()
			var names []string
			for _, c := range sentBy(w.Jar, &jar.Request{URL: u}) {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("SetCookies(%s): names %q are stored, want %q", tt.name, got, tt.want)
			}
			w.check(t, "after odd cookies")
		})
	}
}

// Nonsense in a Context makes a request cross-site at worst.
func TestOddContexts(t *testing.T) {
	lines := []string{"strict=1; SameSite=Strict; Secure", "none=1; SameSite=None; Secure"}
	odd := []*url.URL{nil, {}, {Scheme: "https"}, {Scheme: "https", Host: "["}, {Opaque: "x"}, testkit.URL(t, "about:blank")}
	for i, d := range odd {
		for name, c := range map[string]*jar.Context{
			"document":  {Documents: []*url.URL{d}},
			"documents": {Documents: []*url.URL{testkit.URL(t, "https://a.test/"), d}},
			"script":    {Documents: []*url.URL{d}, Script: true},
			"both":      {Documents: []*url.URL{d}, Initiator: d},
		} {
			w := newWitness(t, nil)
			w.Receive(to(t, "https://a.test/"), lines)
			r := to(t, "https://a.test/")
			r.Context = c
			if got, want := w.Header(r), "none=1"; got != want {
				t.Errorf("%s %d (%v): Header = %q, want %q: what has no site is cross-site", name, i, d, got, want)
			}
			w.Receive(r, []string{"x=1", "p=1; Secure; Partitioned; SameSite=None", "none=2; SameSite=None; Secure"})
			askAll(w.Jar, r)
			askAll(w.Jar, &jar.Request{Context: c})
			w.check(t, "after an odd context")
		}
	}
	// The zero Context is a top-level navigation by the user.
	w := newWitness(t, nil)
	w.Receive(to(t, "https://a.test/"), lines)
	r := to(t, "https://a.test/")
	r.Context = &jar.Context{}
	if got, want := w.Header(r), "strict=1; none=1"; got != want {
		t.Errorf("the zero Context: Header = %q, want %q: no other document started it", got, want)
	}
}

// Accept tries the rules that depend on the cookie alone, and returns the one broken.
func TestAcceptOdd(t *testing.T) {
	good := jar.Cookie{Name: "a", Value: "1", Domain: "a.test", HostOnly: true, Path: "/"}
	tests := []struct {
		name   string
		change func(*jar.Cookie)
		want   jar.Reason
	}{
		{"good", func(*jar.Cookie) {}, 0},
		{"zero", func(c *jar.Cookie) { *c = jar.Cookie{} }, policy.ReasonEmpty},
		{"no-domain", func(c *jar.Cookie) { c.Domain = "" }, policy.ReasonMalformed},
		{"upper-case-domain", func(c *jar.Cookie) { c.Domain = "A.test" }, policy.ReasonMalformed},
		{"port", func(c *jar.Cookie) { c.Domain = "a.test:80" }, policy.ReasonMalformed},
		{"no-path", func(c *jar.Cookie) { c.Path = "" }, policy.ReasonMalformed},
		{"relative-path", func(c *jar.Cookie) { c.Path = "x" }, policy.ReasonMalformed},
		{"control-path", func(c *jar.Cookie) { c.Path = "/\n" }, policy.ReasonControlOctet},
		{"name-equals", func(c *jar.Cookie) { c.Name = "a=b" }, policy.ReasonMalformed},
		{"value-semicolon", func(c *jar.Cookie) { c.Value = "1;2" }, policy.ReasonMalformed},
		{"too-long", func(c *jar.Cookie) { c.Value = strings.Repeat("v", 4096) }, policy.ReasonTooLong},
		{"suffix", func(c *jar.Cookie) { c.Domain, c.HostOnly = "co.uk", false }, 0},
		{"suffix-host-only", func(c *jar.Cookie) { c.Domain = "co.uk" }, 0},
		{"none-insecure", func(c *jar.Cookie) { c.SameSite = store.SameSiteNone }, policy.ReasonNoneInsecure},
		{"partitioned-insecure", func(c *jar.Cookie) { c.Partition.TopLevelSite = "https://b.test" }, policy.ReasonPartitioned},
		{"host-prefix", func(c *jar.Cookie) { c.Name, c.HostOnly, c.Secure = "__Host-a", false, true }, policy.ReasonHostPrefix},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWitness(t, nil)
			c := good
			tt.change(&c)
			if v := w.Accept(c); v.Reason != tt.want {
				t.Errorf("Accept(%v) = %v, want %v", c, v, tt.want)
			}
			w.check(t, "after Accept")
		})
	}
}
