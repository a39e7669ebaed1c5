package jar_test

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// With the same jar in http.Client and in its Transport, requests, refusals and stored cookies
// are the same as with the jar in the Transport alone.
func TestSameJarTwice(t *testing.T) {
	t.Cleanup(quietLog())
	var refused withheldLog
	j := mustJar(t, &jar.Options{Refused: refused.add})
	events := 0
	j.Watch(func(e jar.Event) {
		if e.Op == jar.Receiving {
			events++
		}
	})
	w := newWeb(t, j)
	w.client.Jar = j
	j.Receive(to(t, "http://a.test/"), []string{`loaded={"x":1, "y":2}`})
	w.routes["/set"] = redirect(302, "/", `j={a:1,b:2}`, "q=\"x y\"", "back=a\\b", "u=\u00e9", "token", "__Host-id=1", "s=1; Secure", "a=1", "a=2")
	for round := range 3 {
		w.get(t, "http://a.test/")
		events = 0
		compareVisits(t, fmt.Sprint("round ", round), w.get(t, "http://a.test/set")[1:], []string{
			"GET http://a.test/ Cookie: loaded={\"x\":1, \"y\":2}; j={a:1,b:2}; q=\"x y\"; back=a\\b; u=\u00e9; token; a=2",
		})
		if got, want := refused.take(), []string{"__Host-id host-prefix", "s insecure-origin"}; !cmp.Equal(got, want) {
			t.Errorf("round %d: refused %q, want %q once", round, got, want)
		}
		if events != 1 {
			t.Errorf("round %d: %d events for one response, want 1", round, events)
		}
	}

	// A cookie refused because of the Context is not stored by SetCookies, and a cookie
	// withheld because of it is not sent by Cookies.
	w.routes["/strict"] = redirect(200, "", "strict=1; SameSite=Strict", "none=1; SameSite=None; Secure")
	ctx := jar.WithContext(t.Context(), &jar.Context{Documents: []*url.URL{testkit.URL(t, "https://b.test/")}})
	w.do(t, newRequest(t, ctx, "GET", "https://a.test/strict", ""))
	if got, want := refused.take(), []string{"strict cross-site-strict"}; !cmp.Equal(got, want) {
		t.Errorf("cross-site: refused %q, want %q once", got, want)
	}
	for c := range j.All() {
		if c.Name == "strict" {
			t.Error("cross-site: SetCookies stored the Strict cookie that the Transport refused")
		}
	}
	compareVisits(t, "cross-site", w.do(t, newRequest(t, ctx, "GET", "https://a.test/", "")), []string{"GET https://a.test/ Cookie: none=1"})

	// The caller's own cookies still win, and SetCookies still stores other cookies.
	req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
	req.Header.Set("Cookie", "a=own; b=3")
	if got := w.do(t, req)[0]; !strings.Contains(got, "Cookie: a=own; b=3; ") || strings.Contains(got, "a=2") {
		t.Errorf("own cookies: %s, want a=own; b=3 and no a=2", got)
	}
	j.SetCookies(testkit.URL(t, "http://c.test/"), []*http.Cookie{{Name: "hand", Value: "1"}, {Name: "raw", Value: "1", Raw: "raw=1"}})
	if got := j.Header(to(t, "http://c.test/")); got != "hand=1; raw=1" {
		t.Errorf("SetCookies by hand: Header = %q, want both cookies", got)
	}
	j.Clear()
	compareVisits(t, "after Clear", w.get(t, "http://a.test/"), []string{"GET http://a.test/"})
}

// A jar that two clients share, one as CookieJar and one by a Transport, stores the lines of
// both, even if the lines are the same strings.
func TestSharedByTwoClients(t *testing.T) {
	j := mustJar(t, nil)
	lines := []string{"a=1"}
	base := roundTripFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": lines}, Body: http.NoBody, Request: r}, nil
	})
	one, two := &http.Client{Transport: base, Jar: j}, &http.Client{Transport: &jar.Transport{Base: base, Jar: j}}
	for range 3 {
		for name, client := range map[string]*http.Client{"Jar": one, "Transport": two} {
			j.Clear()
			resp, err := client.Get("http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := j.Header(to(t, "http://a.test/")); got != "a=1" {
				t.Errorf("client with a %s: Header = %q, want a=1", name, got)
			}
			if got := resp.Header["Set-Cookie"]; !cmp.Equal(got, lines) {
				t.Errorf("client with a %s: the caller sees %q, want %q", name, got, lines)
			}
		}
	}
}

