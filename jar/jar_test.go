package jar_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A witness is a jar that holds a cookie of another site, to see that it is not
// lost whatever the jar is told.
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

// askAll calls everything that takes a request and only asks.
func askAll(j *jar.Jar, r *jar.Request) {
	j.Header(r)
	j.AppendHeader([]byte("x"), r)
	j.Retrieve(r)
	j.Explain(r)
	j.Judge(jar.Cookie{Name: "a", Domain: "a.test", Path: "/"}, r)
	j.Judge(jar.Cookie{}, r)
	j.Cookies(r.URL)
}

// A URL that can have no cookies gets none, and a reason.
func TestOddURLs(t *testing.T) {
	long := strings.Repeat("a", 1<<20) + ".test"
	tests := []struct {
		name string
		url  *url.URL
		want jar.Reason
		why  string
	}{
		{"nil", nil, policy.ReasonScheme, "there is no URL"},
		{"zero", &url.URL{}, policy.ReasonScheme, "no scheme is none that has cookies"},
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

// A host of many labels, which a hostile redirect can lead to, costs what its bytes
// cost: were it looked up label by label, sixteen times the labels would cost some
// 256 times as much.
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

// Hosts that are odd match nothing but themselves.
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

// A hostile line costs what its bytes cost, is refused with a reason or kept, and
// loses nothing.
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
			// The same as net/http would hand it over, if it does.
			resp := &http.Response{Header: http.Header{"Set-Cookie": {tt.line}}}
			w.SetCookies(r.URL, resp.Cookies())
			// And as a program may make it.
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

// Past a bound on the response the first cookies are kept and the rest reported.
func TestMaxReceived(t *testing.T) {
	for _, tt := range []struct {
		max, sent, want int
		why             string
	}{
		{0, 10_000, 3000, "zero means as many as net/http reads"},
		{5, 10_000, 5, "the owner's bound"},
		{-1, 3500, 3500, "below zero there is no bound"},
		{7000, 3500, 3500, "the bound was not reached"},
	} {
		lines := make([]string, tt.sent)
		for i := range lines {
			lines[i] = fmt.Sprintf("c%d=%d", i, i)
		}
		refused := 0
		w := newWitness(t, &jar.Options{
			MaxReceived: tt.max, Limits: &jar.Limits{},
			Refused: func(r *jar.Refusal) {
				if !errors.Is(r, policy.ReasonTooMany) {
					t.Errorf("refused: %v, want %v", r, policy.ReasonTooMany)
				}
				refused++
			},
		})
		before := w.Len()
		verdicts := w.Receive(to(t, "https://a.test/"), lines)
		if len(verdicts) != tt.sent {
			t.Fatalf("MaxReceived %d: %d verdicts, want one for each of %d lines", tt.max, len(verdicts), tt.sent)
		}
		for i, v := range verdicts {
			if v.OK() != (i < tt.want) {
				t.Errorf("MaxReceived %d: line %d: %v, want the first %d kept: %s", tt.max, i, v, tt.want, tt.why)
				break
			}
		}
		if got := w.Len() - before; got != tt.want || refused != tt.sent-tt.want {
			t.Errorf("MaxReceived %d: %d stored and %d refused, want %d and %d: %s", tt.max, got, refused, tt.want, tt.sent-tt.want, tt.why)
		}
		w.check(t, "after a flood")
	}
}

// A flood within the default limits costs the site that sends it, and no other.
func TestFloodStaysAtItsSite(t *testing.T) {
	w := newWitness(t, nil)
	r := to(t, "https://flood.test/")
	for i := range 1000 {
		w.Receive(r, []string{fmt.Sprintf("c%d=1", i)})
	}
	if got := len(sentBy(w.Jar, r)); got < 1 || got > 180 {
		t.Errorf("%d cookies of the flood are kept, want 1 to 180", got)
	}
	w.check(t, "after a flood")
}

// What a program hands to SetCookies may be nonsense.
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
	// Nil inside is as good as none.
	w := newWitness(t, nil)
	w.Receive(to(t, "https://a.test/"), lines)
	r := to(t, "https://a.test/")
	r.Context = &jar.Context{}
	if got, want := w.Header(r), "strict=1; none=1"; got != want {
		t.Errorf("the zero Context: Header = %q, want %q: nobody else asked", got, want)
	}
}

// Accept has the rules that depend on the cookie alone, and says which.
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
		{"suffix", func(c *jar.Cookie) { c.Domain, c.HostOnly = "co.uk", false }, 0}, // host-only: see TestAcceptForSuffix
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

// The bounds on what is sent keep the cookies that sort first.
func TestMaxSent(t *testing.T) {
	lines := []string{"first=1", "second=22", "third=3", "long=1; Path=/dir"}
	tests := []struct {
		name              string
		count, bytes      int
		want, wantDropped string
	}{
		{"no-bound", 0, 0, "long=1; first=1; second=22; third=3", ""},
		{"below-zero", -1, -1, "long=1; first=1; second=22; third=3", ""},
		{"count", 2, 0, "long=1; first=1", "second third"},
		{"count-one", 1, 0, "long=1", "first second third"},
		{"bytes-exact", 0, len("long=1; first=1"), "long=1; first=1", "second third"},
		{"bytes-one-less", 0, len("long=1; first=1") - 1, "long=1", "first second third"},
		{"bytes-nothing-small-slips-in", 0, len("long=1; first=1; third=3"), "long=1; first=1", "second third"},
		{"bytes-none-fits", 0, 3, "", "long first second third"},
		{"both", 3, len("long=1; first=1"), "long=1; first=1", "second third"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var dropped []string
			w := newWitness(t, nil)
			j := mustJar(t, &jar.Options{MaxSent: tt.count, MaxSentBytes: tt.bytes, Withheld: func(r *jar.Refusal) {
				if !errors.Is(r, policy.ReasonSendLimit) {
					t.Errorf("withheld: %v, want %v", r, policy.ReasonSendLimit)
				}
				dropped = append(dropped, r.Name)
			}})
			r := to(t, "https://a.test/dir/")
			j.Receive(to(t, "https://a.test/"), lines)
			if got := j.Header(r); got != tt.want {
				t.Errorf("MaxSent %d, MaxSentBytes %d: Header = %q, want %q", tt.count, tt.bytes, got, tt.want)
			}
			if got := strings.Join(dropped, " "); got != tt.wantDropped {
				t.Errorf("MaxSent %d, MaxSentBytes %d: withheld %q, want %q", tt.count, tt.bytes, got, tt.wantDropped)
			}
			if got := j.Len(); got != len(lines) {
				t.Errorf("%d cookies left in the jar, want %d: what is not sent is not lost", got, len(lines))
			}
			var sent []string
			for _, c := range sentBy(j, r) {
				sent = append(sent, c.Name+"="+c.Value)
			}
			if got := strings.Join(sent, "; "); got != tt.want {
				t.Errorf("Select has %q, want what Header has, %q", got, tt.want)
			}
			w.check(t, "")
		})
	}
}

