package jar_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// A host with a colon or a percent sign is an address or invalid: it has only its own cookies,
// and is in no domain.
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
		t.Run(ua.String(), func(t *testing.T) {
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
		})
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
		t.Run(ua.String(), func(t *testing.T) {
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
		})
	}
}

// An address has no parent domain and no subdomain.
//
// Learned from CVE-2014-3613: curl let 192.168.0.1 set cookies for 168.0.1 and sent them to
// every address with that end.
func TestAddressHasNoParents(t *testing.T) {
	for _, address := range []string{"192.168.0.1", "127.0.0.1", "[2001:db8::1]", "[::ffff:102:304]"} {
		for _, ua := range userAgents {
			t.Run(ua.String()+" "+address, func(t *testing.T) {
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
			})
		}
	}
}

// The jar and net/http read the same host from a URL, whatever the URL looks like.
//
// Learned from CVE-2016-8624 (curl: "http://example.com#@evil.test/") and others in which two
// parsers, one that checks a URL and one that connects, disagree.
func TestURLHost(t *testing.T) {
	tests := []struct{ url, want, why string }{ // want is "" if the URL has no cookies
		{`https://example.com%5C@example.net/`, "example.net", "userinfo may have an encoded backslash"},
		{`https://example.com%5c%2f@example.net/`, "example.net", "userinfo may have an encoded slash"},
		{`https://example.com\@example.net/`, "", "browsers read a backslash as a slash, net/url reads none"},
		{`https://example.com@example.net/`, "example.net", "userinfo may look like a host"},
		{`https://example.com:secret@example.net/`, "example.net", "the password is userinfo, too"},
		{`https://example.com:443@example.net:8443/`, "example.net", "what looks like a port is a password"},
		{`https://example.com#@example.net/`, "example.com", "a fragment ends the host"},
		{`https://example.com?@example.net/`, "example.com", "a query ends the host"},
		{`https://example.com/@example.net/`, "example.com", "a path ends the host"},
		{`https://example.com;@example.net/`, "example.net", "userinfo may have a semicolon"},
		{`https://example.com%40example.net/`, "", "an encoded @ does not end userinfo"},
		{`https://a@example.com@example.net/`, "example.net", "the last @ ends userinfo"},
		{`https://example.com\.example.net/`, "", "no host has a backslash"},
		{`https://example.com/\example.net/`, "example.com", "a slash ends the host"},
		{`https:\\example.com\`, "", "a backslash begins no host"},
		{`https:example.com/`, "", "an opaque URL has no host"},
		{`https:/example.com/`, "", "one slash begins no host"},
		{`https:///example.com/`, "", "the host is empty"},
		{"https://exam\tple.com/", "", "browsers drop a tab, net/url refuses it"},
		{"https://example.com\t/", "", "browsers drop a tab, net/url refuses it"},
		{"https://example.com\n@example.net/", "", "a newline is not dropped"},
		{"\thttps://example.com/", "", "a tab begins no scheme"},
		{`https://example.com%09/`, "", "an encoded tab is not dropped"},
		{`https://example.com%2F.example.net/`, "", "an encoded slash does not end the host"},
		{`https://example.com%00.example.net/`, "", "an encoded NUL does not end the host"},
		{`https://example.com%20.example.net/`, "", "no host has a space"},
		{`https://example%2Ecom/`, "", "an encoded dot is not decoded"},
		{`https://example.com:80:80/`, "", "a port is one number"},
		{`https://example.com:/`, "example.com", "an empty port is no port"},
		{`https://example.com:x/`, "", "a port is a number"},
		{`https://[::1]example.com/`, "", "nothing follows an address but a port"},
		{`https://[example.com]/`, "", "a name in brackets is no address"},
		{"https://example\u3002com/", "example.com", "the ideographic full stop is a dot"},
		{"https://ex\u24d0mple.com/", "example.com", "a circled letter is that letter"},
		{"https://example.c\u2100.example.net/", "", `U+2100 becomes "a/c", and no host has a slash`},
		{"https://example.com\uff0f.example.net/", "", "the fullwidth slash becomes a slash"},
		{"https://example.com\uff20example.net/", "", "the fullwidth @ becomes an @"},
		{"https://exa\u00admple.com/", "example.com", "a soft hyphen is nothing"},
		{`https://EXAMPLE.com./`, "example.com.", "the trailing dot stays, and letters have no case"},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			var got string
			if u, err := url.Parse(tt.url); err == nil {
				j := mustJar(t, nil)
				if v := j.Receive(&jar.Request{URL: u}, []string{"a=1; Path=/"})[0]; v.OK() {
					got = v.Cookie.Domain
				}
				for _, h := range []string{"example.com", "example.net", "example.com.example.net", "www.example.com"} {
					if header := j.Header(host(h)); (header != "") != (h == tt.want) {
						t.Errorf("set by %q, Header(%s) = %q, want it at %q alone: %s", tt.url, h, header, tt.want, tt.why)
					}
				}
			}
			if got != tt.want {
				t.Errorf("%q set cookies for %q, want %q: %s", tt.url, got, tt.want, tt.why)
			}
		})
	}
}

// A request to an invalid host carries no cookies, for ReasonHost.
// See RFC 6265bis, Section 5.8.3, step 2.
func TestNoHost(t *testing.T) {
	for _, h := range []string{"", "[", "a b", "%zz", "256.256.256.256", "a\x00", "xn--.test"} {
		t.Run(fmt.Sprintf("%q", h), func(t *testing.T) {
			j := mustJar(t, nil)
			c := jar.Cookie{Name: "a", Value: "1", Domain: h, HostOnly: true, Path: "/"}
			if got := j.Judge(c, host(h)).Reason; got != policy.ReasonHost {
				t.Errorf("Judge to %q = %v, want %v", h, got, policy.ReasonHost)
			}
			if got := j.Explain(host(h)); got != nil {
				t.Errorf("Explain of %q = %v, want none", h, got)
			}
		})
	}
}

// A Request.Host that overrides the URL's host does so for one request: the next request has
// the cookies of its own host, and none that were set for the other. This tests
// http.CookieJar, where net/http passes the host; [TestTransportHost] tests Transport.
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
