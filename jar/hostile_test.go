package jar_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// The tests of this file are the ways in which cookie jars are known to have failed,
// tried on this one. Each says where the lesson was learned.

// userAgents are all that a jar can be.
var userAgents = []jar.UserAgent{jar.Standard, jar.Compat, jar.Chromium, jar.Firefox}

// host returns the request for http://host/, however odd the host is.
func host(h string) *jar.Request {
	return &jar.Request{URL: &url.URL{Scheme: "http", Host: h, Path: "/"}}
}

// What has a colon or a percent sign in it is an address, or nothing: it is the
// host of its own cookies alone, and takes no part in anybody's domain.
//
// Learned from CVE-2023-45289 (golang/go#65065): net/http took the address with a
// zone "::1%.www.example.com" for a host under www.example.com.
func TestColonOrPercentMatchesExactly(t *testing.T) {
	odd := []string{
		"::1%.www.example.com", "[::1%.www.example.com]", "[::1%25.www.example.com]", "fe80::1%eth0.www.example.com",
		"[fe80::1%www.example.com]", "[fe80::1%www.example.com]:80", "[::ffff:192.0.2.1%.www.example.com]", "::1%www.example.com",
		"%.www.example.com", "%2e.www.example.com", "a%2Ewww.example.com", "www%00.example.com", "www.example.com%", "%",
		"a:b.www.example.com", ":.www.example.com", "::.www.example.com", "www.example.com:80:80", "1:2:3:4:5:6:7:8.www.example.com",
	}
	names := []string{"www.example.com", "example.com", "a.www.example.com", "sub.a.www.example.com", "com"}
	for _, ua := range userAgents {
		for _, h := range odd {
			j := mustJar(t, &jar.Options{UserAgent: ua})
			for _, name := range names {
				j.Receive(host(name), []string{"a=name; Domain=" + name, "b=name; Domain=www.example.com", "c=name; Domain=example.com"})
			}
			lines := []string{"own=odd"}
			for _, name := range append(names, strings.Trim(h, "[]"), h) {
				lines = append(lines, "d=odd; Domain="+name, "e=odd; Domain=."+name)
			}
			before := j.Len()
			for _, v := range j.Receive(host(h), lines) {
				if v.OK() && v.Cookie.Domain != v.Host {
					t.Errorf("%v: %q set a cookie for %q", ua, h, v.Cookie.Domain)
				}
			}
			for _, name := range names {
				if got := j.Header(host(name)); strings.Contains(got, "odd") {
					t.Errorf("%v: %q set what %s is sent: %q", ua, h, name, got)
				}
			}
			got := j.Header(host(h))
			if stored := j.Len() > before; strings.HasPrefix(got, "own=odd") != stored || strings.Contains(got, "name") {
				t.Errorf("%v: Header(%q) = %q, want its own cookies if it could set any (%t), and no other", ua, h, got, stored)
			}
			for _, other := range odd {
				a, aOK := match.Host(h)
				b, bOK := match.Host(other)
				if got := j.Header(host(other)); got != "" && !(aOK && bOK && a == b) {
					t.Errorf("%v: %q set what %q is sent: %q", ua, h, other, got)
				}
			}
		}
	}
}

// A domain ends where a label ends.
//
// Learned from CVE-2018-20852: Python's http.cookiejar sent the cookies of
// example.com to pythonicexample.com.
func TestDomainEndsAtLabel(t *testing.T) {
	const domain = "example.com"
	likes := []string{"pythonicexample.com", "xexample.com", "-example.com", "_example.com", "example.com.evil.test", "example.comm", "example.co", "xample.com", "example-com", "exampleXcom.com"}
	for _, ua := range userAgents {
		j := mustJar(t, &jar.Options{UserAgent: ua})
		j.Receive(to(t, "https://www.example.com/"), []string{"a=1; Domain=example.com", "b=1; Domain=.example.com"})
		for _, h := range likes {
			if got := j.Header(host(h)); got != "" {
				t.Errorf("%v: Header(%s) = %q, want none: it is not under %s", ua, h, got, domain)
			}
			c := jar.Cookie{Name: "a", Value: "1", Domain: domain, Path: "/"}
			if got := j.Judge(c, host(h)).Reason; got != policy.ReasonOtherDomain {
				t.Errorf("%v: Judge to %s = %v, want %v", ua, h, got, policy.ReasonOtherDomain)
			}
			if v := j.Receive(host(h), []string{"evil=1; Domain=example.com", "evil=1; Domain=.example.com"}); v[0].OK() || v[1].OK() {
				t.Errorf("%v: %s set a cookie for %s: %v", ua, h, domain, v)
			}
		}
		if got, want := j.Header(host("sub.www.example.com")), "a=1; b=1"; got != want {
			t.Errorf("%v: Header(sub.www.example.com) = %q, want %q: it is under %s", ua, got, want, domain)
		}
	}
}

// An address has nothing above it and nothing below.
//
// Learned from CVE-2014-3613: curl let 192.168.0.1 set cookies for 168.0.1 and sent
// them to whatever address ended so.
func TestAddressHasNoParents(t *testing.T) {
	for _, address := range []string{"192.168.0.1", "127.0.0.1", "[2001:db8::1]", "[::ffff:102:304]"} {
		for _, ua := range userAgents {
			j := mustJar(t, &jar.Options{UserAgent: ua})
			lines := []string{"own=1"}
			for i := range address {
				lines = append(lines, "p=1; Domain="+address[i:], "p=1; Domain=."+address[i:], "p=1; Domain="+address[:i])
			}
			for _, v := range j.Receive(host(address), lines) {
				if v.OK() && v.Cookie.Domain != address {
					t.Errorf("%v: %s set a cookie for %q", ua, address, v.Cookie.Domain)
				}
			}
			for i := range address {
				for _, other := range []string{address[i:], "1" + address, "1." + address, address + ".1", address + ".test"} {
					if canonical, ok := match.Host(other); ok && canonical == address {
						continue
					}
					if got := j.Header(host(other)); got != "" {
						t.Errorf("%v: set at %s, Header(%q) = %q, want none", ua, address, other, got)
					}
				}
			}
		}
	}
}

