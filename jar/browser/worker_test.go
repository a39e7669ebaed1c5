package browser_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// A worker fetches with the cookies of the document that started it, and as the worker's script.
func TestWorker(t *testing.T) {
	for _, agent := range engines {
		for _, kind := range []browser.Kind{browser.DedicatedWorker, browser.SharedWorker, browser.ServiceWorker} {
			b := browser.Test(t, agent, web("https://bank.test", "https://evil.test"))
			b.ThirdParty = jar.ThirdPartyAllowed
			tab := b.Open("https://bank.test/set")
			w, err := tab.StartWorker(kind, "/js/worker.js")
			if err != nil {
				t.Fatal(err)
			}
			if r := w.Response(); !r.Sent("strict") || r.Last().Header.Get("Sec-Fetch-Dest") != string(kind) || (r.Last().Header.Get("Service-Worker") == "script") != (kind == browser.ServiceWorker) {
				t.Errorf("%s: %v %v", kind, r, r.Last().Header)
			}
			if r := w.Fetch("api", nil); !r.Sent("strict") || r.Last().URL.Path != "/js/api" || r.Last().Header.Get("Referer") != "https://bank.test/js/worker.js" {
				t.Errorf("%s: %v %v", kind, r, r.Last().Header)
			}
			evil, err := b.Open("https://evil.test/").StartWorker(kind, "/worker.js")
			if err != nil {
				t.Fatal(err)
			}
			if r := evil.Fetch("https://bank.test/", &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include}); r.Sent("lax") || !r.Sent("none") {
				t.Errorf("%s: of another site: %v", kind, r)
			}
			for want, err := range map[string]error{
				"SecurityError": second(tab.StartWorker(kind, "https://evil.test/worker.js")),
			} {
				if e, ok := errors.AsType[*browser.Exception](err); !ok || e.Name != want {
					t.Errorf("%s: %v, want %s", kind, err, want)
				}
			}
		}
	}
}

func second(_ *browser.Worker, err error) error { return err }

// Beacons and prefetches carry cookies as images do, and an EventSource as a fetch does.
func TestSenders(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, browser.Sites{
			"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Set-Cookie", "none=1; SameSite=None; Secure")
				w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				if r.Header.Get("Accept") == "text/event-stream" {
					_, _ = io.WriteString(w, "data: x\n\n")
				}
				body, _ := io.ReadAll(r.Body)
				w.Header().Set("X-Body", string(body))
			}),
			"https://evil.test": http.NotFoundHandler(),
		})
		b.ThirdParty = jar.ThirdPartyAllowed
		b.Open("https://bank.test/")
		tab := b.Open("https://evil.test/")
		if r := tab.Beacon("https://bank.test/", "hello"); !r.Sent("none") || r.Last().Method != "POST" || r.Header.Get("X-Body") != "hello" {
			t.Errorf("%s: %v", agent, r)
		}
		if r := tab.Load(browser.Prefetch, "https://bank.test/", nil); r.Last().Header.Get("Sec-Purpose") != "prefetch" {
			t.Errorf("%s: %v %v", agent, r, r.Last().Header)
		}
		for with, want := range map[bool]bool{true: true, false: false} {
			r := tab.EventSource("https://bank.test/", with)
			data, err := io.ReadAll(r.Body)
			r.Body.Close()
			if r.Sent("none") != want || string(data) != "data: x\n\n" || err != nil {
				t.Errorf("%s: withCredentials %t: %v %q %v", agent, with, r, data, err)
			}
		}
	}
}

