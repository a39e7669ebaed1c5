package jar_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/publicsuffix"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A step is one thing that is done to a jar.
type step func(http.CookieJar)

// set is a response to a request for a URL, its lines as http.Client hands them
// over.
func set(rawURL string, lines ...string) step {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return setURL(u, lines...)
}

func setURL(u *url.URL, lines ...string) step {
	return func(j http.CookieJar) {
		j.SetCookies(u, (&http.Response{Header: http.Header{"Set-Cookie": lines}}).Cookies())
	}
}

// put is a program's own call of SetCookies.
func put(rawURL string, cookies ...*http.Cookie) step {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return func(j http.CookieJar) { j.SetCookies(u, cookies) }
}

func wait(d time.Duration) step { return func(http.CookieJar) { time.Sleep(d) } }

// sent returns what http.Client would send: the cookies of a jar for a URL, as
// http.Request.AddCookie writes them.
func sent(j http.CookieJar, u *url.URL) string {
	req := &http.Request{Header: http.Header{}}
	for _, c := range j.Cookies(u) {
		req.AddCookie(c)
	}
	return req.Header.Get("Cookie")
}

// lists are the public suffix lists of the tests below. "nil" is that of
// cookiejar.Options{}; a jar.Jar then uses the embedded one.
func lists(name string) cookiejar.PublicSuffixList {
	switch name {
	case "":
		return publicsuffix.List
	case "broken":
		return brokenList{}
	}
	return nil
}

// brokenList answers nothing to everything, which the standard library's
// documentation calls valid.
type brokenList struct{}

func (brokenList) PublicSuffix(string) string { return "" }
func (brokenList) String() string             { return "broken" }

// newStd returns net/http's jar.
func newStd(tb testing.TB, list string) http.CookieJar {
	tb.Helper()
	j, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: lists(list)})
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

func newOurs(tb testing.TB, list string, ua jar.UserAgent) http.CookieJar {
	tb.Helper()
	return mustJar(tb, &jar.Options{PublicSuffixList: lists(list), UserAgent: ua})
}

// A difference from net/http/cookiejar.
type difference struct {
	id    string
	list  string // the name of the public suffix list
	steps []step
	get   *url.URL
	count bool // the results are how many cookies are sent

	std, standard, compat string
	why                   string
}

func at(rawURL string) *url.URL {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	return u
}

// manyLines returns lines that set n cookies.
func manyLines(n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("c%d=1", i))
	}
	return lines
}

func manyCookies(n int) (cookies []*http.Cookie) {
	for i := range n {
		cookies = append(cookies, &http.Cookie{Name: fmt.Sprintf("c%d", i), Value: "1"})
	}
	return cookies
}

const day = 24 * time.Hour