// However it is spelled, nobody sets a cookie for a public suffix, and it is not
// sent to other sites below that.
//
// Learned from CVE-2014-3620 and CVE-2022-27779 (curl: top-level domains, then with
// a trailing dot), CVE-2023-46218 (curl: "co.UK"), and from jars whose default is to
// have no list.
func TestPublicSuffixInAnySpelling(t *testing.T) {
	suffixes := []struct {
		suffix    string
		spellings []string
	}{
		{"com", []string{"com", "COM", ".com", ".Com", "com.", ".com.", "..com", "com..", " com ", "c\u043em", "\uff43\uff4f\uff4d", "com\u3002"}},
		{"com.", []string{"com", "com.", ".com.", "COM.", "com..", "com\uff0e"}},
		{"co.uk", []string{"co.uk", "co.UK", "CO.uk", ".co.uk", "co.uk.", ".Co.Uk.", "co..uk", "uk", "UK", "\uff43\uff4f.\uff55\uff4b", "co\u3002uk", "co.u\u212a"}},
		{"github.io", []string{"github.io", "GitHub.IO", ".github.io", "github.io.", "gith\uff55b.io"}},
		{"xn--55qx5d.cn", []string{"xn--55qx5d.cn", "XN--55QX5D.CN", ".xn--55qx5d.cn", "\u516c\u53f8.cn", "\u516c\u53f8\u3002cn", "cn"}},
		{"xn--p1ai", []string{"xn--p1ai", "Xn--P1ai", "\u0440\u0444", ".\u0420\u0424"}},
		{"anything.ck", []string{"anything.ck", "ANYTHING.CK", "ck"}}, // by *.ck
		{"nowhere", []string{"nowhere", "NOWHERE", ".nowhere"}},       // in no list
	}
	for _, ua := range userAgents {
		for _, tt := range suffixes {
			for _, evil := range []string{"evil." + tt.suffix, "EVIL." + strings.ToUpper(tt.suffix), "a.evil." + tt.suffix} {
				j, filled := mustJar(t, &jar.Options{UserAgent: ua}), mustJar(t, &jar.Options{UserAgent: ua})
				for _, spelling := range tt.spellings {
					v := j.Receive(host(evil), []string{"super=1; Domain=" + spelling})[0]
					if v.OK() && !v.Cookie.HostOnly {
						t.Errorf("%v: %s set a cookie with Domain=%s: %v", ua, evil, spelling, v)
					}
					j.SetCookies(host(evil).URL, []*http.Cookie{{Name: "super", Value: "1", Domain: spelling}})
					if v := filled.Accept(jar.Cookie{Name: "super", Value: "1", Domain: spelling, Path: "/"}); v.OK() && !v.Cookie.HostOnly {
						t.Errorf("%v: Accept took a cookie for %q: %v", ua, spelling, v)
					}
				}
				for _, bank := range []string{"bank." + tt.suffix, tt.suffix, "www.bank." + tt.suffix} {
					if got := j.Header(host(bank)); got != "" {
						t.Errorf("%v: set by %s, Header(%s) = %q, want none", ua, evil, bank, got)
					}
					if got := filled.Header(host(bank)); got != "" && bank != tt.suffix {
						t.Errorf("%v: taken ready-made, Header(%s) = %q, want none", ua, bank, got)
					}
				}
			}
		}
	}
}

// A suffix in full-width letters or as U-labels is the same suffix where it is the
// host, too. Learned from the URL standard, by which browsers read hosts.
func TestPublicSuffixInHost(t *testing.T) {
	for _, evil := range []string{"evil.\uff43\uff4f.uk", "evil\u3002co\uff0euk", "EVIL.CO.UK", "evil.co.u\u212a"} {
		j := mustJar(t, nil)
		if v := j.Receive(host(evil), []string{"super=1; Domain=co.uk"})[0]; v.Reason != policy.ReasonPublicSuffix {
			t.Errorf("%q with Domain=co.uk: %v, want %v", evil, v, policy.ReasonPublicSuffix)
		}
		if v := j.Receive(host(evil), []string{"own=1; Domain=evil.co.uk"})[0]; !v.OK() {
			t.Errorf("%q with Domain=evil.co.uk: %v, want it taken: they are one host", evil, v)
		}
		if got := j.Header(host("bank.co.uk")); got != "" {
			t.Errorf("set by %q, Header(bank.co.uk) = %q, want none", evil, got)
		}
	}
}