// Every hook may call back into the jar: no lock is held.
func TestHooksCallBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a deadlock fails at once
		var j *jar.Jar
		calls := map[string]int{}
		r := to(t, "https://a.test/")
		callBack := func(hook string) {
			if calls[hook]++; calls[hook] > 1 {
				return // what it does below calls it again
			}
			j.SetCookies(r.URL, []*http.Cookie{{Name: "by-" + hook, Value: "1"}})
			j.Receive(r, []string{"also-by-" + hook + "=1; Max-Age=100"})
			j.Accept(jar.Cookie{Name: "accepted", Domain: "a.test", HostOnly: true, Path: "/"})
			for range j.All() {
				j.Len()
			}
			askAll(j, r)
			j.Delete(func(c jar.Cookie) bool { return c.Name == "accepted" })
			j.Remove(jar.Key{Name: "accepted", Domain: "a.test", HostOnly: true, Path: "/"})
			j.EndSession()
			j.Clone()
			j.SetPublicSuffixList(nil)
			j.Clear()
		}
		j = mustJar(t, &jar.Options{
			Refused:  func(*jar.Refusal) { callBack("Refused") },
			Withheld: func(*jar.Refusal) { callBack("Withheld") },
			Changed:  func(jar.Change) { callBack("Changed") },
		})
		j.Receive(r, []string{"bad=1; Domain=b.test", "good=1"})
		j.Receive(r, []string{"strict=1; SameSite=Strict"})
		cross := to(t, "https://a.test/")
		cross.Context = &jar.Context{Initiator: testkit.URL(t, "https://b.test/")}
		j.Header(cross)
		for _, hook := range []string{"Refused", "Withheld", "Changed"} {
			if calls[hook] == 0 {
				t.Errorf("Options.%s was never called", hook)
			}
		}
	})
}

