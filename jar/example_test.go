package jar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// shop is the server of the examples: it sets a cookie whose value is JSON, and
// prints what it is sent.
func shop() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "session=s1; HttpOnly")
		w.Header().Add("Set-Cookie", `cart={"items":["a","b"]}`)
		fmt.Fprintf(w, "got [%s]", r.Header.Get("Cookie"))
	}))
}

// show prints a page.
func show(client *http.Client, url string) {
	resp, err := client.Get(url)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))
}

// A Jar takes the place of net/http/cookiejar's. What net/http drops, here the
// cookie with quotes in its value, it cannot see.
func Example() {
	server := shop()
	defer server.Close()

	j, _ := jar.New(nil)
	client := &http.Client{Jar: j}
	show(client, server.URL)
	show(client, server.URL)
	// Output:
	// got []
	// got [session=s1]
}

// A Transport loses nothing.
func ExampleTransport() {
	server := shop()
	defer server.Close()

	j, _ := jar.New(nil)
	client := &http.Client{Transport: &jar.Transport{Jar: j}}
	show(client, server.URL)
	show(client, server.URL)
	// Output:
	// got []
	// got [session=s1; cart={"items":["a","b"]}]
}

// The jar tells which cookies it refused, and by what rule.
func ExampleOptions_refused() {
	j, _ := jar.New(&jar.Options{
		Refused: func(r *jar.Refusal) { fmt.Println(r) },
	})
	secure := &url.URL{Scheme: "https", Host: "example.com"}
	insecure := &url.URL{Scheme: "http", Host: "example.com"}

	j.SetCookies(secure, []*http.Cookie{{Name: "session", Value: "good", Secure: true}})
	j.SetCookies(insecure, []*http.Cookie{{Name: "session", Value: "forged"}})
	fmt.Println(j.Cookies(secure))
	// Output:
	// cookie "session" from example.com refused: secure-overlay
	// [session=good]
}

// The jar tells which cookies it kept back from a request, and by what rule.
func ExampleOptions_withheld() {
	j, _ := jar.New(&jar.Options{
		Withheld: func(r *jar.Refusal) { fmt.Println(r) },
	})
	j.SetCookies(&url.URL{Scheme: "https", Host: "example.com"}, []*http.Cookie{{Name: "session", Value: "s1", Secure: true}})

	j.Cookies(&url.URL{Scheme: "http", Host: "example.com"})
	// Output:
	// cookie "session" withheld from example.com: secure-only
}

// Changed follows what happens to the jar's cookies.
func ExampleOptions_changed() {
	j, _ := jar.New(&jar.Options{
		Changed: func(c jar.Change) { fmt.Println(c.Cause, c.Cookie) },
	})
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	j.Receive(r, []string{"a=1", "a=2"})
	j.Clear()
	// Output:
	// stored "a" for example.com/
	// overwritten "a" for example.com/
	// stored "a" for example.com/
	// deleted "a" for example.com/
}

// The cookie rules of net/http/cookiejar, in this jar.
func ExampleOptions_userAgent() {
	u := &url.URL{Scheme: "https", Host: "example.com"}
	for _, ua := range []jar.UserAgent{jar.Standard, jar.Compat} {
		j, _ := jar.New(&jar.Options{UserAgent: ua})
		j.SetCookies(u, []*http.Cookie{{Name: "__Host-id", Value: "1"}}) // it is not Secure
		fmt.Println(ua, j.Cookies(u))
	}
	// Output:
	// standard []
	// compat [__Host-id=1]
}

// A public suffix list that is read at run time, in the format of
// publicsuffix.org.
func ExampleOptions_publicSuffixList() {
	list, err := match.ParseList(strings.NewReader("// our own\ntest\n*.users.test\n"), "our own list")
	if err != nil {
		fmt.Println(err)
		return
	}
	j, _ := jar.New(&jar.Options{
		PublicSuffixList: list,
		Refused:          func(r *jar.Refusal) { fmt.Println(r) },
	})
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "www.bob.users.test"}}
	j.Receive(r, []string{"a=1; Domain=bob.users.test"})
	fmt.Println(list)
	// Output:
	// cookie "a" from www.bob.users.test refused: public-suffix
	// our own list
}

// The Cookie header field for a URL.
func ExampleJar_Header() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/docs/"}}
	j.Receive(r, []string{`all={"n":1}; Path=/`, "docs=1", "token"})
	fmt.Println(j.Header(r))
	// Output:
	// docs=1; token; all={"n":1}
}

// Raw Set-Cookie lines, and a verdict on each.
func ExampleJar_Receive() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "www.example.com"}}
	verdicts := j.Receive(r, []string{
		"a=1; Domain=example.com; Max-Age=3600",
		"b=2; Domain=com",
		"__Host-c=3; Secure",
	})
	for _, v := range verdicts {
		fmt.Println(v)
	}
	fmt.Println(errors.Is(verdicts[1].Err(), policy.ReasonPublicSuffix), verdicts[1].Reason.Spec())
	// Output:
	// "a" for *.example.com/: ok
	// "b" for *.com/: public-suffix
	// "__Host-c" for www.example.com/: host-prefix
	// true Section 5.7, step 9.3
}

