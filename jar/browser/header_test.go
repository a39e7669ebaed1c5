package browser_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// The header fields that servers decide by, on the last hop. The recordings have them
// too, but for a form of a secure page for an insecure one, of which Chromium warns.
func TestHeaders(t *testing.T) {
	const (
		bank = "https://bank.test/"
		www  = "https://www.bank.test/"
		evil = "https://evil.test/"
		weak = "http://weak.test/"
	)
	include := &browser.FetchOptions{Credentials: "include"}
	post := &browser.FetchOptions{Method: "POST", Mode: "no-cors", Body: "x"}
	type get = func(*browser.Browser) *browser.Response
	for _, test := range []struct {
		name string
		do   get
		want string // "Origin; Referer; site, mode, dest, user; Upgrade-Insecure-Requests"
	}{
		{"typed", func(b *browser.Browser) *browser.Response { return b.Open(bank).Response() }, "; ; none navigate document ?1; 1"},
		{"typed, redirected", func(b *browser.Browser) *browser.Response { return b.Open(evil + "to?u=" + bank).Response() }, "; ; none navigate document ?1; 1"},
		{"insecure", func(b *browser.Browser) *browser.Response { return b.Open(weak).Response() }, "; ; ; 1"},
		{"click", func(b *browser.Browser) *browser.Response { return b.Open(bank + "x?y#z").Click("/a") }, "; https://bank.test/x?y; same-origin navigate document ?1; 1"},
		{"go", func(b *browser.Browser) *browser.Response { return b.Open(www + "x").Go(bank) }, "; https://www.bank.test/; same-site navigate document; 1"},
		{"form", func(b *browser.Browser) *browser.Response { return b.Open(evil).Submit(bank, nil) }, "https://evil.test; https://evil.test/; cross-site navigate document ?1; 1"},
		{"form of a script", func(b *browser.Browser) *browser.Response { return b.Open(evil).Post(bank, nil) }, "https://evil.test; https://evil.test/; cross-site navigate document; 1"},
		{"form of an insecure page", func(b *browser.Browser) *browser.Response { return b.Open(weak+"x").Submit(bank, nil) }, "http://weak.test; http://weak.test/; cross-site navigate document ?1; 1"},
		{"form of a secure page", func(b *browser.Browser) *browser.Response { return b.Open(bank).Submit(weak, nil) }, "null; ; ; 1"},
		{"form, redirected away", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Submit("/to?keep=1&u="+evil, nil)
		}, "null; https://bank.test/; cross-site navigate document ?1; 1"},
		{"form, redirected back", func(b *browser.Browser) *browser.Response {
			return b.Open(bank+"x").Submit(www+"to?keep=1&u="+bank, nil)
		}, "null; https://bank.test/; same-site navigate document ?1; 1"},
		{"form, turned into GET", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Submit(evil+"to?u="+bank, nil)
		}, "; https://bank.test/; cross-site navigate document ?1; 1"},
		{"reload", func(b *browser.Browser) *browser.Response {
			tab := b.Open(evil)
			tab.Submit(bank, nil)
			return tab.Reload()
		}, "https://evil.test; https://evil.test/; cross-site navigate document ?1; 1"},
		{"frame", func(b *browser.Browser) *browser.Response { return b.Open(evil).Embed(bank).Response() }, "; https://evil.test/; cross-site navigate iframe; 1"},
		{"fetch", func(b *browser.Browser) *browser.Response { return b.Open(bank).Fetch("/", nil) }, "; https://bank.test/; same-origin cors empty; "},
		{"fetch of another origin", func(b *browser.Browser) *browser.Response { return b.Open(www).Fetch(bank, include) }, "https://www.bank.test; https://www.bank.test/; same-site cors empty; "},
		{"fetch, POST", func(b *browser.Browser) *browser.Response { return b.Open(bank).Fetch("/", post) }, "https://bank.test; https://bank.test/; same-origin no-cors empty; "},
		{"fetch, cross-site POST", func(b *browser.Browser) *browser.Response { return b.Open(evil).Fetch(bank, post) }, "https://evil.test; https://evil.test/; cross-site no-cors empty; "},
		{"fetch, redirected away", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Fetch("/to?u="+evil, nil)
		}, "https://bank.test; https://bank.test/; cross-site cors empty; "},
		{"fetch, redirected without CORS", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Fetch("/to?keep=1&u="+evil, post)
		}, "null; https://bank.test/; cross-site no-cors empty; "},
		{"fetch from srcdoc", func(b *browser.Browser) *browser.Response {
			return b.Open(bank+"x").Embed("about:srcdoc").Fetch("/", post)
		}, "https://bank.test; https://bank.test/x; same-origin no-cors empty; "},
		{"fetch from about:blank", func(b *browser.Browser) *browser.Response {
			return b.Open(bank+"x").Embed("about:blank").Fetch("/", post)
		}, "https://bank.test; ; same-origin no-cors empty; "},
		{"sandboxed frame", func(b *browser.Browser) *browser.Response { return b.Open(bank + "x").Sandbox("/").Response() }, "; https://bank.test/x; same-origin navigate iframe; 1"},
		{"form in a sandbox", func(b *browser.Browser) *browser.Response { return b.Open(bank).Sandbox("/").Submit("/", nil) }, "null; ; cross-site navigate iframe ?1; 1"},
		{"form in a document with the directive sandbox", func(b *browser.Browser) *browser.Response { return b.Open(bank+"sandbox").Submit("/", nil) }, "null; ; cross-site navigate document ?1; 1"},
		{"websocket", func(b *browser.Browser) *browser.Response { return b.Open(evil).WebSocket("wss://bank.test/") }, "https://evil.test; ; ; "},
		{"websocket in a sandbox", func(b *browser.Browser) *browser.Response {
			return b.Open(bank).Sandbox("/").WebSocket("wss://bank.test/")
		}, "null; ; ; "},
	} {
		t.Run(test.name, func(t *testing.T) {
			sites := web("https://bank.test", "https://www.bank.test", "https://evil.test", "http://weak.test")
			mux := sites["https://bank.test"].(*http.ServeMux)
			mux.HandleFunc("/sandbox", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Security-Policy", "default-src 'self'; sandbox allow-forms")
			})
			b := browser.New(jar.Chromium, sites)
			r := test.do(b)
			if r.Err != nil && !errors.Is(r.Err, browser.ErrBlocked) {
				t.Fatal(r.Err)
			}
			h := r.Last().Header
			fetch := strings.TrimSpace(strings.Join([]string{
				h.Get("Sec-Fetch-Site"), h.Get("Sec-Fetch-Mode"), h.Get("Sec-Fetch-Dest"), h.Get("Sec-Fetch-User"),
			}, " "))
			got := strings.Join([]string{h.Get("Origin"), h.Get("Referer"), fetch, h.Get("Upgrade-Insecure-Requests")}, "; ")
			if noted := strings.Contains(b.String(), "note      CSP: the directive sandbox"); noted != strings.Contains(test.name, "directive") {
				t.Errorf("the log says what CSP does: %t\n%v", noted, b)
			}
			if noted := strings.Contains(b.String(), "not modelled"); noted != strings.Contains(test.name, "directive") {
				t.Errorf("the log says that default-src has no effect: %t\n%v", noted, b)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s\n%v", got, test.want, b)
			}
		})
	}
}

