package browser_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/policy"
)

// kit is a site that sets cookies of all kinds.
var kit = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	for _, l := range []string{
		"strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "none=1; SameSite=None; Secure",
		"chips=1; SameSite=None; Secure; Partitioned", "hidden=1; HttpOnly", "old=1; Max-Age=300",
	} {
		w.Header().Add("Set-Cookie", l)
	}
})

// web is a web of sites that set cookies where the path says so.
func web(origins ...string) browser.Sites {
	mux := http.NewServeMux()
	mux.Handle("/set", kit)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusFound
		if r.FormValue("keep") != "" {
			code = http.StatusTemporaryRedirect
		}
		http.Redirect(w, r, r.URL.Query().Get("u"), code)
	})
	sites := browser.Sites{}
	for _, o := range origins {
		sites[o] = mux
	}
	return sites
}

// What a cookie's SameSite decides, by how the request comes about.
func TestContexts(t *testing.T) {
	const bank, evil, other = "https://bank.test/", "https://evil.test/", "https://www.bank.test/"
	for _, test := range []struct {
		name string
		do   func(*browser.Browser) *browser.Response
		want string // the cookies that are sent
	}{
		{"typed", func(b *browser.Browser) *browser.Response { return b.Open(bank).Response() }, "strict lax none chips hidden old"},
		{"link", func(b *browser.Browser) *browser.Response { return b.Open(evil).Click(bank) }, "lax none chips hidden old"},
		{"same-site link", func(b *browser.Browser) *browser.Response { return b.Open(other).Click(bank) }, "strict lax none chips hidden old"},
		{"form", func(b *browser.Browser) *browser.Response { return b.Open(evil).Submit(bank, nil) }, "none chips"},
		{"reload", func(b *browser.Browser) *browser.Response {
			tab := b.Open(evil)
			tab.Click(bank)
			return tab.Reload()
		}, "lax none chips hidden old"},
		{"reload of a typed URL", func(b *browser.Browser) *browser.Response { return b.Open(bank).Reload() }, "strict lax none chips hidden old"},
		{"same-site frame", func(b *browser.Browser) *browser.Response { return b.Open(other).Embed(bank).Response() }, "strict lax none chips hidden old"},
		{"frame", func(b *browser.Browser) *browser.Response { return b.Open(evil).Embed(bank).Response() }, "none"},
		{"frame in a frame", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Embed(evil).Embed(bank).Response()
		}, "none"},
		{"srcdoc", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Embed("about:srcdoc").Fetch("/", nil)
		}, "strict lax none chips hidden old"},
		{"sandbox", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Sandbox("/", "allow-scripts").Fetch("/", &browser.FetchOptions{Mode: "no-cors", Credentials: "include"})
		}, "none"},
		{"sandbox with its origin", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Sandbox("/", "allow-scripts", "allow-same-origin").Fetch("/", nil)
		}, "strict lax none chips hidden old"},
		{"frame below a sandbox", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Sandbox("about:srcdoc").Sandbox("/", "allow-same-origin").Response()
		}, "none"},
		{"omit", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Fetch("/", &browser.FetchOptions{Credentials: "omit"})
		}, ""},
		{"same-origin", func(b *browser.Browser) *browser.Response {
			return b.Open(other).Fetch(bank, &browser.FetchOptions{Mode: "no-cors"})
		}, ""},
		{"same-site include", func(b *browser.Browser) *browser.Response {
			return b.Open(other).Fetch(bank, &browser.FetchOptions{Credentials: "include"})
		}, "strict lax none chips hidden old"},
		{"same-origin, there and back", func(b *browser.Browser) *browser.Response {
			return last(b.Open(bank).Fetch("https://www.bank.test/to?u="+bank, &browser.FetchOptions{Mode: "no-cors"}))
		}, ""},
		{"third party", func(b *browser.Browser) *browser.Response {
			b.ThirdParty = jar.ThirdPartyBlocked
			tab := b.Open(evil)
			tab.Embed(bank + "set")
			return tab.Embed(bank).Response()
		}, "chips"},
		{"first party", func(b *browser.Browser) *browser.Response {
			b.ThirdParty = jar.ThirdPartyBlocked
			return b.Open(evil).Click(bank)
		}, "lax none chips hidden old"},
		{"websocket", func(b *browser.Browser) *browser.Response {
			return b.Open(evil).WebSocket("wss://bank.test/")
		}, "none"},
		{"own websocket", func(b *browser.Browser) *browser.Response { return b.Open(bank).WebSocket("/") }, "strict lax none chips hidden old"},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			b := browser.New(jar.Chromium, web("https://bank.test", "https://evil.test", "https://www.bank.test"))
			b.Now = func() time.Time { return now }
			b.Open(bank + "set")
			now = now.Add(3 * time.Minute) // past Lax-allowing-unsafe
			r := test.do(b)
			if r.Err != nil && !errors.Is(r.Err, browser.ErrBlocked) {
				t.Fatal(r.Err)
			}
			var sent []string
			for _, v := range r.Hops[0].Cookies {
				if v.OK() {
					sent = append(sent, v.Cookie.Name)
				}
			}
			if got := strings.Join(sent, " "); got != test.want {
				t.Errorf("sent %q, want %q\n%v", got, test.want, b)
			}
			header := r.Hops[0].Header.Get("Cookie")
			if got := strings.ReplaceAll(strings.ReplaceAll(header, "=1", ""), ";", ""); got != test.want {
				t.Errorf("Cookie: %q, want %q", header, test.want)
			}
		})
	}
}