// lifted are the rules that net/http/cookiejar lacks, and that jar.Compat lifts.
var lifted = []difference{
	{
		id: "secure-prefix", steps: []step{set("https://a.test/", "__Secure-a=1")}, get: at("https://a.test/"),
		std: "__Secure-a=1", standard: "", compat: "__Secure-a=1",
		why: "a __Secure- cookie must be Secure: Section 5.7, step 20",
	},
	{
		id: "secure-prefix-case", steps: []step{set("https://a.test/", "__sEcUrE-a=1")}, get: at("https://a.test/"),
		std: "__sEcUrE-a=1", standard: "", compat: "__sEcUrE-a=1",
		why: "servers may read names in any case, so prefixes count in any: Section 5.4",
	},
	{
		id: "host-prefix", steps: []step{set("https://www.a.test/", "__Host-a=1; Secure; Path=/; Domain=a.test", "__Host-b=1; Secure", "__Host-c=1; Secure; Path=/")},
		get: at("https://www.a.test/"),
		std: "__Host-a=1; __Host-b=1; __Host-c=1", standard: "__Host-c=1", compat: "__Host-a=1; __Host-b=1; __Host-c=1",
		why: "a __Host- cookie must be Secure, host-only, and say Path=/: Section 5.7, step 21",
	},
	{
		id: "http-prefix", steps: []step{set("https://a.test/", "__Http-a=1; Secure", "__Http-b=1; Secure; HttpOnly")}, get: at("https://a.test/"),
		std: "__Http-a=1; __Http-b=1", standard: "__Http-b=1", compat: "__Http-a=1; __Http-b=1",
		why: "an __Http- cookie must be Secure and HttpOnly: the layered draft",
	},
	{
		id: "host-http-prefix", steps: []step{set("https://a.test/", "__Host-Http-a=1; Secure; Path=/", "__Host-Http-b=1; Secure; HttpOnly; Path=/")}, get: at("https://a.test/"),
		std: "__Host-Http-a=1; __Host-Http-b=1", standard: "__Host-Http-b=1", compat: "__Host-Http-a=1; __Host-Http-b=1",
		why: "a __Host-Http- cookie must be all of that: the layered draft",
	},
	{
		id: "nameless-prefix", steps: []step{put("https://a.test/", &http.Cookie{Value: "__Host-a=1"})}, get: at("https://a.test/"),
		std: "=__Host-a=1", standard: "", compat: "=__Host-a=1",
		why: "without its name it would be read as another cookie: Section 5.7, step 22",
	},
	{
		id: "secure-overlay", steps: []step{set("https://a.test/", "a=good; Secure"), set("http://a.test/", "a=forged")}, get: at("https://a.test/"),
		std: "a=forged", standard: "a=good", compat: "a=forged",
		why: "an insecure origin leaves Secure cookies alone: Section 5.7, step 16",
	},
	{
		id: "secure-overlay-delete", steps: []step{set("https://a.test/", "a=good; Secure"), set("http://a.test/", "a=; Max-Age=0")}, get: at("https://a.test/"),
		std: "", standard: "a=good", compat: "",
		why: "nor may it delete them: Section 5.7, step 16",
	},
	{
		id: "secure-overlay-sibling", steps: []step{set("https://www.a.test/", "a=good; Secure; Domain=a.test"), set("http://evil.a.test/", "a=forged; Domain=evil.a.test")},
		get: at("https://evil.a.test/"),
		std: "a=good; a=forged", standard: "a=good", compat: "a=good; a=forged",
		why: "nor shadow them from below: Section 5.7, step 16.3",
	},
	{
		id: "secure-from-http", steps: []step{set("http://a.test/", "a=1; Secure")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "a=1",
		why: "an insecure origin sets no Secure cookie: Section 5.7, step 13",
	},
	{
		id: "samesite-none-insecure", steps: []step{set("https://a.test/", "a=1; SameSite=None")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "a=1",
		why: "SameSite=None must be Secure: Section 5.7, step 19",
	},
	{
		id: "limit-site", steps: []step{set("https://a.test/", manyLines(181)...)}, get: at("https://a.test/"), count: true,
		std: "181", standard: "150", compat: "181",
		why: "one cookie more than 180 purges a site to 150, as Chromium does; net/http/cookiejar keeps all that anybody sends",
	},
	{
		id: "lifetime-max-age", steps: []step{set("https://a.test/", "a=1; Max-Age=63072000"), wait(401 * day)}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "a=1",
		why: "no cookie outlives 400 days: Section 5.5",
	},
	{
		id: "lifetime-expires", steps: []step{set("https://a.test/", "a=1; Expires=Fri, 01 Jan 2010 00:00:00 GMT"), wait(401 * day)}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "a=1",
		why: "no cookie outlives 400 days: Section 5.5 (the test's clock starts in 2000)",
	},
}

// kept are the differences that jar.Compat has too: what a cookie's identity is,
// what a URL, a line, a date says.
var kept = []difference{
	// The public suffix list.
	{
		id: "nil-list", list: "nil", steps: []step{set("https://evil.co.uk/", "a=1; Domain=co.uk")}, get: at("https://bank.co.uk/"),
		std: "a=1", standard: "", compat: "",
		why: "nil Options are safe here: the embedded list is on",
	},
	{
		id: "nil-list-private", list: "nil", steps: []step{set("https://evil.github.io/", "a=1; Domain=github.io")}, get: at("https://user.github.io/"),
		std: "a=1", standard: "", compat: "",
		why: "the embedded list has the private suffixes too",
	},
	{
		id: "nil-list-suffix-itself", list: "nil", steps: []step{set("https://github.io/", "a=1; Domain=github.io")}, get: at("https://user.github.io/"),
		std: "a=1", standard: "", compat: "",
		why: "a suffix naming itself sets a host-only cookie: Section 5.7, step 9.3",
	},
	{
		id: "broken-list", list: "broken", steps: []step{set("https://www.a.test/", "a=1; Domain=a.test")}, get: at("https://www.a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "a list that does not answer protects nobody: no domain cookies by it",
	},

	// Identity.
	{
		id: "host-only-identity", steps: []step{set("https://a.test/", "a=host"), set("https://a.test/", "a=domain; Domain=a.test")}, get: at("https://a.test/"),
		std: "a=domain", standard: "a=host; a=domain", compat: "a=host; a=domain",
		why: "a host-only cookie and a domain cookie are two: Section 5.7, step 23",
	},
	{
		id: "host-only-identity-takes-over", steps: []step{set("https://a.test/", "a=host"), set("https://www.a.test/", "a=sub; Domain=a.test")}, get: at("https://a.test/"),
		std: "a=sub", standard: "a=host; a=sub", compat: "a=host; a=sub",
		why: "a host below cannot replace the host-only cookie of the one above",
	},
	{
		id: "host-only-identity-delete", steps: []step{set("https://a.test/", "a=domain; Domain=a.test"), set("https://a.test/", "a=; Max-Age=0")}, get: at("https://a.test/"),
		std: "", standard: "a=domain", compat: "a=domain",
		why: "who deletes must name the cookie's Domain",
	},
	{
		id: "partition-identity", steps: []step{set("https://a.test/", "a=1; Secure", "a=2; Secure; Partitioned")}, get: at("https://a.test/"),
		std: "a=2", standard: "a=1; a=2", compat: "a=1; a=2",
		why: "CHIPS: partitioned cookies are kept apart",
	},
	{
		id: "partitioned-insecure", steps: []step{set("https://a.test/", "a=1; Partitioned")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "CHIPS: a Partitioned cookie must be Secure",
	},
	{
		id: "expired-creation", steps: []step{set("https://a.test/", "a=1; Max-Age=1", "b=1"), wait(2 * time.Second), set("https://a.test/", "a=2")}, get: at("https://a.test/"),
		std: "a=2; b=1", standard: "b=1; a=2", compat: "b=1; a=2",
		why: "an expired cookie is gone: what comes after it is new, and has a new creation time",
	},

	// Hosts.
	{
		id: "trailing-dot-host", steps: []step{set("https://a.test./", "a=1")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "to browsers, with and without a trailing dot are two hosts",
	},
	{
		id: "trailing-dot-domain", steps: []step{set("https://www.a.test./", "a=1; Domain=a.test.")}, get: at("https://www.a.test./"),
		std: "", standard: "a=1", compat: "a=1",
		why: "such a host has parents with a trailing dot",
	},
	{
		id: "trailing-dot-domain-without", steps: []step{set("https://www.a.test./", "a=1; Domain=a.test")}, get: at("https://www.a.test./"),
		std: "a=1", standard: "", compat: "",
		why: "and only such",
	},
	{
		id: "idn-case", steps: []step{set("https://B\u00dcCHER.test/", "a=1")}, get: at("https://b\u00fccher.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "IDNA maps upper case to lower: Section 5.1.2",
	},
	{
		id: "idn-dots", steps: []step{set("https://www\u3002a.test/", "a=1")}, get: at("https://www.a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "IDNA maps other full stops to dots: Section 5.1.2",
	},
	{
		id: "idn-normalization", steps: []step{set("https://bu\u0308cher.test/", "a=1")}, get: at("https://b\u00fccher.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "IDNA normalizes: Section 5.1.2",
	},
	{
		id: "idn-fake", steps: []step{set("https://xn--a.test/", "a=1")}, get: at("https://xn--a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "what looks like an A-label and is none cannot be canonicalized: Section 5.7, step 9.2",
	},
	{
		id: "ipv4-spelling", steps: []step{set("https://127.1/", "a=1")}, get: at("https://0x7f.0.0.1/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "browsers read all spellings of an IPv4 address",
	},
	{
		id: "ipv4-bad", steps: []step{set("https://256.256.256.256/", "a=1")}, get: at("https://256.256.256.256/"),
		std: "a=1", standard: "", compat: "",
		why: "what ends in a number is an address, or nothing",
	},
	{
		id: "ipv4-domain-dot", steps: []step{set("https://127.0.0.1/", "a=1; Domain=.127.0.0.1")}, get: at("https://127.0.0.1/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "the leading dot is dropped before anything is compared: Section 5.6.3, step 2",
	},
	{
		id: "ipv6-port", steps: []step{set("https://[::1]:8443/", "a=1")}, get: at("https://[::1]/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "cookies know no ports; net/http/cookiejar drops the brackets along with a port and keeps them without",
	},
	{
		id: "ipv6-spelling", steps: []step{set("https://[0:0::1]/", "a=1")}, get: at("https://[::1]/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "one address, two spellings",
	},
	{
		id: "ipv6-domain", steps: []step{set("https://[::1]:8443/", "a=1; Domain=[::1]")}, get: at("https://[::1]:8443/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "the host is written in brackets, with a port as without",
	},
	{
		id: "ipv6-domain-bare", steps: []step{set("https://[::1]:8443/", "a=1; Domain=::1")}, get: at("https://[::1]:8443/"),
		std: "a=1", standard: "", compat: "",
		why: "and never without them",
	},
	{
		id: "ipv6-loopback", steps: []step{set("http://[::1]/", "a=1; Secure")}, get: at("http://[::1]/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "loopback is trustworthy: with brackets net/http/cookiejar does not see the address",
	},
	{
		id: "ipv6-mapped-loopback", steps: []step{set("https://[::ffff:127.0.0.1]:80/", "a=1; Secure")}, get: at("http://[::ffff:127.0.0.1]:80/"),
		std: "a=1", standard: "", compat: "",
		why: "Chromium's loopback is ::1 alone",
	},
	{
		id: "no-host", steps: []step{setURL(&url.URL{Scheme: "http", Path: "/"}, "a=1")}, get: &url.URL{Scheme: "http", Path: "/"},
		std: "a=1", standard: "", compat: "",
		why: "a URL without a host has no cookies",
	},
	{
		id: "bad-host", steps: []step{setURL(&url.URL{Scheme: "http", Host: "a%b.test"}, "a=1")}, get: &url.URL{Scheme: "http", Host: "a%b.test"},
		std: "a=1", standard: "", compat: "",
		why: "nor one whose host is none",
	},

	// The Domain attribute.
	{
		id: "domain-dot", steps: []step{set("https://a.test/", "a=1; Domain=.")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "without its leading dot it is empty, and so as good as none: Section 5.7, step 10",
	},
	{
		id: "domain-not-ascii", steps: []step{set("https://xn--bcher-kva.test/", "a=1; Domain=b\u00fccher.test")}, get: at("https://xn--bcher-kva.test/"),
		std: "a=1", standard: "", compat: "",
		why: "net/http drops the attribute, and the cookie becomes host-only; the draft refuses it: Section 5.7, step 8",
	},
	{
		id: "domain-too-long", steps: []step{set("https://a.test/", "a=1; Domain="+strings.Repeat("d", 1025))}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "an attribute value of more than 1024 octets is ignored: Section 5.6, attributes, step 6",
	},
	{
		id: "domain-quoted", steps: []step{set("https://a.test/", `a=1; Domain="evil.test"`)}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "net/http drops an attribute with a quote in it; to the draft it is a domain, and a foreign one",
	},

	// Paths.
	{
		id: "path-escaped-request", steps: []step{set("https://a.test/", "a=1; Path=/a%20b")}, get: at("https://a.test/a%20b/c"),
		std: "", standard: "a=1", compat: "a=1",
		why: "paths are compared as they are sent; net/http/cookiejar decodes the request's and not the cookie's",
	},
	{
		id: "path-decoded-request", steps: []step{set("https://a.test/", "a=1; Path=/a b")}, get: at("https://a.test/a%20b/c"),
		std: "a=1", standard: "", compat: "",
		why: "the request's path is /a%20b/c",
	},
	{
		id: "path-escaped-slash", steps: []step{set("https://a.test/", "a=1; Path=/a")}, get: at("https://a.test/a%2Fb"),
		std: "a=1", standard: "", compat: "",
		why: "an escaped slash divides no path",
	},
	{
		id: "path-escaped-default", steps: []step{set("https://a.test/a%2Fb/c", "a=1")}, get: at("https://a.test/a/b/c"),
		std: "a=1", standard: "", compat: "",
		why: "nor does it in the default-path: Section 5.1.4",
	},
	{
		id: "path-relative", steps: []step{set("https://a.test/", "a=1")}, get: &url.URL{Scheme: "https", Host: "a.test", Path: "x"},
		std: "", standard: "a=1", compat: "a=1",
		why: "net/http sends /x for a path without a slash",
	},
	{
		id: "path-star", steps: []step{set("https://a.test/", "a=1")}, get: &url.URL{Scheme: "https", Host: "a.test", Path: "*"},
		std: "", standard: "a=1", compat: "a=1",
		why: "OPTIONS * is a request without a path, which is /",
	},
	{
		id: "path-opaque", steps: []step{set("https://a.test/", "a=1; Path=/x")}, get: &url.URL{Scheme: "https", Host: "a.test", Opaque: "//a.test/x"},
		std: "", standard: "a=1", compat: "a=1",
		why: "net/http sends the path in Opaque",
	},
	{
		id: "path-not-ascii", steps: []step{set("https://a.test/x/y", "a=1; Path=/\u00fc")}, get: at("https://a.test/x/y"),
		std: "a=1", standard: "", compat: "",
		why: "net/http drops a Path that is not ASCII, and the default-path takes its place; the draft takes any octets",
	},
	{
		id: "path-quote", steps: []step{set("https://a.test/x/y", `a=1; Path=/"q"`)}, get: at("https://a.test/x/y"),
		std: "a=1", standard: "", compat: "",
		why: "likewise a Path with a quote",
	},
	{
		id: "path-too-long", steps: []step{set("https://a.test/", "a=1; Path=/"+strings.Repeat("p", 1024))}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "an attribute value of more than 1024 octets is ignored: Section 5.6, attributes, step 6",
	},
	{
		id: "path-space", steps: []step{set("https://a.test/x/y", "a=1; Path= /")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "white space around an attribute's value is dropped: Section 5.6, attributes, step 5",
	},

	// Lines.
	{
		id: "attribute-space", steps: []step{set("https://a.test/x/y", "a=1; Path =/")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "white space around an attribute's name is dropped: Section 5.6, attributes, step 5",
	},
	{
		id: "secure-value", steps: []step{set("https://a.test/", `a=1; Secure="yes"`)}, get: at("http://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "whatever the value, the attribute is there: Section 5.6.5; net/http drops one with a quote",
	},
	{
		id: "value-space", steps: []step{set("https://a.test/", "a= 1 ")}, get: at("https://a.test/"),
		std: `a=" 1"`, standard: "a=1", compat: "a=1",
		why: "white space around a value is dropped: Section 5.6, step 4",
	},
	{
		id: "control-in-attribute", steps: []step{set("https://a.test/", "a=1; X=\x01")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "a control octet refuses the whole line: Section 5.6, step 1",
	},
	{
		id: "too-long", steps: []step{set("https://a.test/", "a="+strings.Repeat("v", 4096))}, get: at("https://a.test/"), count: true,
		std: "1", standard: "0", compat: "0",
		why: "name and value have at most 4096 octets: Section 5.6, step 5",
	},

	// Ages and dates.
	{
		id: "max-age-plus", steps: []step{set("https://a.test/", "a=1; Max-Age=+1"), wait(2 * time.Second)}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "a plus sign is no digit: the attribute is ignored: Section 5.6.2, step 2",
	},
	{
		id: "max-age-zeros", steps: []step{set("https://a.test/", "a=1; Max-Age=01"), wait(2 * time.Second)}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "leading zeros are digits: Section 5.6.2",
	},
	{
		id: "max-age-space", steps: []step{set("https://a.test/", "a=1; Max-Age= 1"), wait(2 * time.Second)}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "white space around an attribute's value is dropped: Section 5.6, attributes, step 5",
	},
	{
		id: "max-age-negative-huge", steps: []step{set("https://a.test/", "a=1; Max-Age=-99999999999999999999")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "a number of any length is a number: Section 5.6.2",
	},
	{
		id: "max-age-overflow", steps: []step{set("https://a.test/", "a=1; Max-Age=10000000000")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "317 years are too long for a time.Duration, where net/http/cookiejar overflows into the past",
	},
	{
		id: "max-age-huge", steps: []step{set("https://a.test/", "a=1; Max-Age=99999999999999999999; Expires=Thu, 01 Jan 1970 00:00:00 GMT")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "a number of any length is a number, and Max-Age prevails over Expires: Section 5.7, step 6",
	},
	{
		id: "expires-two-digit-year", steps: []step{set("https://a.test/", "a=1"), set("https://a.test/", "a=; Expires=Thursday, 01-Jan-70 00:00:00 GMT")}, get: at("https://a.test/"),
		std: "a=", standard: "", compat: "",
		why: "net/http reads two formats, the cookie-date algorithm many: Section 5.1.1",
	},
	{
		id: "expires-asctime", steps: []step{set("https://a.test/", "a=1"), set("https://a.test/", "a=; Expires=Thu Jan  1 00:00:00 1970")}, get: at("https://a.test/"),
		std: "a=", standard: "", compat: "",
		why: "net/http reads two formats, the cookie-date algorithm many: Section 5.1.1",
	},
	{
		id: "expires-offset", steps: []step{set("https://a.test/", "a=1"), set("https://a.test/", "a=; Expires=Thu, 01 Jan 1970 00:00:00 -0500")}, get: at("https://a.test/"),
		std: "a=", standard: "", compat: "",
		why: "net/http reads two formats, the cookie-date algorithm many: Section 5.1.1",
	},
	{
		id: "expires-quoted", steps: []step{set("https://a.test/", "a=1"), set("https://a.test/", `a=; Expires="Thu, 01 Jan 1970 00:00:00 GMT"`)}, get: at("https://a.test/"),
		std: "a=", standard: "", compat: "",
		why: "quotes are delimiters in a cookie-date: Section 5.1.1",
	},
	{
		id: "expires-too-early", steps: []step{set("https://a.test/", "a=1; Expires=Sat, 01 Jan 1600 00:00:00 GMT")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "a year before 1601 is no date, and the attribute is ignored: Section 5.1.1, step 5",
	},
	{
		id: "expires-then-junk", steps: []step{set("https://a.test/", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=junk")}, get: at("https://a.test/"),
		std: "a=1", standard: "", compat: "",
		why: "an Expires that is no date is ignored, and does not undo the one before: Section 5.6.1, step 2",
	},

	// URLs.
	{
		id: "websocket", steps: []step{set("https://a.test/", "a=1")}, get: at("wss://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "a WebSocket begins as an HTTP request, and browsers send it cookies",
	},
	{
		id: "websocket-sets", steps: []step{set("ws://a.test/", "a=1")}, get: at("http://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "and take them from its response",
	},
	{
		id: "upper-case-scheme", steps: []step{setURL(&url.URL{Scheme: "HTTPS", Host: "a.test"}, "a=1")}, get: at("https://a.test/"),
		std: "", standard: "a=1", compat: "a=1",
		why: "schemes have no case; only a URL that url.Parse did not make shows it",
	},

	// Cookies that a program made.
	{
		id: "made-empty", steps: []step{put("https://a.test/", &http.Cookie{})}, get: at("https://a.test/"),
		std: "=", standard: "", compat: "",
		why: "neither name nor value: Section 5.7, step 2",
	},
	{
		id: "made-control", steps: []step{put("https://a.test/", &http.Cookie{Name: "a", Value: "x\ny"})}, get: at("https://a.test/"),
		std: "a=xy", standard: "", compat: "",
		why: "a control octet refuses the cookie: Section 5.7, step 3; net/http drops it later, and the value is another",
	},
	{
		id: "made-separator", steps: []step{put("https://a.test/", &http.Cookie{Name: "a", Value: "1; b=2"})}, get: at("https://a.test/"),
		std: "a=\"1 b=2\"", standard: "", compat: "",
		why: "no line says this, and a Cookie header would say something else",
	},
	{
		id: "made-quotes", steps: []step{put("https://a.test/", &http.Cookie{Name: "a", Value: `"q"`})}, get: at("https://a.test/"),
		std: "a=q", standard: `a="q"`, compat: `a="q"`,
		why: "quotes are part of a value; net/http drops them unless Quoted is set, which the jar does",
	},
	{
		id: "made-many", steps: []step{put("https://a.test/", manyCookies(3001)...)}, get: at("https://a.test/"), count: true,
		std: "3001", standard: "179", compat: "3000",
		why: "of one response 3000 cookies are read, unless Options.MaxReceived says else, and each 181st purges the site to 150; net/http hands over no more, but a program may",
	},
}

// Each difference from net/http/cookiejar, what both do, and why. What is not
// listed here is no difference: TestStdlibAgrees and FuzzStdlib hold that.
func TestStdlibDifferences(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range []struct {
		name string
		rows []difference
	}{{"lifted", lifted}, {"kept", kept}} {
		for _, d := range table.rows {
			t.Run(table.name+"/"+d.id, func(t *testing.T) {
				if d.id == "" || d.why == "" || seen[d.id] {
					t.Fatalf("row %q: want a unique id and a reason", d.id)
				}
				seen[d.id] = true
				if d.id == "max-age-overflow" && strconv.IntSize < 64 {
					t.Skip("an int does not hold the number: net/http reads no Max-Age")
				}
				if d.std == d.standard && d.standard == d.compat {
					t.Errorf("the three columns are %q: that is no difference", d.std)
				}
				if (table.name == "lifted") != (d.std == d.compat) {
					t.Errorf("net/http %q, Compat %q: the row is in the wrong table, %s", d.std, d.compat, table.name)
				}
				for _, column := range []struct {
					name, want string
					jar        http.CookieJar
				}{
					{"net/http/cookiejar", d.std, newStd(t, d.list)},
					{"jar.Standard", d.standard, newOurs(t, d.list, jar.Standard)},
					{"jar.Compat", d.compat, newOurs(t, d.list, jar.Compat)},
				} {
					synctest.Test(t, func(t *testing.T) {
						for _, s := range d.steps {
							s(column.jar)
						}
						got := sent(column.jar, d.get)
						if d.count {
							got = fmt.Sprint(len(column.jar.Cookies(d.get)))
						}
						if got != column.want {
							t.Errorf("%s sends %q, want %q: %s", column.name, got, column.want, d.why)
						}
					})
				}
			})
		}
	}
}

// The alphabets of the differential test. What they leave out is listed as a
// difference above: no trailing dots, odd addresses or IDN hosts; no escapes in
// paths; no white space, quotes or control octets but plain ones; no odd ages
// and dates, and each attribute once; no Partitioned. Two differences have to do
// with the order of events, and are left out in the code: see hostOnlyIdentity
// and expiredCreation.
var alphabet = struct {
	scheme, host, path, name, value, domain, pathAttr, age, expires, flags []string
}{
	scheme: []string{"http", "https"},
	host: []string{
		"example.com", "www.example.com", "a.www.example.com", "EXAMPLE.com:8080", "other.com", "example.co.uk", "www.example.co.uk",
		"co.uk", "github.io", "user.github.io", "localhost", "app.localhost", "127.0.0.1", "127.0.0.1:8080", "192.168.0.1",
		"xn--bcher-kva.example", "b\u00fccher.example", "a_b.example.com", "single",
	},
	path:  []string{"", "/", "/a", "/a/", "/a/b", "/a/b/", "/ab", "/A", "//a"},
	name:  []string{"a", "b", "A", "__Host-a", "__Secure-a", "__Http-a"},
	value: []string{"1", "2", "", "x y", "x,y", `"quoted"`, `"q q"`, "a=b"},
	domain: []string{
		"", "", "", "example.com", ".example.com", "EXAMPLE.COM", "www.example.com", "a.www.example.com", "com", "co.uk", "example.co.uk",
		".co.uk", "github.io", "localhost", "127.0.0.1", "0.0.1", "xn--bcher-kva.example", "..example.com", "example.com:80", "xample.com",
	},
	pathAttr: []string{"", "", "Path", "Path=", "Path=/", "Path=/a", "Path=/a/", "Path=/a/b", "Path=/ab", "Path=a", "PATH=/A"},
	age:      []string{"", "", "", "", "Max-Age=0", "Max-Age=-1", "Max-Age=1", "Max-Age=60", "max-age=1000000", "Max-Age=x", "Max-Age", "Max-Age=1.5"},
	expires: []string{
		"", "", "", "", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "expires=Fri, 01 Jan 2100 00:00:00 GMT",
		"Expires=Fri, 01-Jan-2100 00:00:00 GMT", "Expires=Sat, 01 Jan 2000 00:01:00 GMT", "Expires=0", "Expires",
	},
	flags: []string{
		"", "", "Secure", "HttpOnly", "Secure; HttpOnly", "SameSite=Strict", "SameSite=Lax", "SameSite=None", "samesite=x; secure",
		"Priority=High", "Foo=bar; ; =", "Secure; SameSite=None",
	},
}

// agree replays data, a sequence of choices, against both jars under Compat.
func agree(t *testing.T, data []byte) {
	synctest.Test(t, func(t *testing.T) {
		std, ours := newStd(t, ""), newOurs(t, "", jar.Compat)
		var story []string
		pick := func(from []string) string {
			if len(data) == 0 {
				return from[0]
			}
			choice := from[int(data[0])%len(from)]
			data = data[1:]
			return choice
		}
		both := func(u *url.URL) bool {
			story = append(story, "get "+u.String())
			want, got := sent(std, u), sent(ours, u)
			if got != want {
				t.Errorf("%s:\njar.Compat sends %q, want %q as net/http/cookiejar does, after\n%s", u, got, want, strings.Join(story, "\n"))
			}
			return got == want
		}
		for len(data) > 0 {
			op := data[0]
			data = data[1:]
			if op%8 == 7 {
				story = append(story, "wait")
				time.Sleep(time.Duration(op/8) * time.Second)
				// expiredCreation: let net/http/cookiejar see what has expired.
				for _, h := range alphabet.host {
					std.Cookies(&url.URL{Scheme: "http", Host: h})
				}
				continue
			}
			u := &url.URL{Scheme: pick(alphabet.scheme), Host: pick(alphabet.host), Path: pick(alphabet.path)}
			if op%8 > 4 {
				if !both(u) {
					return
				}
				continue
			}
			var lines []string
			for range 1 + op/8%3 {
				name, value, domain := pick(alphabet.name), pick(alphabet.value), pick(alphabet.domain)
				line := name
				if domain != "" {
					line += "D" // hostOnlyIdentity: no name is both host-only and not
					domain = "; Domain=" + domain
				}
				line += "=" + value + domain
				for _, attribute := range [][]string{alphabet.pathAttr, alphabet.age, alphabet.expires, alphabet.flags} {
					if a := pick(attribute); a != "" {
						line += "; " + a
					}
				}
				lines = append(lines, line)
			}
			story = append(story, fmt.Sprintf("set %s %q", u, lines))
			setURL(u, lines...)(std)
			setURL(u, lines...)(ours)
			if !both(u) {
				return
			}
		}
		for _, h := range alphabet.host {
			if !both(&url.URL{Scheme: "https", Host: h, Path: "/a/b"}) {
				return
			}
		}
	})
}

// Outside of the listed differences, Compat is net/http/cookiejar.
func TestStdlibAgrees(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 40
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range runs {
		data := make([]byte, 20+random.IntN(400))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		if agree(t, data); t.Failed() {
			return
		}
	}
}

func FuzzStdlib(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x05\x01\x01\x01\x0f"))
	f.Add([]byte(strings.Repeat("set and get, ", 20)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<10 {
			data = data[:1<<10]
		}
		agree(t, data)
	})
}

// What a program that moves from net/http/cookiejar relies on: both jars are put
// through it.
func TestStdlibBasics(t *testing.T) {
	type query struct{ url, want string }
	tests := []struct {
		name    string
		steps   []step
		queries []query
	}{
		{"host cookie", []step{set("http://www.host.test/", "a=1")}, []query{
			{"http://www.host.test/", "a=1"}, {"http://www.host.test", "a=1"}, {"https://www.host.test/some/path", "a=1"},
			{"http://host.test/", ""}, {"http://sub.www.host.test/", ""}, {"http://xwww.host.test/", ""}, {"ftp://www.host.test/", ""},
		}},
		{"domain cookie", []step{set("http://www.host.test/", "a=1; Domain=host.test", "b=2; Domain=.host.test", "c=3; Domain=www.host.test")}, []query{
			{"http://host.test/", "a=1; b=2"}, {"http://www.host.test/", "a=1; b=2; c=3"}, {"http://x.www.host.test/", "a=1; b=2; c=3"},
			{"http://other.host.test/", "a=1; b=2"}, {"http://nothost.test/", ""},
		}},
		{"foreign domains", []step{set("http://www.host.test/", "a=1; Domain=other.test", "b=2; Domain=x.www.host.test", "c=3; Domain=ost.test", "d=4; Domain=test", "ok=5")}, []query{
			{"http://www.host.test/", "ok=5"}, {"http://other.test/", ""}, {"http://x.www.host.test/", ""}, {"http://ost.test/", ""},
		}},
		{"public suffixes", []step{set("http://www.bbc.co.uk/", "a=1; Domain=co.uk", "b=2; Domain=uk", "c=3; Domain=bbc.co.uk"), set("http://user.github.io/", "d=4; Domain=github.io", "e=5")}, []query{
			{"http://www.bbc.co.uk/", "c=3"}, {"http://itv.co.uk/", ""}, {"http://user.github.io/", "e=5"}, {"http://other.github.io/", ""},
		}},
		{"a public suffix's own cookie", []step{set("http://co.uk/", "a=1; Domain=co.uk", "b=2")}, []query{
			{"http://co.uk/", "a=1; b=2"}, {"http://www.co.uk/", ""},
		}},
		{"addresses", []step{set("http://192.168.0.10/", "a=1", "b=2; Domain=192.168.0.10", "c=3; Domain=168.0.10", "d=4; Domain=0.10")}, []query{
			{"http://192.168.0.10/", "a=1; b=2"}, {"http://192.168.0.10:8080/", "a=1; b=2"}, {"http://1.192.168.0.10/", ""}, {"http://192.168.0.1/", ""},
		}},
		{"ipv6", []step{set("http://[2001:db8::1]/", "a=1")}, []query{{"http://[2001:db8::1]/", "a=1"}, {"http://[2001:db8::2]/", ""}}},
		{"single label", []step{set("http://intranet/", "a=1", "b=2; Domain=intranet")}, []query{{"http://intranet/", "a=1; b=2"}, {"http://www.intranet/", ""}}},
		{"ports", []step{set("http://host.test:8080/", "a=1")}, []query{{"http://host.test/", "a=1"}, {"https://host.test:8443/", "a=1"}}},
		{"case of hosts", []step{set("http://WWW.Host.TEST/", "a=1", "b=2; Domain=HOST.test")}, []query{{"http://www.host.test/", "a=1; b=2"}, {"http://HOST.test/", "b=2"}}},
		{"idn", []step{set("http://www.b\u00fccher.test/", "a=1", "b=2; Domain=xn--bcher-kva.test")}, []query{
			{"http://www.xn--bcher-kva.test/", "a=1; b=2"}, {"http://b\u00fccher.test/", "b=2"},
		}},
		{"secure", []step{set("https://host.test/", "a=1; Secure", "b=2")}, []query{{"https://host.test/", "a=1; b=2"}, {"http://host.test/", "b=2"}}},
		{"secure on loopback", []step{set("http://localhost/", "a=1; Secure"), set("http://127.0.0.1/", "b=2; Secure")}, []query{
			{"http://localhost/", "a=1"}, {"http://127.0.0.1/", "b=2"}, {"https://localhost/", "a=1"},
		}},
		{"http only", []step{set("http://host.test/", "a=1; HttpOnly")}, []query{{"http://host.test/", "a=1"}}},
		{"default path", []step{set("http://host.test/foo/bar", "a=1"), set("http://host.test/foo/", "b=2"), set("http://host.test/foo", "c=3"), set("http://host.test", "d=4")}, []query{
			{"http://host.test/foo/x", "a=1; b=2; c=3; d=4"}, {"http://host.test/foo", "a=1; b=2; c=3; d=4"}, {"http://host.test/foobar", "c=3; d=4"}, {"http://host.test/", "c=3; d=4"},
		}},
		{"paths", []step{set("http://host.test/", "a=1; Path=/foo", "b=2; Path=/foo/", "c=3; Path=bar", "d=4; Path=")}, []query{
			{"http://host.test/foo", "a=1; c=3; d=4"}, {"http://host.test/foo/", "b=2; a=1; c=3; d=4"}, {"http://host.test/foo/bar", "b=2; a=1; c=3; d=4"},
			{"http://host.test/foobar", "c=3; d=4"}, {"http://host.test/FOO", "c=3; d=4"}, {"http://host.test/", "c=3; d=4"},
		}},
		{"foreign path", []step{set("http://host.test/a", "a=1; Path=/elsewhere")}, []query{{"http://host.test/elsewhere/x", "a=1"}, {"http://host.test/a", ""}}},
		{"order", []step{set("http://host.test/", "a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x", "d=4; Path=/"), wait(time.Second), set("http://host.test/", "e=5; Path=/x/y", "f=6")}, []query{
			{"http://host.test/x/y/z", "b=2; e=5; c=3; a=1; d=4; f=6"}, {"http://host.test/", "a=1; d=4; f=6"},
		}},
		{"update keeps its place", []step{set("http://host.test/", "a=1", "b=2"), wait(time.Minute), set("http://host.test/", "a=3")}, []query{{"http://host.test/", "a=3; b=2"}}},
		{"delete and set again loses it", []step{set("http://host.test/", "a=1", "b=2", "a=; Max-Age=0", "a=3")}, []query{{"http://host.test/", "b=2; a=3"}}},
		{"same name, other path", []step{set("http://host.test/", "a=1; Path=/", "a=2; Path=/x")}, []query{{"http://host.test/x", "a=2; a=1"}, {"http://host.test/", "a=1"}}},
		{"same name, other domain", []step{set("http://www.host.test/", "a=1; Domain=host.test", "a=2; Domain=www.host.test")}, []query{{"http://www.host.test/", "a=1; a=2"}, {"http://host.test/", "a=1"}}},
		{"case of names", []step{set("http://host.test/", "a=1", "A=2")}, []query{{"http://host.test/", "a=1; A=2"}}},
		{"delete by max-age", []step{set("http://host.test/", "a=1", "b=2", "c=3"), set("http://host.test/", "a=; Max-Age=0", "b=; Max-Age=-1")}, []query{{"http://host.test/", "c=3"}}},
		{"delete by expires", []step{set("http://host.test/", "a=1", "b=2"), set("http://host.test/", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")}, []query{{"http://host.test/", "b=2"}}},
		{"delete needs the path", []step{set("http://host.test/", "a=1; Path=/x"), set("http://host.test/", "a=; Max-Age=0")}, []query{{"http://host.test/x", "a=1"}}},
		{"delete needs the domain", []step{set("http://www.host.test/", "a=1; Domain=host.test"), set("http://www.host.test/", "a=; Max-Age=0")}, []query{{"http://host.test/", "a=1"}}},
		{"delete what is not there", []step{set("http://host.test/", "a=; Max-Age=0"), set("http://other.test/", "b=1")}, []query{{"http://host.test/", ""}, {"http://other.test/", "b=1"}}},
		{"max-age", []step{set("http://host.test/", "a=1; Max-Age=10", "b=2; Max-Age=20", "c=3"), wait(10 * time.Second)}, []query{{"http://host.test/", "b=2; c=3"}}},
		{"max-age, just before", []step{set("http://host.test/", "a=1; Max-Age=10"), wait(10*time.Second - 1)}, []query{{"http://host.test/", "a=1"}}},
		{"expires", []step{set("http://host.test/", "a=1; Expires=Sat, 01 Jan 2000 00:00:10 GMT", "b=2; Expires=Sat, 01-Jan-2000 00:00:20 GMT"), wait(10 * time.Second)}, []query{{"http://host.test/", "b=2"}}},
		{"max-age before expires", []step{set("http://host.test/", "a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0")}, []query{{"http://host.test/", "a=1"}}},
		{"longer life", []step{set("http://host.test/", "a=1; Max-Age=10"), wait(5 * time.Second), set("http://host.test/", "a=2; Max-Age=10"), wait(9 * time.Second)}, []query{{"http://host.test/", "a=2"}}},
		{"for the session", []step{set("http://host.test/", "a=1; Max-Age=10"), set("http://host.test/", "a=2"), wait(365 * day)}, []query{{"http://host.test/", "a=2"}}},
		{"last attribute wins", []step{set("http://host.test/x/y", "a=1; Path=/x; Path=/", "b=2; Path=/; Domain=evil.test; Domain=host.test", "c=3; Max-Age=0; Max-Age=9")}, []query{{"http://host.test/", "a=1; b=2"}, {"http://host.test/x/", "c=3; a=1; b=2"}}},
		{"values", []step{set("http://host.test/", "a=", "b=x=y", `c="q"`, "d=x y", "e=x,y")}, []query{{"http://host.test/", `a=; b=x=y; c="q"; d="x y"; e="x,y"`}}},
		{"made by a program", []step{put("http://host.test/", &http.Cookie{Name: "a", Value: "1", MaxAge: 10}, &http.Cookie{Name: "b", Value: "2", Path: "/x", Domain: "host.test"}, &http.Cookie{Name: "c", MaxAge: -1}, &http.Cookie{Value: "nameless"})}, []query{
			{"http://host.test/", "a=1; =nameless"}, {"http://sub.host.test/x", "b=2"},
		}},
		{"nothing", []step{put("http://host.test/")}, []query{{"http://host.test/", ""}}},
		{"samesite", []step{set("http://host.test/", "a=1; SameSite=Strict", "b=2; SameSite=Lax", "c=3; SameSite=None", "d=4; SameSite=x")}, []query{{"http://host.test/", "a=1; b=2; c=3; d=4"}}},
	}
	for _, impl := range []struct {
		name string
		jar  func(testing.TB) http.CookieJar
	}{
		{"net/http/cookiejar", func(tb testing.TB) http.CookieJar { return newStd(tb, "") }},
		{"jar.Compat", func(tb testing.TB) http.CookieJar { return newOurs(tb, "", jar.Compat) }},
	} {
		for _, tt := range tests {
			t.Run(impl.name+"/"+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					j := impl.jar(t)
					for _, s := range tt.steps {
						s(j)
					}
					for _, q := range tt.queries {
						if got := sent(j, testkit.URL(t, q.url)); got != q.want {
							t.Errorf("%s: Cookies(%s): %q, want %q", tt.name, q.url, got, q.want)
						}
					}
				})
			})
		}
	}
}