// Each change is reported once, with its cause, in the order of its site.
func TestChanged(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	j := mustJar(t, &jar.Options{
		Limits: &jar.Limits{Site: 2},
		Now:    func() time.Time { return now },
		Changed: func(c jar.Change) {
			got = append(got, fmt.Sprintf("%s %s=%s", c.Cause, c.Cookie.Name, c.Cookie.Value))
		},
	})
	r := to(t, "https://www.a.test/")
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"insert", func() { j.Receive(r, []string{"a=1"}) }, []string{"stored a=1"}},
		{"overwrite", func() { j.Receive(r, []string{"a=2"}) }, []string{"overwritten a=1", "stored a=2"}},
		{"refused", func() { j.Receive(r, []string{"a=3; Domain=b.test"}) }, nil},
		{"delete by the server", func() { j.Receive(r, []string{"a=; Max-Age=0"}) }, []string{"expired-overwrite a=2"}},
		{"delete what is not there", func() { j.Receive(r, []string{"a=; Max-Age=0"}) }, nil},
		{"short-lived", func() { j.Receive(r, []string{"b=1; Max-Age=10"}) }, []string{"stored b=1"}},
		{"time passes", func() { now = now.Add(10 * time.Second); j.Header(r) }, nil},
		{"write to the site", func() { j.Receive(r, []string{"c=1"}) }, []string{"expired b=1", "stored c=1"}},
		{"delete by the owner", func() { j.Delete(func(c jar.Cookie) bool { return c.Name == "c" }) }, []string{"deleted c=1"}},
		{"three where two may be", func() { j.Receive(r, []string{"d=1", "e=1", "f=1"}) },
			[]string{"stored d=1", "stored e=1", "stored f=1", "evicted d=1"}},
		{"end of session", func() { j.EndSession() }, []string{"deleted e=1", "deleted f=1"}},
		{"short-lived again", func() { j.Receive(r, []string{"g=1; Max-Age=10"}) }, []string{"stored g=1"}},
		{"expired, by call", func() { now = now.Add(time.Hour); j.Delete(none) }, []string{"expired g=1"}},
		{"domain cookie", func() { j.Receive(r, []string{"h=1; Domain=a.test", "i=1"}) }, []string{"stored h=1", "stored i=1"}},
		{"another list", func() {
			list, err := match.ParseList(strings.NewReader("test\na.test\n"), "with a.test")
			if err != nil {
				t.Fatal(err)
			}
			if gone := j.SetPublicSuffixList(list); len(gone) != 1 || gone[0].Name != "h" {
				t.Errorf("SetPublicSuffixList = %v, want the cookie h", gone)
			}
		}, []string{"disowned h=1"}},
		{"clear", func() { j.Clear() }, []string{"deleted i=1"}},
		{"clear nothing", func() { j.Clear() }, nil},
		{"accept", func() {
			j.Accept(jar.Cookie{Name: "k", Value: "1", Domain: "www.a.test", HostOnly: true, Path: "/"})
		}, []string{"stored k=1"}},
	}
	for _, step := range steps {
		got = nil
		step.do()
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", step.name, diff)
		}
	}
}

// Writers to several sites at once: each site's changes come in its order, one
// call at a time.
func TestChangedOrder(t *testing.T) {
	const writes = 200
	seen := map[string][]string{} // guarded by "one goroutine at a time"
	j := mustJar(t, &jar.Options{Changed: func(c jar.Change) {
		if c.Cause == store.CauseStored {
			seen[c.Cookie.Domain] = append(seen[c.Cookie.Domain], c.Cookie.Value)
		}
	}})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			r := &jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("s%d.test", i)}}
			for n := range writes {
				j.Receive(r, []string{fmt.Sprintf("n=%d", n)})
			}
		})
	}
	wg.Wait()
	want := make([]string, writes)
	for n := range want {
		want[n] = fmt.Sprint(n)
	}
	for i := range 4 {
		host := fmt.Sprintf("s%d.test", i)
		if !slices.Equal(seen[host], want) {
			t.Errorf("%s: %d insertions reported: %v, want 0 to %d in order", host, len(seen[host]), seen[host], writes-1)
		}
	}
}

