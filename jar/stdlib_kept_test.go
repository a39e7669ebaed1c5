package jar_test

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// kept are the differences that jar.Compat has, too: the identity of a cookie, and the meaning
// of a URL, a line or a date.
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
		why: "a list that does not answer protects no site, so no domain cookies are stored",
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
		why: "an invalid A-label cannot be canonicalized: Section 5.7, step 9.2",
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
		why: "a URL with an invalid host has no cookies",
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