// A Transport recognizes the cookies that Cookies returned as net/http spells them.
func TestHandedOutSpelling(t *testing.T) {
	t.Cleanup(quietLog())
	rng := rand.New(rand.NewPCG(17, 10))
	j := mustJar(t, nil)
	const octets = "ab=\",\\ ()[]{}<>@:/?'\t\x80\xff\u00e9%"
	text := func(n int) string {
		b := make([]byte, rng.IntN(n))
		for i := range b {
			b[i] = octets[rng.IntN(len(octets))]
		}
		return string(b)
	}
	var sent string
	transport := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		sent = strings.Join(r.Header["Cookie"], "|")
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})}
	r := to(t, "http://a.test/")
	for range 2000 {
		j.Clear()
		for range 1 + rng.IntN(4) {
			j.Receive(r, []string{text(6) + []string{"=", "=\"", ""}[rng.IntN(3)] + text(9) + []string{"", "\""}[rng.IntN(2)]})
		}
		req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
		req.Header.Set("Cookie", "own!=1")
		for _, c := range j.Cookies(r.URL) {
			req.AddCookie(c)
		}
		want := "own!=1"
		if stored := j.Header(r); stored != "" {
			want += "; " + stored
		}
		if _, err := transport.RoundTrip(req); err != nil || sent != want {
			t.Fatalf("net/http made it %q: sent %q, %v, want %q", req.Header["Cookie"], sent, err, want)
		}
	}
}

// With the same jar twice, concurrent requests send each cookie once, with a value from the
// jar, while responses replace the cookie.
func TestSameJarTwiceConcurrent(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.client.Jar = j
	var mu sync.Mutex
	n := 0
	issued := map[string]int{}
	w.routes["/"] = func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range r.Header["Cookie"] {
			issued[c]++
		}
		n++
		rw.Header().Add("Set-Cookie", fmt.Sprintf("sid=%d, x", n))
	}
	// Between Cookies and RoundTrip others replace the cookie.
	gate := make(chan struct{}, 4)
	outer := roundTripFunc(func(r *http.Request) (*http.Response, error) {
		gate <- struct{}{}
		defer func() { <-gate }()
		return w.transport.RoundTrip(r)
	})
	client := &http.Client{Jar: j, Transport: outer}
	w.get(t, "http://a.test/")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				resp, err := client.Get("http://a.test/")
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	for c := range issued {
		if strings.Contains(c, ";") || strings.Contains(c, `"`) || !strings.HasSuffix(c, ", x") {
			t.Errorf("a request had Cookie: %s, want one sid as it was set", c)
		}
	}
}

// secondJars are jars of a client that are independent of the Transport's jar.
func secondJars(t *testing.T) map[string]http.CookieJar {
	std, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	compat := mustJar(t, &jar.Options{UserAgent: jar.Compat})
	return map[string]http.CookieJar{"net/http/cookiejar": std, "another Jar": compat}
}

// With another jar in the client, a Transport sends its own jar's cookies byte for byte. A
// request that brings back a refused cookie fails, with an error that shows no value.
func TestSecondJar(t *testing.T) {
	for name, second := range secondJars(t) {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(quietLog())
			var refused withheldLog
			j := mustJar(t, &jar.Options{Refused: refused.add})
			w := newWeb(t, j)
			w.client.Jar = second
			w.routes["/ok"] = redirect(302, "/", "sp=x y", "c=1,2", `q="z"`, "n=1")
			want := []string{"GET http://a.test/ Cookie: sp=x y; c=1,2; q=\"z\"; n=1"}
			compareVisits(t, "redirected", w.get(t, "http://a.test/ok")[1:], want)
			compareVisits(t, "next", w.get(t, "http://a.test/"), want)

			w.routes["/refused"] = redirect(200, "", "__Host-id=S3CR3T; Domain=a.test")
			w.get(t, "http://a.test/refused")
			if got, want := refused.take(), []string{"__Host-id host-prefix"}; !cmp.Equal(got, want) {
				t.Errorf("refused %q, want %q once", got, want)
			}
			for _, url := range []string{"http://a.test/", "http://a.test/refused", "https://www.a.test/other"} {
				w.visits()
				resp, err := w.client.Get(url)
				if err == nil {
					resp.Body.Close()
					t.Errorf("%s got a refused cookie: %q, want an error", url, w.visits())
					continue
				}
				for _, part := range []string{"__Host-id", "a.test", "second cookie jar", "SetCookieJar(nil)", "DisableCookies()", "IgnoreCookieHeader"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("error %q, want %q in it", err, part)
					}
				}
				if strings.Contains(err.Error(), "S3CR3T") {
					t.Errorf("error %q shows the value", err)
				}
			}
			if got := w.get(t, "http://b.test/"); len(got) != 1 {
				t.Errorf("another site: %q, want one request", got)
			}
		})
	}
}