// A clone has the same cookies, and goes its own way from then on.
func TestClone(t *testing.T) {
	changes := 0
	j := mustJar(t, &jar.Options{Changed: func(jar.Change) { changes++ }})
	r := to(t, "https://www.a.test/x/y")
	j.Receive(r, []string{"a=1; Max-Age=100", "b=2; Domain=a.test; Path=/", "c=3; Secure; Partitioned", "d=4; HttpOnly; SameSite=Lax"})
	before, wantHeader := changes, j.Header(r)

	c := j.Clone()
	if changes != before {
		t.Errorf("Clone: Changed was called %d times, want none: nothing changed", changes-before)
	}
	all := func(j *jar.Jar) []jar.Cookie {
		s := slices.Collect(j.All())
		slices.SortFunc(s, func(a, b jar.Cookie) int { return strings.Compare(a.Name, b.Name) })
		return s
	}
	if diff := cmp.Diff(all(j), all(c)); diff != "" {
		t.Errorf("Clone differs (-jar +clone):\n%s", diff)
	}
	if got := c.Header(r); got != wantHeader {
		t.Errorf("clone: Header = %q, want %q", got, wantHeader)
	}
	c.Receive(r, []string{"a=changed", "new=1"})
	c.Delete(func(c jar.Cookie) bool { return c.Name == "b" })
	if got := j.Header(r); got != wantHeader {
		t.Errorf("after the clone changed: Header = %q, want %q: two jars share nothing", got, wantHeader)
	}
	wantClone := c.Header(r)
	j.Clear()
	if got := c.Header(r); got != wantClone || got == "" {
		t.Errorf("after the jar was cleared: the clone's Header = %q, want %q", got, wantClone)
	}
	if changes <= before {
		t.Error("the clone's changes were not reported: the hooks are its own too")
	}
}

// The zero Jar is ready to use.
func TestZeroJar(t *testing.T) {
	var j jar.Jar
	r := to(t, "https://www.example.co.uk/")
	for range j.All() {
		t.Error("All yields a cookie of an empty jar")
	}
	if got := j.Header(r) + fmt.Sprint(j.Len(), len(j.Cookies(r.URL)), j.EndSession(), j.Delete(none)); got != "0 0 0 0" {
		t.Errorf("the zero Jar has %q, want nothing in it", got)
	}
	j.Clear()
	if got := j.Clone().Len(); got != 0 {
		t.Errorf("a clone of the zero Jar has %d cookies", got)
	}
	j.SetCookies(r.URL, []*http.Cookie{{Name: "a", Value: "1"}})
	v := j.Receive(r, []string{"b=2; Domain=example.co.uk", "c=3; Domain=co.uk", "__Host-d=4"})
	if got, want := j.Header(r), "a=1; b=2"; got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
	if v[1].Reason != policy.ReasonPublicSuffix || v[2].Reason != policy.ReasonHostPrefix {
		t.Errorf("verdicts %v, want the zero Options' safe rules", v)
	}
}