// CORS decides what is asked, and what a script may read; cookies go their own way.
func TestCORS(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Set-Cookie", "seen=1; SameSite=None; Secure")
		if r.URL.Path == "/open" {
			h.Set("Access-Control-Allow-Origin", "https://app.test")
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Allow-Methods", "PUT")
			h.Set("Access-Control-Allow-Headers", "Content-Type, X-A")
		}
		if r.URL.Path == "/star" {
			h.Set("Access-Control-Allow-Origin", "*")
		}
	})
	json := http.Header{"Content-Type": {"application/json"}, "X-A": {"1"}, "Cookie": {"forged=1"}}
	for _, test := range []struct {
		name, path string
		options    browser.FetchOptions
		requests   string // that were made
		blocked    bool
		stored     bool
	}{
		{"plain", "/open", browser.FetchOptions{Credentials: "include"}, "GET", false, true},
		{"unreadable", "/shut", browser.FetchOptions{Credentials: "include"}, "GET", true, true},
		{"star", "/star", browser.FetchOptions{}, "GET", false, false},
		{"star with credentials", "/star", browser.FetchOptions{Credentials: "include"}, "GET", true, true},
		{"preflight", "/open", browser.FetchOptions{Method: "PUT", Header: json, Body: "{}", Credentials: "include"}, "OPTIONS PUT", false, true},
		{"preflight refused", "/shut", browser.FetchOptions{Method: "POST", Header: json, Body: "{}", Credentials: "include"}, "OPTIONS", true, false},
		{"method refused", "/open", browser.FetchOptions{Method: "DELETE"}, "OPTIONS", true, false},
		{"header refused", "/open", browser.FetchOptions{Header: http.Header{"X-B": {"1"}}}, "OPTIONS", true, false},
		{"no-cors", "/shut", browser.FetchOptions{Mode: "no-cors", Method: "POST", Credentials: "include"}, "POST", false, true},
		{"no-cors with JSON", "/shut", browser.FetchOptions{Mode: "no-cors", Method: "POST", Header: json}, "", true, false},
		{"same-origin", "/open", browser.FetchOptions{Mode: "same-origin"}, "", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := browser.New(jar.Chromium, browser.Sites{"https://api.test": api, "https://app.test": http.NotFoundHandler()})
			r := b.Open("https://app.test/").Fetch("https://api.test"+test.path, &test.options)
			var methods []string
			for _, x := range b.Log()[1:] {
				if x.Header == nil {
					continue // blocked
				}
				methods = append(methods, x.Method)
				if x.Method == "OPTIONS" && (x.Kind != browser.Preflight || x.Header.Get("Cookie") != "") {
					t.Errorf("%v: want a preflight without cookies", x)
				}
				if strings.Contains(x.Header.Get("Cookie"), "forged") {
					t.Errorf("Cookie: %q: a script cannot set it", x.Header.Get("Cookie"))
				}
			}
			if got := strings.Join(methods, " "); got != test.requests {
				t.Errorf("requests: %q, want %q", got, test.requests)
			}
			if got := errors.Is(r.Err, browser.ErrBlocked); got != test.blocked || !got && r.Err != nil {
				t.Errorf("Err = %v, want blocked: %t", r.Err, test.blocked)
			}
			if got := r.Stored("seen"); got != test.stored {
				t.Errorf("Stored = %t, want %t\n%v", got, test.stored, b)
			}
		})
	}
}