// When a domain becomes a public suffix its cookies are nobody's, and stay so; when
// it ceases to be one nothing comes back. Learned from lists in browsers, which
// change with each release, under cookies that were stored by the one before.
func TestSuffixListChanges(t *testing.T) {
	parse := func(text string) jar.PublicSuffixList {
		list, err := match.ParseList(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before, after := parse("example\n"), parse("example\nshop.example\n*.cloud.example\n")
	j := mustJar(t, &jar.Options{PublicSuffixList: before})
	j.Receive(host("a.shop.example"), []string{"shop=1; Domain=shop.example", "own=1; Domain=a.shop.example", "host=1"})
	j.Receive(host("x.eu.cloud.example"), []string{"cloud=1; Domain=cloud.example", "eu=1; Domain=eu.cloud.example", "host=1"})
	j.Receive(host("shop.example"), []string{"host=1"})
	check := func(when string, want map[string]string) {
		t.Helper()
		for h, want := range want {
			if got := j.Header(host(h)); got != want {
				t.Errorf("%s: Header(%s) = %q, want %q", when, h, got, want)
			}
		}
	}
	check("by the first list", map[string]string{
		"a.shop.example": "shop=1; own=1; host=1", "b.shop.example": "shop=1", "shop.example": "shop=1; host=1",
		"x.eu.cloud.example": "cloud=1; eu=1; host=1", "y.us.cloud.example": "cloud=1",
	})

	var gone []string
	for _, c := range j.SetPublicSuffixList(after) {
		gone = append(gone, c.Domain)
	}
	slices.Sort(gone)
	if want := []string{"eu.cloud.example", "shop.example"}; !slices.Equal(gone, want) {
		t.Errorf("SetPublicSuffixList removed those of %q, want %q", gone, want)
	}
	second := map[string]string{
		"a.shop.example": "own=1; host=1", "b.shop.example": "", "shop.example": "host=1",
		// By the draft cloud=1 goes to both: deviation "registrable-domain".
		"x.eu.cloud.example": "host=1", "x.us.cloud.example": "",
		"cloud.example": "cloud=1",
	}
	check("by the second", second)
	for _, h := range []string{"a.shop.example", "x.eu.cloud.example"} {
		_, parent, _ := strings.Cut(h, ".")
		if v := j.Receive(host(h), []string{"again=1; Domain=" + parent})[0]; v.Reason != policy.ReasonPublicSuffix {
			t.Errorf("%s with Domain=%s: %v, want %v by the second list", h, parent, v, policy.ReasonPublicSuffix)
		}
	}
	j.SetPublicSuffixList(before)
	second["x.eu.cloud.example"], second["x.us.cloud.example"] = "cloud=1; host=1", "cloud=1" // of one site again
	check("by the first again", second)
	if v := j.Receive(host("a.shop.example"), []string{"again=1; Domain=shop.example"})[0]; !v.OK() {
		t.Errorf("by the first list again: %v, want it taken", v)
	}
}

// listFunc is a list that answers as it likes.
type listFunc func(string) string

func (f listFunc) PublicSuffix(domain string) string { return f(domain) }
func (f listFunc) String() string                    { return "broken" }

// A list that is broken costs domain cookies; it gives nobody another's.
//
// Learned from net/http/cookiejar, where a list may answer "" and then protects
// nobody.
func TestBrokenList(t *testing.T) {
	broken := map[string]jar.PublicSuffixList{
		"empty":       listFunc(func(string) string { return "" }),
		"dot":         listFunc(func(string) string { return "." }),
		"whole":       listFunc(func(d string) string { return d }),
		"longer":      listFunc(func(d string) string { return "www." + d }),
		"other":       listFunc(func(string) string { return "org" }),
		"upper-case":  listFunc(strings.ToUpper),
		"half-label":  listFunc(func(d string) string { return d[len(d)/2:] }),
		"leading-dot": listFunc(func(d string) string { return d[max(0, strings.LastIndexByte(d, '.')):] }),
		"not-utf8":    listFunc(func(string) string { return "\xff" }),
		"fickle": func() jar.PublicSuffixList {
			n := 0
			return listFunc(func(d string) string { n++; return d[min(n%7, len(d)):] })
		}(),
	}
	for name, list := range broken {
		var _ cookiejar.PublicSuffixList = list
		j := mustJar(t, &jar.Options{PublicSuffixList: list})
		j.Receive(host("a.shop.example.com"), []string{
			"own=1", "d=1; Domain=example.com", "d=2; Domain=com", "d=3; Domain=shop.example.com", "d=4; Domain=a.shop.example.com",
		})
		if got := j.Header(host("a.shop.example.com")); !strings.HasPrefix(got, "own=1") {
			t.Errorf("%s: Header = %q, want the host's own cookie first", name, got)
		}
		for _, other := range []string{"example.com", "bank.example.com", "bank.com", "com", "b.shop.example.com"} {
			if got := j.Header(host(other)); got != "" && name != "fickle" {
				t.Errorf("%s: Header(%s) = %q, want none: by that list nothing is shared", name, other, got)
			}
		}
		j.SetPublicSuffixList(nil)
		if got := j.Header(host("a.shop.example.com")); !strings.Contains(got, "own=1") {
			t.Errorf("%s: with the embedded list in its place Header = %q, want own=1 in it", name, got)
		}
		if got := j.Header(host("bank.com")); got != "" {
			t.Errorf("%s: Header(bank.com) = %q, want none", name, got)
		}
	}
}

// The host whose cookies count is the one that net/http connects to, whatever a URL
// is made to look like.
//
// Learned from CVE-2016-8624 (curl: "http://example.com#@evil.test/") and the many
// that are like it, where the one who checks and the one who connects read a URL
// differently.
func TestURLHost(t *testing.T) {
	tests := []struct{ url, want string }{ // want is "" where there is no such host
		{`https://example.com%5C@example.net/`, "example.net"},
		{`https://example.com%5c%2f@example.net/`, "example.net"},
		{`https://example.com\@example.net/`, ""},
		{`https://example.com@example.net/`, "example.net"},
		{`https://example.com:secret@example.net/`, "example.net"},
		{`https://example.com:443@example.net:8443/`, "example.net"},
		{`https://example.com#@example.net/`, "example.com"},
		{`https://example.com?@example.net/`, "example.com"},
		{`https://example.com/@example.net/`, "example.com"},
		{`https://example.com;@example.net/`, "example.net"},
		{`https://example.com%40example.net/`, ""},
		{`https://a@example.com@example.net/`, "example.net"},
		{`https://example.com\.example.net/`, ""},
		{`https://example.com/\example.net/`, "example.com"},
		{`https:\\example.com\`, ""},
		{`https:example.com/`, ""},
		{`https:/example.com/`, ""},
		{`https:///example.com/`, ""},
		{"https://exam\tple.com/", ""},
		{"https://example.com\t/", ""},
		{"https://example.com\n@example.net/", ""},
		{"\thttps://example.com/", ""},
		{`https://example.com%09/`, ""},
		{`https://example.com%2F.example.net/`, ""},
		{`https://example.com%00.example.net/`, ""},
		{`https://example.com%20.example.net/`, ""},
		{`https://example%2Ecom/`, ""},
		{`https://example.com:80:80/`, ""},
		{`https://example.com:/`, "example.com"},
		{`https://example.com:x/`, ""},
		{`https://[::1]example.com/`, ""},
		{`https://[example.com]/`, ""},
		{"https://example\u3002com/", "example.com"},
		{"https://ex\u24d0mple.com/", "example.com"},
		{"https://example.c\u2100.example.net/", ""}, // U+2100 becomes "a/c"
		{"https://example.com\uff0f.example.net/", ""},
		{"https://example.com\uff20example.net/", ""},
		{"https://exa\u00admple.com/", "example.com"}, // a soft hyphen is nothing
		{`https://EXAMPLE.com./`, "example.com."},
	}
	for _, tt := range tests {
		var got string
		if u, err := url.Parse(tt.url); err == nil {
			j := mustJar(t, nil)
			if v := j.Receive(&jar.Request{URL: u}, []string{"a=1; Path=/"})[0]; v.OK() {
				got = v.Cookie.Domain
			}
			for _, h := range []string{"example.com", "example.net", "example.com.example.net", "www.example.com"} {
				if header := j.Header(host(h)); (header != "") != (h == tt.want) {
					t.Errorf("set by %q, Header(%s) = %q, want it at %q alone", tt.url, h, header, tt.want)
				}
			}
		}
		if got != tt.want {
			t.Errorf("%q set cookies for %q, want %q", tt.url, got, tt.want)
		}
	}
}

// A request to what is no host carries nothing, and the reason is the host.
// See RFC 6265bis, Section 5.8.3, step 2.
func TestNoHost(t *testing.T) {
	for _, h := range []string{"", "[", "a b", "%zz", "256.256.256.256", "a\x00", "xn--.test"} {
		j := mustJar(t, nil)
		c := jar.Cookie{Name: "a", Value: "1", Domain: h, HostOnly: true, Path: "/"}
		if got := j.Judge(c, host(h)).Reason; got != policy.ReasonHost {
			t.Errorf("Judge to %q = %v, want %v", h, got, policy.ReasonHost)
		}
		if got := j.Explain(host(h)); got != nil {
			t.Errorf("Explain of %q = %v, want none", h, got)
		}
	}
}

// A Host that takes the place of the URL's does so for one request: the next has
// the cookies of its own host, and nothing set then is seen there. On the face of
// http.CookieJar it is net/http that tells the jar; [TestTransportHost] has the
// other.
func TestHostDoesNotLeak(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.client = &http.Client{Transport: w.base, Jar: j}
	w.routes["http://inner.test/set"] = raw("inner=1", "up=1; Domain=a.test")
	w.routes["http://a.test/set"] = raw("a=1")
	ask := func(h, rawURL string) []string {
		req := newRequest(t, t.Context(), "GET", rawURL, "")
		req.Host = h
		return w.do(t, req)
	}
	ask("", "http://a.test/set")
	compareVisits(t, "with Host", ask("inner.test", "http://a.test/set"), []string{"GET http://inner.test/set"})
	compareVisits(t, "with Host again", ask("inner.test", "http://a.test/"), []string{"GET http://inner.test/ Cookie: inner=1"})
	compareVisits(t, "without", ask("", "http://a.test/"), []string{"GET http://a.test/ Cookie: a=1"})
	compareVisits(t, "the inner host itself", ask("", "http://inner.test/"), []string{"GET http://inner.test/ Cookie: inner=1"})

	// The same without net/http.
	r := to(t, "http://a.test/")
	for _, step := range []struct{ host, want string }{{"inner.test", "inner=1"}, {"", "a=1"}, {"other.test", ""}, {"a.test", "a=1"}, {"", "a=1"}} {
		r.Host = step.host
		if got := j.Header(r); got != step.want {
			t.Errorf("Header of http://a.test/ with Host %q = %q, want %q", step.host, got, step.want)
		}
	}
}

// A path ends where a segment ends, "/" is above all, and octets are compared as
// they are: nothing is decoded, nothing resolved.
//
// Learned from Path=/any that was sent to /anybad, in browsers of old.
func TestPathEndsAtSegment(t *testing.T) {
	tests := []struct {
		path      string
		yes, no   []string
		untouched string // Path attributes that stand for themselves
	}{
		{path: "/any", yes: []string{"/any", "/any/", "/any/x", "/any//", "/any/../x"}, no: []string{"/anybad", "/any%2F", "/any%2fx", "/any;x", "/any.x", "/an", "/", "/ANY", "/x/any", "//any"}},
		{path: "/any/", yes: []string{"/any/", "/any/x"}, no: []string{"/any", "/anybad", "/any%2F"}},
		{path: "/", yes: []string{"/", "/x", "//", "/%2F", "/..", "/x/../y"}},
		{path: "/a%2Fb", yes: []string{"/a%2Fb", "/a%2Fb/c"}, no: []string{"/a/b", "/a%2fb", "/a%2Fbc"}},
		{path: "/a/b", yes: []string{"/a/b", "/a/b/c"}, no: []string{"/a%2Fb", "/a//b", "/a/./b", "/a/%62", "/a/x/../b"}},
		{path: "//", yes: []string{"//", "//x"}, no: []string{"/", "/x"}},
		{path: "/..", yes: []string{"/..", "/../x"}, no: []string{"/", "/x"}},
		{path: "/a?b", no: []string{"/a", "/a?b"}},
	}
	for _, tt := range tests {
		j := mustJar(t, nil)
		j.Receive(to(t, "http://a.test/"), []string{"p=1; Path=" + tt.path})
		for i, paths := range [][]string{tt.yes, tt.no} {
			for _, path := range paths {
				want := [...]string{"p=1", ""}[i]
				if got := j.Header(to(t, "http://a.test"+path)); got != want {
					t.Errorf("Path=%s: Header(%s) = %q, want %q", tt.path, path, got, want)
				}
			}
		}
	}
}

// An insecure origin overlays no Secure cookie, at path "/" either.
//
// Learned from CVE-2025-9086: curl, told over http to replace a Secure cookie by one
// of path "/", compared the paths wrongly.
func TestOverlayAtRoot(t *testing.T) {
	for _, tt := range []struct {
		secure, plain string
		want          jar.Reason
	}{
		{"/", "/", policy.ReasonSecureOverlay},
		{"/", "/x", policy.ReasonSecureOverlay},
		{"/x", "/x/y", policy.ReasonSecureOverlay},
		{"/x", "/", 0}, // the Secure one is sent first, and nowhere replaced
		{"/x", "/xy", 0},
		{"/x/", "/x", 0},
	} {
		j := mustJar(t, nil)
		j.Receive(to(t, "https://target.test/"), []string{"s=good; Secure; Path=" + tt.secure})
		if v := j.Receive(to(t, "http://target.test/"), []string{"s=evil; Path=" + tt.plain})[0]; v.Reason != tt.want {
			t.Errorf("Secure at %s, then over http at %s: %v, want %v", tt.secure, tt.plain, v, tt.want)
		}
		if got := j.Header(to(t, "https://target.test"+tt.secure)); !strings.HasPrefix(got, "s=good") {
			t.Errorf("Secure at %s, then over http at %s: Header = %q, want s=good first", tt.secure, tt.plain, got)
		}
	}
}

// Nor does it from above, from below, or across what divides sites.
//
// Learned from "Cookies Lack Integrity: Real-World Implications" (USENIX Security
// 2015): a cookie set over http at a parent or a sibling passed for the one that was
// set over https.
func TestOverlayFromAnywhere(t *testing.T) {
	tests := []struct {
		name                           string
		secure, line, plain, plainLine string
		want                           jar.Reason
	}{
		{"the host itself", "https://a.test/", "s=1; Secure", "http://a.test/", "s=2", policy.ReasonSecureOverlay},
		{"from above", "https://www.a.test/", "s=1; Secure", "http://a.test/", "s=2; Domain=a.test", policy.ReasonSecureOverlay},
		{"from above, host-only", "https://www.a.test/", "s=1; Secure", "http://a.test/", "s=2", policy.ReasonSecureOverlay},
		{"from below", "https://a.test/", "s=1; Secure; Domain=a.test", "http://www.a.test/", "s=2", policy.ReasonSecureOverlay},
		{"for above", "https://a.test/", "s=1; Secure", "http://www.a.test/", "s=2; Domain=a.test", policy.ReasonSecureOverlay},
		{"to delete", "https://a.test/", "s=1; Secure", "http://a.test/", "s=; Max-Age=0", policy.ReasonSecureOverlay},
		{"beside", "https://x.a.test/", "s=1; Secure", "http://y.a.test/", "s=2", 0},
		{"another name", "https://a.test/", "s=1; Secure", "http://a.test/", "S=2", 0},
		{"not Secure", "https://a.test/", "s=1", "http://a.test/", "s=2", 0},
		{"a loopback host is secure", "https://localhost/", "s=1; Secure", "http://localhost/", "s=2", 0},
		{"from below a suffix", "https://www.amazonaws.com/", "s=1; Secure; Domain=amazonaws.com", "http://me.s3.amazonaws.com/", "s=2", 0},
		{"beside a suffix", "https://www.amazonaws.com/", "s=1; Secure", "http://me.s3.amazonaws.com/", "s=2", 0},
		{"a suffix's own host", "https://bank.co.uk/", "s=1; Secure", "http://co.uk/", "s=2", 0},
		{"another suffix's own host", "https://bank.co.uk/", "s=1; Secure", "http://org.uk/", "s=2", 0},
	}
	// The draft refuses these as secure-overlay: deviation "registrable-domain".
	deviations := map[string]bool{"from below a suffix": true, "a suffix's own host": true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock{noon}
			j := mustJar(t, &jar.Options{Now: c.now})
			j.Receive(to(t, tt.secure), []string{tt.line + "; Max-Age=60"})
			if v := j.Receive(to(t, tt.plain), []string{tt.plainLine})[0]; v.Reason != tt.want {
				t.Errorf("%q at %s, then %q at %s: %v, want %v", tt.line, tt.secure, tt.plainLine, tt.plain, v, tt.want)
			}
			draft := modelJar{now: noon, draft: true}
			draft.receive(&modelRequest{url: mustURL(t, tt.secure)}, tt.line)
			taken := draft.receive(&modelRequest{url: mustURL(t, tt.plain)}, tt.plainLine)
			if deviates := taken != (tt.want == 0); deviates != deviations[tt.name] {
				t.Errorf("%q at %s, then %q at %s: taken by the draft: %t", tt.line, tt.secure, tt.plainLine, tt.plain, taken)
			}
			c.at = c.at.Add(time.Minute)
			if v := j.Receive(to(t, tt.plain), []string{tt.plainLine})[0]; !v.OK() {
				t.Errorf("when %q has expired: %v, want it taken", tt.line, v)
			}
		})
	}
}

// However many Secure cookies there are, one of another name overlays none of them.
func TestOverlayIsByName(t *testing.T) {
	j := mustJar(t, &jar.Options{Limits: &jar.Limits{}})
	for i := range 300 {
		j.Receive(to(t, "https://a.test/"), []string{fmt.Sprintf("secure%d=1; Secure", i)})
	}
	for i := range 300 {
		name := fmt.Sprintf("plain%d", i)
		if v := j.Receive(to(t, "http://a.test/"), []string{name + "=1"})[0]; !v.OK() {
			t.Fatalf("%v, want it taken: no cookie has its name", v)
		}
	}
}

// Names and values are octets: what is decoded nowhere can become no other name.
//
// Learned from CVE-2020-8184 (Rack) and CVE-2020-7070 (PHP), which decoded
// "__%48ost-a" into a name that a browser had not protected.
func TestNothingIsDecoded(t *testing.T) {
	j := mustJar(t, nil)
	lines := []string{"__%48ost-a=1", "%5F%5FHost-b=%3B%20c=1", "a%3Db=1", "a%0D%0A=%00"}
	for _, v := range j.Receive(to(t, "http://a.test/"), lines) {
		if !v.OK() {
			t.Errorf("%v, want it taken: it has no prefix", v)
		}
	}
	if got, want := j.Header(to(t, "http://a.test/")), strings.Join(lines, "; "); got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
}

// Attributes that are empty, quoted, or half so.
//
// Learned from CVE-2015-3145: curl was given a path of one double quote, took it off,
// and wrote before the start of what was left.
func TestEmptyAndQuotedAttributes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const defaultPath = "/dir"
	tests := []struct {
		attribute string
		want      jar.Reason
		path      string
		domain    string // "" if host-only
		life      time.Duration
	}{
		{attribute: `Path`, path: defaultPath},
		{attribute: `Path=`, path: defaultPath},
		{attribute: `Path="`, path: defaultPath},
		{attribute: `Path=""`, path: defaultPath},
		{attribute: `Path="/"`, path: defaultPath},
		{attribute: `Path=/"`, path: `/"`},
		{attribute: `Path=/x"y"`, path: `/x"y"`},
		{attribute: `Path=\`, path: defaultPath},
		{attribute: `Domain`, path: defaultPath},
		{attribute: `Domain=`, path: defaultPath},
		{attribute: `Domain=.`, path: defaultPath},
		{attribute: `Domain="`, want: policy.ReasonPublicSuffix},
		{attribute: `Domain=""`, want: policy.ReasonPublicSuffix},
		{attribute: `Domain="a.test"`, want: policy.ReasonDomainMismatch},
		{attribute: `Domain=..a.test`, want: policy.ReasonPublicSuffix},
		{attribute: `Domain=a.test`, path: defaultPath, domain: "a.test"},
		{attribute: `Max-Age`, path: defaultPath},
		{attribute: `Max-Age=`, path: defaultPath},
		{attribute: `Max-Age="`, path: defaultPath},
		{attribute: `Max-Age="60"`, path: defaultPath},
		{attribute: `Max-Age=60`, path: defaultPath, life: time.Minute},
		{attribute: `Expires`, path: defaultPath},
		{attribute: `Expires="`, path: defaultPath},
		{attribute: `Expires="Thu, 01 Jan 2026 00:01:00 GMT"`, path: defaultPath, life: time.Minute},
		{attribute: `SameSite=""`, path: defaultPath},
		{attribute: `=`, path: defaultPath},
		{attribute: `=Path=/`, path: defaultPath},
		{attribute: `"Path"=/`, path: defaultPath},
	}
	for _, tt := range tests {
		j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
		v := j.Receive(to(t, "https://www.a.test/dir/page"), []string{"a=1; " + tt.attribute})[0]
		if v.Reason != tt.want {
			t.Errorf("%s: %v, want %v", tt.attribute, v, tt.want)
		}
		if !v.OK() || tt.want != 0 {
			continue
		}
		var life time.Duration
		if v.Cookie.Persistent() {
			life = v.Cookie.Expires.Sub(now)
		}
		domain := v.Cookie.Domain
		if v.Cookie.HostOnly {
			domain = ""
		}
		if v.Cookie.Path != tt.path || domain != tt.domain || life != tt.life {
			t.Errorf("%s: path %q, domain %q, life %v, want %q, %q, %v", tt.attribute, v.Cookie.Path, domain, life, tt.path, tt.domain, tt.life)
		}
	}
}

// controlOctets are those that no cookie may have: all but the tab.
func controlOctets() (all []byte) {
	for b := byte(0); b < 0x20; b++ {
		if b != '\t' {
			all = append(all, b)
		}
	}
	return append(all, 0x7f)
}

// Control octets are refused on every way in: lines, scripts, net/http's cookies,
// ready-made ones, files in every format, and the path of an odd URL.
//
// Learned from CVE-2022-35252: curl stored and sent them, and servers answered 400
// to that user from then on.
func TestControlOctetsOnEveryWayIn(t *testing.T) {
	ascii := func(s string) string { return strings.Trim(fmt.Sprintf("%+q", s), `"`) }
	jsonString := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if c < 0x20 || c == 0x7f {
				fmt.Fprintf(&b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
		return `"` + b.String() + `"`
	}
	at := func(script bool) *jar.Request {
		r := to(t, "https://a.test/")
		if script {
			r.Context = &jar.Context{Script: true}
		}
		return r
	}
	ways := map[string]func(j *jar.Jar, name, value, path, domain string){
		"Receive": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(false), []string{name + "=" + value + "; Path=" + path + "; Domain=" + domain})
		},
		"script": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(true), []string{name + "=" + value + "; Path=" + path + "; Domain=" + domain})
		},
		"unknown attribute": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(false), []string{"n=1; X=" + name + value + path + domain})
		},
		"SetCookies": func(j *jar.Jar, name, value, path, domain string) {
			j.SetCookies(at(false).URL, []*http.Cookie{{Name: name, Value: value, Path: path, Domain: domain}})
		},
		"SetCookies with Raw": func(j *jar.Jar, name, value, path, domain string) {
			line := name + "=" + value + "; Path=" + path + "; Domain=" + domain
			if c, err := http.ParseSetCookie(line); err == nil {
				j.SetCookies(at(false).URL, []*http.Cookie{c})
			}
			j.SetCookies(at(false).URL, []*http.Cookie{{Name: "n", Value: "1", Raw: line}})
			j.Clear() // a program's own n=1 is no control octet
		},
		"Accept": func(j *jar.Jar, name, value, path, domain string) {
			j.Accept(jar.Cookie{Name: name, Value: value, Path: path, Domain: domain})
			j.Accept(jar.Cookie{Name: name, Value: value, Path: path, Domain: domain, HostOnly: true})
		},
		"partition": func(j *jar.Jar, name, value, path, domain string) {
			j.Accept(jar.Cookie{
				Name: "n", Value: "v", Path: "/", Domain: "a.test", Secure: true,
				Partition: jar.Partition{TopLevelSite: "https://" + name + value + path + domain},
			})
		},
		"URL": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "a.test", Opaque: "//a.test/" + name + value + path + domain + "/x"}}, []string{"n=1"})
		},
		"cookies.txt": func(j *jar.Jar, name, value, path, domain string) {
			line := domain + "\tTRUE\t" + path + "\tTRUE\t0\t" + name + "\t" + value + "\n"
			cookiefile.Load(j, strings.NewReader("# Netscape HTTP Cookie File\n"+line), nil)
		},
		"own JSON": func(j *jar.Jar, name, value, path, domain string) {
			text := `{"format":"uacookie","version":1}` + "\n" +
				`{"name":` + jsonString(name) + `,"value":` + jsonString(value) + `,"path":` + jsonString(path) + `,"domain":` + jsonString(domain) + "}\n" +
				`{"cookies":1}` + "\n"
			cookiefile.Load(j, strings.NewReader(text), nil)
		},
		"browsers' JSON": func(j *jar.Jar, name, value, path, domain string) {
			text := `[{"name":` + jsonString(name) + `,"value":` + jsonString(value) + `,"path":` + jsonString(path) + `,"domain":` + jsonString(domain) + `}]`
			cookiefile.Load(j, strings.NewReader(text), nil)
		},
	}
	for way, enter := range ways {
		t.Run(way, func(t *testing.T) {
			good := mustJar(t, nil)
			if enter(good, "n", "v", "/p", "a.test"); good.Len() == 0 && way != "SetCookies with Raw" {
				t.Fatal("what has no control octet is not stored either: this test would see nothing")
			}
			for _, octet := range controlOctets() {
				c := string([]byte{octet})
				for i := range 4 {
					fields := [4]string{"n", "v", "/p", "a.test"}
					for _, at := range []int{0, 1, len(fields[i])} {
						bad := fields
						bad[i] = fields[i][:at] + c + fields[i][at:]
						if (c == "\n" || c == "\r") && way == "cookies.txt" {
							continue // they end the line
						}
						for _, ua := range userAgents {
							if ua == jar.Chromium && (c == "\n" || c == "\r") {
								continue // what follows is cut off: the quirk line-ends
							}
							j := mustJar(t, &jar.Options{UserAgent: ua})
							enter(j, bad[0], bad[1], bad[2], bad[3])
							for kept := range j.All() {
								if strings.Contains(kept.Name+kept.Value+kept.Path+kept.Domain+kept.Partition.TopLevelSite, c) {
									t.Errorf("%v: %s with %s: stored %v in %q", ua, way, ascii(strings.Join(bad[:], " ")), kept, kept.Partition.TopLevelSite)
								}
							}
							r := to(t, "https://a.test/p")
							r.Context = &jar.Context{Partition: &store.Partition{TopLevelSite: "https://nvp"}}
							if got := j.Header(r); strings.Contains(got, c) {
								t.Errorf("%v: %s with %s: Header = %q", ua, way, ascii(strings.Join(bad[:], " ")), got)
							}
						}
					}
				}
			}
		})
	}
}