// Whatever way a cookie is printed or logged, its value is not shown.
func TestValueIsSecret(t *testing.T) {
	const canary = "S3CR3T"
	c := jar.Cookie{
		Name: "session", Value: canary, Domain: "a.test", Path: "/", Secure: true,
		Expires: time.Unix(1, 0), Partition: store.Partition{TopLevelSite: "https://a.test"},
	}
	v := jar.Verdict{Cookie: c, Host: "a.test"}
	refused := jar.Verdict{Cookie: c, Host: "a.test", Reason: policy.ReasonSecureOverlay}
	change := jar.Change{Cause: store.CauseStored, Cookie: c}
	j := mustJar(t, nil)
	j.Accept(c)
	for name, x := range map[string]any{
		"Cookie":      c,
		"*Cookie":     &c,
		"[]Cookie":    []jar.Cookie{c},
		"Verdict":     v,
		"*Verdict":    &v,
		"[]Verdict":   []jar.Verdict{v, refused},
		"refused":     refused,
		"Err":         refused.Err(),
		"Refusal":     *refused.Refusal(),
		"*Refusal":    refused.Refusal(),
		"Change":      change,
		"*Change":     &change,
		"[]Change":    []jar.Change{change},
		"map[Cookie]": map[jar.Cookie]jar.Cookie{c: c},
		"any":         []any{c, v, change},
		"*Jar":        j,
		"*Transport":  &jar.Transport{Jar: j},
	} {
		t.Run(name, func(t *testing.T) {
			// Not %p and %w: of what is no pointer or error they are mistakes,
			// and fmt then looks inside whatever the type says.
			var shown []string
			for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
				for _, flags := range []string{"", "+", "#", " ", "-9", "09.3", "+#"} {
					format := "%" + flags + string(verb)
					if got := fmt.Sprintf(format, x); shows(got, canary) {
						shown = append(shown, format)
					}
				}
			}
			if len(shown) > 0 {
				t.Errorf("Sprintf shows the value of a %s under %s: want it shown by none", name, strings.Join(shown, " "))
			}
			if got := fmt.Sprint(x) + fmt.Sprintln(x) + fmt.Errorf("x: %v", x).Error(); shows(got, canary) {
				t.Errorf("Sprint(%s) = %s: it shows the value", name, got)
			}
		})
	}
	for name, x := range map[string]any{
		"Cookie": c, "*Cookie": &c, "Verdict": v, "*Verdict": &v, "Refusal": *refused.Refusal(), "*Refusal": refused.Refusal(),
		"Change": change, "*Change": &change,
	} {
		t.Run("slog/"+name, func(t *testing.T) {
			var out bytes.Buffer
			for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
				l := slog.New(h)
				l.Info("m", "x", x)
				l.With("x", x).Info("m", slog.Group("g", "x", x))
			}
			if got := out.String(); shows(got, canary) || !strings.Contains(got, "session") {
				t.Errorf("logged %s as %s: want the name in it and not the value", name, got)
			}
		})
	}
}

// shows reports whether text has the canary, be it in hexadecimal or as the
// numbers of its bytes.
func shows(text, canary string) bool {
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("% x", canary), fmt.Sprintf("%v", []byte(canary))} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// A cookie is there until the instant at which it expires, and gone at it.
// See RFC 6265bis, Section 5.7.
func TestExpiryInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in90s := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
		r := to(t, "https://a.test/")
		for _, tt := range []struct {
			line string
			life time.Duration
		}{
			{"a=1; Max-Age=60", time.Minute},
			{"a=1; Max-Age=1", time.Second},
			{"a=1; Expires=" + in90s, 90 * time.Second},
			{"a=1; Max-Age=60; Expires=" + in90s, time.Minute},
			{"a=1; Expires=" + in90s + "; Max-Age=99999999999999999999", 400 * 24 * time.Hour},
		} {
			start := time.Now()
			if strings.Contains(tt.line, "Expires") && !strings.Contains(tt.line, "Max-Age") {
				in := start.Add(tt.life).UTC()
				tt.line = "a=1; Expires=" + in.Format(http.TimeFormat)
				tt.life = in.Truncate(time.Second).Sub(start)
			}
			j := mustJar(t, nil)
			if v := j.Receive(r, []string{tt.line}); !v[0].OK() {
				t.Fatalf("Receive(%q) = %v", tt.line, v)
			}
			time.Sleep(tt.life - time.Nanosecond)
			if got := j.Header(r); got != "a=1" {
				t.Errorf("%q: 1ns before its end: Header = %q, want a=1", tt.line, got)
			}
			if got := len(slices.Collect(j.All())); got != 1 {
				t.Errorf("%q: 1ns before its end: All yields %d cookies, want 1", tt.line, got)
			}
			time.Sleep(time.Nanosecond)
			if got := j.Header(r); got != "" {
				t.Errorf("%q: at its end: Header = %q, want none", tt.line, got)
			}
			if got := len(j.Cookies(r.URL)) + len(j.Explain(r)) + len(slices.Collect(j.All())); got != 0 {
				t.Errorf("%q: at its end: Cookies, Explain and All have %d cookies, want none", tt.line, got)
			}
			if got := j.Len(); got != 1 {
				t.Errorf("%q: at its end: Len = %d, want 1: it is only invisible", tt.line, got)
			}
			if got := j.Delete(func(jar.Cookie) bool { return true }); got != 0 || j.Len() != 0 {
				t.Errorf("%q: at its end: Delete = %d and Len = %d, want 0: Delete frees the memory of expired cookies, and does not count them", tt.line, got, j.Len())
			}
		}
	})
}