// The cookies in the jar, sorted by the caller. Printed, they do not show their
// values.
func ExampleJar_All() {
	j, _ := jar.New(nil)
	for _, host := range []string{"www.example.com", "other.test"} {
		r := &jar.Request{URL: &url.URL{Scheme: "https", Host: host}}
		j.Receive(r, []string{"id=secret; Secure", "lang=en; Path=/en"})
	}
	for _, c := range slices.SortedFunc(j.All(), func(a, b jar.Cookie) int {
		return strings.Compare(a.Domain+a.Path, b.Domain+b.Path)
	}) {
		fmt.Println(c, c.Secure)
	}
	// Output:
	// "id" for other.test/ true
	// "lang" for other.test/en false
	// "id" for www.example.com/ true
	// "lang" for www.example.com/en false
}

// Forget what one site has set.
func ExampleJar_Delete() {
	j, _ := jar.New(nil)
	for _, host := range []string{"www.example.com", "shop.example.com", "other.test"} {
		j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: host}}, []string{"a=1"})
	}
	n := j.Delete(func(c jar.Cookie) bool { return match.Domain(c.Domain, "example.com") })
	fmt.Println(n, "deleted,", j.Len(), "left")
	// Output:
	// 2 deleted, 1 left
}

// A cookie that All yields has the Key by which Remove removes it.
func ExampleJar_Remove() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	j.Receive(r, []string{"a=1", "b=2"})

	for c := range j.All() {
		if c.Name == "a" {
			fmt.Println(j.Remove(c.Key()), j.Remove(c.Key()))
		}
	}
	fmt.Println(j.Header(r))
	// Output:
	// true false
	// b=2
}

// A program can change one limit of a user agent and keep the others.
func ExampleOptions_limits() {
	limits := jar.Chromium.Limits()
	limits.Site, limits.SitePurged = 50, 40
	j, _ := jar.New(&jar.Options{UserAgent: jar.Chromium, Limits: &limits})

	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	for i := range 51 {
		j.Receive(r, []string{fmt.Sprintf("c%d=1", i)})
	}
	fmt.Println(j.Len())
	// Output: 40
}

// What a browser does when it is closed.
func ExampleJar_EndSession() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	j.Receive(r, []string{"session=1", "lasting=1; Max-Age=3600"})
	fmt.Println(j.EndSession(), "deleted:", j.Header(r), "is left")
	// Output:
	// 1 deleted: lasting=1 is left
}

// A ready-made cookie, from a file or another program.
func ExampleJar_Accept() {
	j, _ := jar.New(nil)
	v := j.Accept(jar.Cookie{
		Name: "token", Value: "t", Domain: "example.com", Path: "/", Secure: true,
		Expires: time.Now().Add(time.Hour),
	})
	fmt.Println(v)
	fmt.Println(j.Header(&jar.Request{URL: &url.URL{Scheme: "https", Host: "api.example.com"}}))
	// Output:
	// "token" for *.example.com/: ok
	// token=t
}

// Get, set and remove a cookie by its domain, path and name. HostOnly is true for a cookie
// without a Domain attribute, as most are.
func ExampleJar_Get() {
	j, _ := jar.New(nil)
	k := jar.Key{Domain: "example.com", HostOnly: true, Path: "/", Name: "session"}

	v := j.Accept(jar.Cookie{Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path, Name: k.Name, Value: "s1", Secure: true})
	fmt.Println(v.OK())
	c, ok := j.Get(k)
	fmt.Println(c.Value, ok)
	fmt.Println(j.Remove(k))
	_, ok = j.Get(k)
	fmt.Println(ok)
	// Output:
	// true
	// s1 true
	// true
	// false
}

// A jar saved as one value, to keep in a database or a keyring, and restored. The value has
// the secrets of all cookies. Clone makes it the state of one instant.
func Example_saveAndRestore() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}}
	j.Receive(r, []string{"session=s1; Secure", "theme=dark; Max-Age=3600"})

	var value bytes.Buffer
	if err := cookiefile.Write(&value, j.Clone().All(), nil); err != nil {
		fmt.Println(err)
	}

	restored, _ := jar.New(nil)
	if _, err := cookiefile.Load(restored, &value, nil); err != nil {
		fmt.Println(err)
	}
	fmt.Println(restored.Header(r))
	// Output:
	// session=s1; theme=dark
}