// The default path may have a semicolon, as those of Java servers do, which a Path
// attribute cannot: such a cookie is not lost when it goes through a file.
func TestDefaultPathWithSemicolon(t *testing.T) {
	j := mustJar(t, nil)
	j.Receive(to(t, "https://a.test/shop;jsessionid=1/page"), []string{"a=1"})
	for _, format := range []cookiefile.Format{cookiefile.JSON, cookiefile.Netscape, cookiefile.Playwright} {
		var file bytes.Buffer
		if err := cookiefile.Write(&file, j.All(), &cookiefile.WriteOptions{Format: format}); err != nil {
			t.Fatal(err)
		}
		again := mustJar(t, nil)
		if n, err := cookiefile.Load(again, &file, nil); n != 1 || err != nil {
			t.Errorf("%v: Load = %d, %v, want 1, nil", format, n, err)
		}
		if got := again.Header(to(t, "https://a.test/shop;jsessionid=1/other")); got != "a=1" {
			t.Errorf("%v: Header = %q, want a=1", format, got)
		}
	}
}

// What a URL says is bounded like what a line says: a redirect to a path of megabytes
// does not make the jar keep them for each cookie that is set there. Learned from
// CVE-2022-32205 (curl), of which this would be another way.
func TestDefaultPathIsBounded(t *testing.T) {
	const most = 8192
	for n, want := range map[int]jar.Reason{most: 0, most + 1: policy.ReasonTooLong, 1 << 20: policy.ReasonTooLong} {
		path := "/" + strings.Repeat("p", n-1)
		for _, ua := range userAgents {
			j := mustJar(t, &jar.Options{UserAgent: ua})
			v := j.Receive(to(t, "https://a.test"+path+"/page"), []string{"a=1", "b=1; Path=", "c=1; Path=/"})
			received := want
			if ua == jar.Firefox { // which takes 1024
				received = policy.ReasonTooLong
			}
			if v[0].Reason != received || v[1].Reason != received || !v[2].OK() {
				t.Errorf("%v: a default-path of %d octets: %v, %v, and with Path=/ %v; want %v, %v, none", ua, n, v[0].Reason, v[1].Reason, v[2].Reason, received, received)
			}
			if v := j.Accept(jar.Cookie{Name: "d", Domain: "a.test", Path: path}); v.Reason != want {
				t.Errorf("%v: Accept of a path of %d octets: %v, want %v", ua, n, v.Reason, want)
			}
		}
	}
}

