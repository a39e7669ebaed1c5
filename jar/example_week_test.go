package jar_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// The value of one cookie, such as a CSRF token that a form or a header repeats.
func ExampleJar_Cookies() {
	j, _ := jar.New(nil)
	u := &url.URL{Scheme: "https", Host: "example.com"}
	j.Receive(&jar.Request{URL: u}, []string{"session=s1", "XSRF-TOKEN=t1"})

	for _, c := range j.Cookies(u) {
		if c.Name == "XSRF-TOKEN" {
			fmt.Println("X-XSRF-TOKEN:", c.Value)
		}
	}
	// Output:
	// X-XSRF-TOKEN: t1
}

// The cookies that a request carries or lacks, with their attributes.
func ExampleJar_Retrieve() {
	j, _ := jar.New(nil)
	j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}},
		[]string{"id=1; Secure", "lang=en; HttpOnly", "theme=dark"})

	header, verdicts := j.Retrieve(&jar.Request{URL: &url.URL{Scheme: "http", Host: "example.com"}})
	fmt.Println(header)
	for _, v := range verdicts {
		fmt.Println(v, v.Cookie.HttpOnly)
	}
	// Output:
	// lang=en; theme=dark
	// "id" for example.com/: secure-only false
	// "lang" for example.com/: ok true
	// "theme" for example.com/: ok false
}

// Every decision as it is made: what arrived, what was sent, and what was not.
func ExampleJar_Watch() {
	j, _ := jar.New(nil)
	stop := j.Watch(func(e jar.Event) {
		for _, v := range e.Verdicts {
			fmt.Println(e.Op, e.Request.URL, v)
		}
	})
	j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}, []string{"a=1; Secure", "b=1; Domain=other.test"})
	j.Header(&jar.Request{URL: &url.URL{Scheme: "http", Host: "example.com"}})
	stop()
	// Output:
	// receiving https://example.com "a" for example.com/: ok
	// receiving https://example.com "b" for *.other.test/: domain-mismatch
	// sending http://example.com "a" for example.com/: secure-only
}

// Proxies, TLS and timeouts are set where they always are: in the transport below.
func ExampleTransport_base() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session=s1; Secure")
		fmt.Fprintf(w, "got [%s]", r.Header.Get("Cookie"))
	}))
	defer server.Close()

	base := http.DefaultTransport.(*http.Transport).Clone()
	base.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	base.Proxy = nil
	client := &http.Client{Transport: &jar.Transport{Base: base}, Timeout: time.Minute}
	show(client, server.URL)
	show(client, server.URL)
	// Output:
	// got []
	// got [session=s1]
}

// A cookie for one request, beside the jar's.
func ExampleTransport_cookieHeader() {
	server := shop()
	defer server.Close()
	client := &http.Client{Transport: new(jar.Transport)}
	show(client, server.URL)

	req, _ := http.NewRequest("GET", server.URL, nil)
	req.Header.Set("Cookie", "experiment=b")
	if resp, err := client.Do(req); err == nil {
		resp.Body.Close()
		fmt.Println(resp.Request.Header.Get("Cookie"))
	}
	show(client, server.URL)
	// Output:
	// got []
	// experiment=b; session=s1; cart={"items":["a","b"]}
	// got [session=s1; cart={"items":["a","b"]}]
}

// In a test, the jar's clock is the test's.
func ExampleOptions_now() {
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	j, _ := jar.New(&jar.Options{Now: func() time.Time { return now }})
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	j.Receive(r, []string{"a=1; Max-Age=3600"})
	fmt.Println(j.Header(r))
	now = now.Add(time.Hour)
	fmt.Printf("%q\n", j.Header(r))
	// Output:
	// a=1
	// ""
}

// Many servers refuse a Cookie header of more than 8 KiB. The jar sends what fits, and
// reports the rest.
func ExampleOptions_maxSentBytes() {
	j, _ := jar.New(&jar.Options{
		MaxSentBytes: 8190,
		Withheld:     func(r *jar.Refusal) { fmt.Println(r) },
	})
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}
	for _, name := range []string{"a", "b", "c"} {
		j.Receive(r, []string{name + "=" + strings.Repeat("x", 4000)})
	}
	fmt.Println(len(j.Header(r)))
	// Output:
	// cookie "c" withheld from example.com: send-limit
	// 8006
}

// A server asks for its cookies to be removed, as at a logout.
func ExampleJar_ClearSiteData() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/logout"}}
	j.Receive(r, []string{"session=s1", "lang=en"})

	header := http.Header{"Clear-Site-Data": {`"cookies"`}} // of the response
	fmt.Println(j.ClearSiteData(r, header["Clear-Site-Data"]), "removed,", j.Len(), "left")
	// Output:
	// 2 removed, 0 left
}

// A list that is newer than the one in the program, for example one downloaded at run time.
func ExampleJar_SetPublicSuffixList() {
	j, _ := jar.New(nil)
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "shop.hosting.test"}}
	j.Receive(r, []string{"a=1; Domain=hosting.test", "b=1"})

	list, err := match.ParseList(strings.NewReader("test\nhosting.test\n"), "today")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range j.SetPublicSuffixList(list) {
		fmt.Println("removed", c)
	}
	fmt.Println(j.Header(r))
	// Output:
	// removed "a" for *.hosting.test/
	// b=1
}

// The cookies of net/http/cookiejar can be moved for URLs that the program knows. That jar
// tells only names and values, so they arrive as session cookies of the host.
func ExampleJar_SetCookies_cookiejar() {
	old, _ := cookiejar.New(nil)
	u := &url.URL{Scheme: "https", Host: "www.example.com"}
	old.SetCookies(u, []*http.Cookie{{Name: "session", Value: "s1", Domain: "example.com", MaxAge: 3600}})

	j, _ := jar.New(nil)
	j.SetCookies(u, old.Cookies(u))
	for c := range j.All() {
		fmt.Println(c, c.Persistent())
	}
	// Output:
	// "session" for www.example.com/ false
}

// A program's own file of []*http.Cookie often has no domains. SetCookies takes the URL that
// had set them instead; cookiefile.Load reads files with domains.
func ExampleJar_SetCookies_json() {
	const file = `[{"Name":"session","Value":"s1","Path":"/","Expires":"2100-01-01T00:00:00Z","Secure":true}]`
	var cookies []*http.Cookie
	if err := json.Unmarshal([]byte(file), &cookies); err != nil {
		fmt.Println(err)
		return
	}
	j, _ := jar.New(&jar.Options{MaxAge: -1}) // keeps the cookies as long as the file says
	j.SetCookies(&url.URL{Scheme: "https", Host: "www.example.com"}, cookies)
	for c := range j.All() {
		fmt.Println(c, c.Secure, c.Expires.Year())
	}
	// Output:
	// "session" for www.example.com/ true 2100
}