// In a chain of redirects the hop that would bring a refused cookie back fails.
func TestSecondJarRedirect(t *testing.T) {
	for name, second := range secondJars(t) {
		w := newWeb(t, mustJar(t, nil))
		w.client.Jar = second
		w.routes["/0"] = redirect(302, "/1", "id=1; Secure; Path=/1", "ok=1")
		w.routes["/1"] = redirect(302, "/2")
		resp, err := w.client.Get("https://a.test/0") // accepted
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		resp.Body.Close()
		w.routes["/0"] = redirect(302, "/1", "__Host-id=1; Path=/1")
		if _, err := w.client.Get("https://a.test/0"); err == nil || !strings.Contains(err.Error(), "__Host-id") {
			t.Errorf("%s: error %v, want the refused cookie named", name, err)
		}
	}
}

// When a response of a redirect chain sets a cookie, a client with a jar of its own rewrites the
// caller's other cookies. They are sent as the caller wrote them.
func TestSecondJarRedirectBytes(t *testing.T) {
	jars := secondJars(t)
	same := mustJar(t, nil)
	jars["the same"] = same
	for name, second := range jars {
		j := same
		if second != same {
			j = mustJar(t, nil)
		}
		w := newWeb(t, j)
		w.client.Jar = second
		w.routes["/0"] = redirect(303, "/1", "sid=new")
		w.routes["/1"] = redirect(303, "/2", "other=1")
		req := newRequest(t, t.Context(), "GET", "https://a.test/0", "")
		req.Header.Set("Cookie", `a=1; b="x,y"; sid=old; c=x y; e=; t; d="1"; d=2`)
		compareVisits(t, name, w.do(t, req), []string{
			`GET https://a.test/0 Cookie: a=1; b="x,y"; sid=old; c=x y; e=; t; d="1"; d=2`,
			`GET https://a.test/1 Cookie: a=1; b="x,y"; c=x y; d="1"; d=2; e=; t; sid=new`,
			`GET https://a.test/2 Cookie: a=1; b="x,y"; c=x y; d="1"; d=2; e=; t; sid=new; other=1`,
		})
	}
}

// With IgnoreCookieHeader a second jar has no effect: the exact bytes are sent, refused cookies
// are not, and Clear logs out.
func TestSecondJarIgnored(t *testing.T) {
	for name, second := range secondJars(t) {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(quietLog())
			var refused withheldLog
			j := mustJar(t, &jar.Options{Refused: refused.add})
			w := newWeb(t, j)
			w.client.Jar = second
			w.transport.IgnoreCookieHeader = true
			w.routes["/set"] = redirect(302, "/", `j={"a":1, "b":2}`, "sp=x y", "__Host-id=1; Domain=a.test")
			want := []string{`GET http://a.test/ Cookie: j={"a":1, "b":2}; sp=x y`}
			compareVisits(t, "redirected", w.get(t, "http://a.test/set")[1:], want)
			compareVisits(t, "next", w.get(t, "http://a.test/"), want)
			if got, want := refused.take(), []string{"__Host-id host-prefix"}; !cmp.Equal(got, want) {
				t.Errorf("refused %q, want %q once", got, want)
			}
			j.Clear()
			compareVisits(t, "after Clear", w.get(t, "http://a.test/"), []string{"GET http://a.test/"})
		})
	}
}

// A Transport does not take a caller's own cookie for one of a second jar, neither a cookie
// that the server repeats and the jar refuses, nor one that was stored before.
func TestNoSecondJar(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["/echo"] = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Add("Set-Cookie", r.Header.Get("Cookie")+"; Secure")
	}
	with := func(url, cookie string) []string {
		req := newRequest(t, t.Context(), "GET", url, "")
		req.Header.Set("Cookie", cookie)
		return w.do(t, req)
	}
	for range 3 {
		compareVisits(t, "repeated and refused", with("http://a.test/echo", "sid=mine"), []string{"GET http://a.test/echo Cookie: sid=mine"})
	}
	w.routes["/login"] = redirect(200, "", "user=1")
	w.get(t, "http://a.test/login")
	w.get(t, "http://a.test/login")
	j.Clear()
	compareVisits(t, "as another user", with("http://a.test/", "user=1"), []string{"GET http://a.test/ Cookie: user=1"})

	// On purpose.
	w.routes["/refused"] = redirect(200, "", "want=1; Secure")
	w.get(t, "http://a.test/refused")
	req := newRequest(t, jar.WithJar(t.Context(), nil), "GET", "http://a.test/", "")
	req.Header.Set("Cookie", "want=1")
	compareVisits(t, "without a jar", w.do(t, req), []string{"GET http://a.test/ Cookie: want=1"})
}

// quietLog silences net/http, which logs the octets that it removes from cookies. It returns a
// function that restores the log.
func quietLog() (restore func()) {
	log.SetOutput(io.Discard)
	return func() { log.SetOutput(os.Stderr) }
}