// A veto: no cookies of an advertising network, and those that track only with consent.
func ExampleOptions_veto() {
	consent := false
	j, _ := jar.New(&jar.Options{
		Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
			return match.Domain(c.Domain, "ads.example") || c.Name == "_track" && !consent
		},
		Refused: func(r *jar.Refusal) { fmt.Println(r) },
	})
	shop := &jar.Request{URL: &url.URL{Scheme: "https", Host: "shop.example"}}
	j.Receive(shop, []string{"cart=1", "_track=1"})
	j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "www.ads.example"}}, []string{"id=1"})
	fmt.Println(j.Header(shop))
	// Output:
	// cookie "_track" from shop.example refused: veto-store
	// cookie "id" from www.ads.example refused: veto-store
	// cart=1
}

// A test network without TLS, whose services set Secure cookies as they do in production.
func ExampleOptions_trustworthy() {
	j, _ := jar.New(&jar.Options{
		Trustworthy: func(host string) bool { return strings.HasSuffix(host, ".internal") },
	})
	r := &jar.Request{URL: &url.URL{Scheme: "http", Host: "shop.internal"}}
	fmt.Println(j.Receive(r, []string{"__Host-session=s1; Secure; Path=/"})[0])
	fmt.Println(j.Header(r))
	// Output:
	// "__Host-session" for shop.internal/: ok
	// __Host-session=s1
}

// A form on another site posts to ours: does it carry the session? No. Does a link
// from there? It does.
func ExampleWithContext() {
	var carried string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		carried = r.Header.Get("Cookie")
		w.Header().Add("Set-Cookie", "session=s1; SameSite=Lax")
	}))
	defer server.Close()
	client := &http.Client{Transport: &jar.Transport{}}
	log := func(what string, ctx context.Context, method string) {
		req, _ := http.NewRequestWithContext(ctx, method, server.URL, nil)
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
		}
		fmt.Printf("%s: %q\n", what, carried)
	}

	evil := &url.URL{Scheme: "https", Host: "evil.example"}
	own := context.Background()
	cross := jar.WithContext(own, &jar.Context{Initiator: evil})
	log("first visit", own, "GET")
	log("our own form", own, "POST")
	log("their form", cross, "POST")
	log("their link", cross, "GET")
	// Output:
	// first visit: ""
	// our own form: "session=s1"
	// their form: ""
	// their link: "session=s1"
}

// One client, a jar for each user.
func ExampleWithJar() {
	server := shop()
	defer server.Close()
	client := &http.Client{Transport: &jar.Transport{}}
	alice, _ := jar.New(nil)
	for range 2 {
		req, _ := http.NewRequestWithContext(jar.WithJar(context.Background(), alice), "GET", server.URL, nil)
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
		}
	}
	fmt.Println("alice has", alice.Len())
	show(client, server.URL)
	// Output:
	// alice has 2
	// got []
}

// Why is this cookie sent, and that one not?
func ExampleJar_Explain() {
	j, _ := jar.New(nil)
	j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}, []string{
		"strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "admin=1; Path=/admin", "safe=1; Secure",
	})
	r := &jar.Request{
		URL:     &url.URL{Scheme: "http", Host: "example.com"},
		Context: &jar.Context{Initiator: &url.URL{Scheme: "http", Host: "other.test"}},
	}
	for _, v := range j.Explain(r) {
		fmt.Println(v)
	}
	// Output:
	// "admin" for example.com/admin: other-path
	// "strict" for example.com/: samesite-strict
	// "lax" for example.com/: ok
	// "safe" for example.com/: secure-only
}

// Would this cookie go out with this request? The jar need not hold it.
func ExampleJar_Judge() {
	j, _ := jar.New(nil)
	c := jar.Cookie{Name: "id", Domain: "example.com", HostOnly: true, Path: "/"}
	for _, host := range []string{"example.com", "www.example.com"} {
		why := j.Judge(c, &jar.Request{URL: &url.URL{Scheme: "https", Host: host}}).Reason
		fmt.Printf("%s: %s\n", host, why.String())
	}
	// Output:
	// example.com: none
	// www.example.com: other-domain
}

// A clone goes its own way.
func ExampleJar_Clone() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	j.Receive(r, []string{"session=s1"})
	trial := j.Clone()
	trial.Receive(r, []string{"session=s2"})
	fmt.Println(j.Header(r), trial.Header(r))
	// Output:
	// session=s1 session=s2
}

// A client that cannot do without a jar of its own leaves the Transport in charge.
func ExampleTransport_ignoreCookieHeader() {
	server := shop()
	defer server.Close()

	second, _ := cookiejar.New(nil)
	j, _ := jar.New(nil)
	client := &http.Client{Jar: second, Transport: &jar.Transport{Jar: j, IgnoreCookieHeader: true}}
	show(client, server.URL)
	show(client, server.URL)
	j.Clear() // logs out, although second still has the session
	show(client, server.URL)
	// Output:
	// got []
	// got [session=s1; cart={"items":["a","b"]}]
	// got []
}
