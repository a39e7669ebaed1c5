package jar_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/publicsuffix"

	"uacookie/jar"
)

// A step is one call on a jar.
type step func(http.CookieJar)

// set passes the lines of a response from a URL to the jar, as http.Client does.
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

// put is a call of SetCookies by a program.
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

// lists are the public suffix lists of the tests below. For "nil", net/http/cookiejar has no
// list, and a jar.Jar has the embedded one.
func lists(name string) cookiejar.PublicSuffixList {
	switch name {
	case "":
		return publicsuffix.List
	case "broken":
		return brokenList{}
	}
	return nil
}

// brokenList returns "" for every domain, which the documentation of the standard library
// allows.
type brokenList struct{}

func (brokenList) PublicSuffix(string) string { return "" }

func (brokenList) String() string { return "broken" }

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
	count bool // the results are the numbers of cookies sent

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
		why: "one cookie more than 180 purges a site to 150, as Chromium does; net/http/cookiejar has no limit",
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

// Each difference from net/http/cookiejar, with what both jars do and why. TestStdlibAgrees and
// FuzzStdlib check that there are no others.
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