// What Cross-Origin-Embedder-Policy and Cross-Origin-Resource-Policy make of requests for another
// site.
func TestEmbedderPolicy(t *testing.T) {
	for _, tt := range []struct {
		coep, corp    string
		sent, blocked bool
	}{
		{"", "", true, false}, {"", "same-origin", true, true}, {"", "same-site", true, true}, {"", "cross-origin", true, false}, {"", "x", true, false},
		{"require-corp", "", true, true}, {"require-corp", "cross-origin", true, false}, {"require-corp", "same-site", true, true},
		{"credentialless", "", false, false}, {"credentialless", "cross-origin", false, false}, {"credentialless", "same-origin", false, true},
		{"unsafe-none", "", true, false}, {`require-corp; report-to="x"`, "", true, true},
	} {
		for _, agent := range engines {
			b := browser.Test(t, agent, browser.Sites{
				"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Set-Cookie", "none=1; SameSite=None; Secure")
					if tt.corp != "" {
						w.Header().Set("Cross-Origin-Resource-Policy", tt.corp)
					}
				}),
				"https://news.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Cross-Origin-Embedder-Policy", tt.coep)
				}),
			})
			b.ThirdParty = jar.ThirdPartyAllowed
			b.Open("https://bank.test/")
			tab := b.Open("https://news.test/")
			r := tab.Load(browser.Image, "https://bank.test/", nil)
			if r.Sent("none") != tt.sent || errors.Is(r.Err, browser.ErrBlocked) != tt.blocked {
				t.Errorf("%s: %q, %q: blocked: %v\n%v", agent, tt.coep, tt.corp, r.Err, r)
			}
			frame := tab.Embed("https://bank.test/")
			if embeds := tt.coep == "" || tt.coep == "unsafe-none"; errors.Is(frame.Response().Err, browser.ErrBlocked) == embeds || !frame.Response().Sent("none") {
				t.Errorf("%s: %q: a frame: %v", agent, tt.coep, frame.Response().Err)
			}
		}
	}
}

// The documents of a credentialless iframe have cookies of the page's own.
func TestCredentialless(t *testing.T) {
	b := browser.Test(t, jar.Chromium, web("https://bank.test", "https://news.test"))
	b.Open("https://bank.test/set")
	tab := b.Open("https://news.test/")
	frame := tab.Credentialless("https://bank.test/")
	if frame.Response().Sent("none") || frame.Fetch("/set", nil).Sent("none") {
		t.Errorf("%v", b)
	}
	if r := frame.Fetch("/", nil); !r.Sent("none") || r.Sent("lax") || frame.Cookie() != "none=1; chips=1" {
		t.Errorf("%q: %v", frame.Cookie(), r)
	}
	if r := frame.Embed("https://bank.test/").Response(); !r.Sent("none") {
		t.Errorf("a frame in the frame: %v", r)
	}
	if r := b.Open("https://news.test/").Credentialless("https://bank.test/").Response(); r.Sent("none") {
		t.Errorf("another page: %v", r)
	}
	tab.Reload()
	if r := tab.Credentialless("https://bank.test/").Response(); r.Sent("none") {
		t.Errorf("the page was reloaded: %v", r)
	}
	f := browser.Test(t, jar.Firefox, web("https://bank.test"))
	if r := f.Open("https://bank.test/set").Credentialless("https://bank.test/").Response(); !r.Sent("lax") {
		t.Errorf("Firefox: %v", r)
	}
}

// A document of a data: URL is of an opaque origin; one of a blob: URL is of the origin around it, and
// has no cookies itself.
func TestLocalDocuments(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, web("https://bank.test"))
		b.ThirdParty = jar.ThirdPartyAllowed
		tab := b.Open("https://bank.test/set")
		data, blob := tab.Embed("data:text/html,x"), tab.Embed("blob:")
		if r := data.Fetch("https://bank.test/", &browser.FetchOptions{Mode: browser.NoCORS, Credentials: browser.Include}); r.Sent("lax") || !r.Sent("none") {
			t.Errorf("%s: data: %v", agent, r)
		}
		if r := data.Embed("https://bank.test/").Fetch("/", nil); r.Last().Header.Get("Sec-Fetch-Site") != "same-origin" {
			t.Errorf("%s: what data: embeds is opaque: %v", agent, r.Last().Header)
		}
		if r := blob.Fetch("https://bank.test/", nil); !r.Sent("strict") {
			t.Errorf("%s: blob: %v", agent, r)
		}
		if data.SetCookie("a=1") == nil || data.Cookie() != "" || agent == jar.Chromium && (blob.SetCookie("a=1") == nil || blob.Cookie() != "") {
			t.Errorf("%s: there are cookies for scripts", agent)
		}
		if r := data.Fetch("/", nil); r.Err == nil {
			t.Errorf("%s: a relative URL is fetched: %v", agent, r)
		}
	}
}