// A secure document asks for nothing insecure but what is on this machine.
func TestMixedContent(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test", "http://bank.test", "http://localhost:8080"))
	tab := b.Open("https://bank.test/")
	if r := tab.Fetch("http://bank.test/", nil); !errors.Is(r.Err, browser.ErrBlocked) || r.Sent("a") || len(r.Hops) != 0 || b.Log()[1].Header != nil {
		t.Errorf("Err = %v, want %v, and no request\n%v", r.Err, browser.ErrBlocked, b)
	}
	if r := tab.Fetch("http://localhost:8080/", &browser.FetchOptions{Mode: "no-cors"}); r.Err != nil {
		t.Error(r.Err)
	}
	if r := tab.Click("http://bank.test/"); r.Err != nil {
		t.Error(r.Err)
	}
}

// http.CrossOriginProtection answers as in production.
func TestCrossOriginProtection(t *testing.T) {
	guarded := http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b := browser.New(jar.Chromium, browser.Sites{
		"https://bank.test":     guarded,
		"http://old.test":       guarded,
		"https://www.bank.test": http.NotFoundHandler(),
	})
	for _, test := range []struct {
		from, to string
		want     int
	}{
		{"https://bank.test/", "https://bank.test/", 200},
		{"https://www.bank.test/", "https://bank.test/", 403},
		{"http://old.test/", "http://old.test/", 200}, // by Origin and Host alone
		{"https://www.bank.test/", "http://old.test/", 403},
	} {
		if r := b.Open(test.from).Submit(test.to, nil); r.StatusCode != test.want {
			t.Errorf("from %s to %s: status %d, want %d", test.from, test.to, r.StatusCode, test.want)
		}
	}
}