// Names that mean something to a language or a format are names like any other.
//
// Learned from CVE-2023-26136: in tough-cookie the names of domains, paths and
// cookies were keys of objects, and "__proto__" reached the prototype of all.
func TestHostileKeys(t *testing.T) {
	names := []string{
		"__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "null", "true", "0", "-1", "NaN",
		"cookies", "name", "value", "domain", "format", "base64", "#HttpOnly_a.test", "# comment", ".", "..", "/", "\\", `"`, `'`, "{}", "[]", "<script>", "$Version", "\u2028",
	}
	j := mustJar(t, nil)
	r := to(t, "https://a.test/__proto__/constructor")
	var lines []string
	for i, name := range names {
		lines = append(lines, fmt.Sprintf("%s=%s%d; Path=/__proto__", name, name, i))
	}
	for _, v := range j.Receive(r, lines) {
		if !v.OK() {
			t.Errorf("%v, want it taken", v)
		}
	}
	j.Receive(host("__proto__"), []string{"host=1"})
	j.Receive(host("__proto__.a.test"), []string{"sub=1; Domain=a.test; Path=/__proto__"})
	want := j.Header(r)
	if n := strings.Count(want, "; "); n != len(names) {
		t.Fatalf("Header = %q: %d cookies, want %d", want, n+1, len(names)+1)
	}
	for _, format := range []cookiefile.Format{
		cookiefile.JSON, cookiefile.Netscape, cookiefile.NetscapePython, cookiefile.Playwright, cookiefile.CDP, cookiefile.Puppeteer, cookiefile.WebDriver,
	} {
		var file bytes.Buffer
		sorted := slices.SortedFunc(j.All(), func(a, b jar.Cookie) int { return int(a.Order) - int(b.Order) })
		err := cookiefile.Write(&file, slices.Values(sorted), &cookiefile.WriteOptions{Format: format, Lost: func(l *cookiefile.Loss) {
			if l.LeftOut {
				t.Errorf("%v", l)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		again := mustJar(t, nil)
		if n, err := cookiefile.Load(again, &file, nil); n != j.Len() || err != nil {
			t.Errorf("%v: Load = %d, %v, want %d, nil", format, n, err, j.Len())
		}
		if got := again.Header(r); got != want {
			t.Errorf("%v: Header = %q, want %q", format, got, want)
		}
		if got := again.Header(host("__proto__")); got != "host=1" {
			t.Errorf("%v: Header(__proto__) = %q, want host=1", format, got)
		}
	}
	// Keys that are nobody's change nothing.
	again := mustJar(t, nil)
	n, err := cookiefile.Load(again, strings.NewReader(
		`{"__proto__":{"secure":false},"cookies":[{"__proto__":{"name":"evil"},"constructor":1,"name":"a","value":"1","domain":"a.test"}]}`), nil)
	if n != 1 || err != nil || again.Header(host("a.test")) != "a=1" {
		t.Errorf("Load = %d, %v, and Header = %q, want 1, nil, a=1", n, err, again.Header(host("a.test")))
	}
}

// unprintable returns the first thing in a text that a terminal may act on, or that
// turns the text around it.
func unprintable(text string) (string, bool) {
	for i, r := range text {
		if r == utf8.RuneError || r != '\n' && !unicode.IsPrint(r) {
			return fmt.Sprintf("%q at %d", text[i:min(len(text), i+4)], i), true
		}
	}
	return "", false
}

// terminalTricks are texts that do something to a terminal or to its reader: C0 and
// C1 control codes, raw and in UTF-8, and characters that change the direction.
var terminalTricks = []string{
	"\x1b[31m", "\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\u009b31m", "\u0085", "\x90", "\u202e", "\u2066", "\u2028", "\ufeff", "\x7f", "\r", "\b\b\b", "a\x00b", "\xff\xfe", "\tcolumn",
}

// Nothing that a server chose reaches a terminal raw in what is made for people to
// read: errors, String methods, logs.
//
// Learned from CVE-2021-25743 (kubectl) and the emulators that act on what they show.
func TestTerminalEscapes(t *testing.T) {
	for _, trick := range terminalTricks {
		c := jar.Cookie{
			Name: "n" + trick, Value: "v" + trick, Domain: "d" + trick, Path: "/p" + trick,
			Partition: jar.Partition{TopLevelSite: "https://" + trick, CrossSiteAncestor: true},
		}
		texts := map[string]string{}
		show := func(what string, x any) { texts[what] = fmt.Sprintf("%v\n%+v\n%#v\n%s", x, x, x, x) }
		show("Cookie", c)
		show("Partition", c.Partition.String())
		show("Change", jar.Change{Cause: store.CauseStored, Cookie: c}.LogValue())
		show("Verdict", jar.Verdict{Cookie: c, Host: c.Domain, Reason: policy.ReasonSecureOverlay}.String())
		for _, reason := range []jar.Reason{policy.ReasonSecureOverlay, policy.ReasonSecureOnly} {
			texts["Refusal "+reason.String()] = (&jar.Refusal{Reason: reason, Name: c.Name, Host: c.Domain}).Error()
		}

		// What a jar itself says of lines, files and ready-made cookies.
		var said []string
		j := mustJar(t, &jar.Options{
			Refused:  func(r *jar.Refusal) { said = append(said, r.Error()) },
			Withheld: func(r *jar.Refusal) { said = append(said, r.Error()) },
		})
		stop := j.Watch(func(e jar.Event) {
			for _, v := range e.Verdicts {
				said = append(said, v.String(), fmt.Sprint(v))
			}
		})
		line := "n" + trick + "=v" + trick + "; Path=/" + trick
		j.Receive(to(t, "https://a.test/"), []string{line, line + "; Domain=" + trick, line + "; SameSite=Strict; Secure"})
		j.Receive(host("h"+trick), []string{line})
		j.Accept(c)
		cross := to(t, "https://a.test/"+url.PathEscape(trick))
		cross.Context = &jar.Context{Initiator: mustURL(t, "https://b.test/")}
		j.Header(cross)
		stop()
		_, err := cookiefile.Load(j, strings.NewReader(c.Domain+"\tTRUE\t"+c.Path+"\tTRUE\t0\t"+c.Name+"\t"+c.Value+"\na.test\tTRUE\t/\tTRUE\t0\t__Host-"+c.Name+"\t"+c.Value+"\n"), nil)
		said = append(said, fmt.Sprint(err))
		err = cookiefile.Write(io.Discard, slices.Values([]jar.Cookie{c}), nil)
		said = append(said, fmt.Sprint(err))
		for f := cookiefile.JSON; f <= cookiefile.WebDriver; f++ {
			err = cookiefile.Write(io.Discard, slices.Values([]jar.Cookie{c}), &cookiefile.WriteOptions{Format: f})
			said = append(said, fmt.Sprint(err))
		}
		texts["said"] = strings.Join(said, "\n")

		var log bytes.Buffer
		l := slog.New(slog.NewTextHandler(&log, nil))
		l.Info("m", "cookie", c, "change", jar.Change{Cookie: c}, "verdict", jar.Verdict{Cookie: c, Host: c.Domain}, "refusal", &jar.Refusal{Name: c.Name, Host: c.Domain, Reason: policy.ReasonHost})
		texts["slog"] = log.String()

		for what, text := range texts {
			if text == "" {
				t.Errorf("%s of %q: no text to look at", what, trick)
			}
			if what == "slog" {
				text = strings.ReplaceAll(text, "\x7f", "") // slog lets it through, and terminals ignore it
			}
			if bad, found := unprintable(text); found {
				t.Errorf("%s of %q: %q has %s", what, trick, text, bad)
			}
		}
	}
}