// last returns the last hop alone.
func last(r *browser.Response) *browser.Response {
	return &browser.Response{Response: r.Response, Hops: r.Hops[len(r.Hops)-1:], Err: r.Err}
}

func TestScript(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test", "https://evil.test"))
	tab := b.Open("https://bank.test/set")
	if err := tab.SetCookie("theme=dark"); err != nil {
		t.Error(err)
	}
	if err := tab.SetCookie("hidden=2"); !errors.Is(err, policy.ReasonHTTPOnlyOverwrite) {
		t.Errorf("over an HttpOnly cookie: %v, want %v", err, policy.ReasonHTTPOnlyOverwrite)
	}
	if got, want := tab.Cookie(), "strict=1; lax=1; none=1; chips=1; old=1; theme=dark"; got != want {
		t.Errorf("document.cookie: %q, want %q", got, want)
	}
	for _, v := range tab.Cookies() {
		if hidden := v.Cookie.Name == "hidden"; hidden == v.OK() {
			t.Errorf("Cookies: %v", v)
		}
	}
	frame := b.Open("https://evil.test/").Embed("https://bank.test/")
	if got, want := frame.Cookie(), "none=1"; got != want {
		t.Errorf("in a cross-site frame: %q, want %q", got, want)
	}
	sandbox := tab.Sandbox("/")
	if err := sandbox.SetCookie("a=1"); err == nil || sandbox.Cookie() != "" {
		t.Errorf("sandbox: %v, %q, want an error and nothing", err, sandbox.Cookie())
	}
	b.ThirdParty = jar.ThirdPartyBlocked
	if err := frame.SetCookie("a=1; Secure; SameSite=None"); !errors.Is(err, policy.ReasonThirdParty) {
		t.Errorf("third party: %v", err)
	}
	if err := frame.SetCookie("a=1; Secure; SameSite=None; Partitioned"); err != nil || frame.Cookie() != "a=1" {
		t.Errorf("third party, Partitioned: %v, %q", err, frame.Cookie())
	}
}

func TestEndSession(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test"))
	tab := b.Open("https://bank.test/set")
	if n := b.EndSession(); n != 5 {
		t.Errorf("EndSession() = %d, want 5", n)
	}
	if got := tab.Click("/").Last().Header.Get("Cookie"); got != "old=1" {
		t.Errorf("Cookie: %q, want the one with Max-Age", got)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := browser.New(jar.Chromium, web("https://bank.test"))
	b.Now = func() time.Time { return now }
	tab := b.Open("https://bank.test/set")
	now = now.Add(300*time.Second - time.Nanosecond)
	if r := tab.Click("/"); !r.Sent("old") {
		t.Errorf("1ns before its end: %v", r)
	}
	now = now.Add(time.Nanosecond)
	if r := tab.Click("/"); r.Withheld("old") != policy.ReasonNotStored {
		t.Errorf("at its end: %v", r)
	}
}

// Neither a log nor a verdict has the value of a cookie.
func TestLogHasNoValues(t *testing.T) {
	b := browser.New(jar.Chromium, browser.Sites{"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "a=s3cret")
		w.Header().Add("Set-Cookie", "__Host-b=s3cret")
	})})
	tab := b.Open("https://bank.test/x/y")
	_ = tab.SetCookie("c=s3cret")
	_ = tab.SetCookie("d=s3cret; Secure; HttpOnly")
	_ = tab.Cookie()
	got := fmt.Sprintf("%v%+v%v", b, tab.Click("/"), tab.Cookies())
	if strings.Contains(got, "s3cret") {
		t.Errorf("a value shows:\n%s", got)
	}
	const want = `GET   200  document   https://bank.test/x/y
                      stored    a; Path=/x
                      refused   __Host-b; Path=/x  host-prefix (Section 5.7, step 21)
                                A name that begins with __Host- needs Secure, Path=/ and no Domain.
write -    script     https://bank.test/x/y
                      stored    c; Path=/x
write -    script     https://bank.test/x/y
                      refused   d; Path=/x; Secure; HttpOnly  http-only-script (Section 5.7, step 15)
                                A script cannot set an HttpOnly cookie; only a response can.
read  -    script     https://bank.test/x/y
                      sent      a; Path=/x
                      sent      c; Path=/x
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A browser with another jar keeps its rules.
func TestJar(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test"))
	b.Jar, _ = jar.New(&jar.Options{UserAgent: jar.Standard})
	if err := b.Open("https://bank.test/").SetCookie("=a=b"); err != nil {
		t.Errorf("Standard refuses what Chromium alone does: %v", err)
	}
}