// Last access moves in steps of a minute, by sending only.
// See RFC 6265bis, Section 5.8.3, step 5.
func TestLastAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := mustJar(t, nil)
		r := to(t, "https://a.test/")
		start := time.Now()
		j.Receive(r, []string{"a=1", "other=1; Path=/other"})
		access := func(name string) time.Duration {
			for c := range j.All() {
				if c.Name == name {
					return c.LastAccess.Sub(start)
				}
			}
			t.Fatalf("no cookie %q", name)
			return 0
		}
		for _, step := range []struct {
			wait, want time.Duration
			ask        func()
			why        string
		}{
			{0, 0, func() {}, "it was created now"},
			{time.Minute - time.Microsecond, 0, func() { j.Header(r) }, "not yet a minute"},
			{time.Microsecond, time.Minute, func() { j.Header(r) }, "a minute"},
			{30 * time.Second, time.Minute, func() { j.Cookies(r.URL) }, "half a minute since"},
			{time.Hour, time.Minute, func() { j.Explain(r); j.Judge(jar.Cookie{Name: "a"}, r); j.Clone() }, "nothing was sent"},
			{0, time.Hour + 90*time.Second, func() { sentBy(j, r) }, "an hour later"},
			{time.Minute, time.Hour + 150*time.Second, func() { j.Cookies(r.URL) }, "another minute"},
		} {
			time.Sleep(step.wait)
			step.ask()
			if got := access("a"); got != step.want {
				t.Errorf("at %v: last access at %v, want %v: %s", time.Since(start), got, step.want, step.why)
			}
		}
		if got := access("other"); got != 0 {
			t.Errorf("a cookie of another path: last access at %v, want 0s: it was never sent", got)
		}
	})
}

// Retrieve has the attributes of each cookie that is sent; Cookies has only what is sent.
func TestThreeViews(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
	r := to(t, "https://www.a.test/dir/page")
	j.Receive(r, []string{
		`q="quoted"; Domain=a.test; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict`,
		"token",
		"p=1; Secure; Partitioned; SameSite=None",
	})
	if got, want := j.Header(r), `token; p=1; q="quoted"`; got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
	want := []jar.Cookie{
		{Value: "token", Domain: "www.a.test", HostOnly: true, Path: "/dir"},
		{
			Name: "p", Value: "1", Domain: "www.a.test", HostOnly: true, Path: "/dir", Secure: true,
			SameSite: jar.SameSiteNone, Partition: jar.Partition{TopLevelSite: "https://a.test"},
		},
		{
			Name: "q", Value: `"quoted"`, Domain: "a.test", Path: "/", Secure: true, HttpOnly: true,
			SameSite: jar.SameSiteStrict, Expires: now.Add(time.Minute),
		},
	}
	for i := range want {
		want[i].Created, want[i].LastAccess = now, now
	}
	header, verdicts := j.Retrieve(r)
	if header != j.Header(r) {
		t.Errorf("Retrieve has the header %q, want that of Header, %q", header, j.Header(r))
	}
	var got []jar.Cookie
	for _, v := range verdicts {
		v.Cookie.Order = 0
		got = append(got, v.Cookie)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cookies of Retrieve (-want +got):\n%s", diff)
	}
	sent := []*http.Cookie{{Value: "token"}, {Name: "p", Value: "1"}, {Name: "q", Value: "quoted", Quoted: true}}
	if diff := cmp.Diff(sent, j.Cookies(r.URL)); diff != "" {
		t.Errorf("Cookies (-want +got):\n%s", diff)
	}
	if got, want := string(j.AppendHeader([]byte("Cookie: "), r)), `Cookie: token; p=1; q="quoted"`; got != want {
		t.Errorf("AppendHeader = %q, want %q", got, want)
	}
}
