package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// A login in a window: the provider posts back with form_post, which carries no Lax cookie, and
// the opener finds itself logged in.
func TestPopup(t *testing.T) {
	for _, agent := range []jar.UserAgent{jar.Chromium, jar.Firefox} {
		sites := web("https://app.test", "https://idp.test")
		b := browser.Test(t, agent, sites)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		b.Now = func() time.Time { return now }
		app := b.Open("https://app.test/set")
		popup := app.OpenWindow(browser.Navigation{URL: "https://idp.test/", Script: true})
		if popup.Opener() != &app.Frame || popup.Top() != popup || popup.Parent() != nil {
			t.Errorf("%s: the popup has another opener, top or parent", agent)
		}
		now = now.Add(time.Hour)
		r := popup.Post("https://app.test/callback", url.Values{"code": {"1"}})
		if r.Sent("lax") || !r.Sent("none") || r.Last().Header.Get("Origin") != "https://idp.test" {
			t.Errorf("%s: form_post\n%v", agent, r)
		}
		// The popup shows the app by now, which may send its opener elsewhere.
		if r := popup.Navigate(popup.Opener(), browser.Navigation{URL: "https://app.test/", Script: true}); !r.Sent("strict") {
			t.Errorf("%s: opener\n%v", agent, r)
		}
		if blank := app.OpenWindow(browser.Navigation{URL: "/"}); blank.Opener() != nil {
			t.Errorf("%s: a link has an opener", agent)
		}
		for _, rel := range []string{"noopener", "noreferrer"} {
			if w := app.OpenWindow(browser.Navigation{URL: "/", Script: true, Rel: []string{rel}}); w.Opener() != nil {
				t.Errorf("%s: %s has an opener", agent, rel)
			}
		}
		if w := app.Sandbox("/").OpenWindow(browser.Navigation{URL: "/", Rel: []string{"opener"}}); w.Opener() == nil || w.Cookie() != "" {
			t.Errorf("%s: a window opened in a sandbox has an origin", agent)
		}
	}
}

// A frame sends its parent and its tab elsewhere.
func TestTargets(t *testing.T) {
	b := browser.Test(t, jar.Chromium, web("https://a.test", "https://b.test"))
	tab := b.Open("https://a.test/")
	middle := tab.Embed("https://b.test/")
	inner := middle.Embed("https://b.test/inner")
	if r := inner.Navigate(inner.Parent(), browser.Navigation{URL: "/up"}); r.Last().Kind != browser.IFrame || middle.URL().Path != "/up" {
		t.Errorf("parent: %v", r)
	}
	inner = middle.Embed("https://b.test/inner")
	if r := inner.Navigate(&inner.Top().Frame, browser.Navigation{URL: "/top", Method: "POST"}); r.Last().Kind != browser.Document || tab.URL().Path != "/top" {
		t.Errorf("top: %v", r)
	}
	other := browser.New(jar.Chromium, web("https://a.test"))
	for name, f := range map[string]func(testing.TB){
		"another browser": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Navigate(&other.Open("https://a.test/").Frame, browser.Navigation{})
		},
		"no frame": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Navigate(nil, browser.Navigation{})
		},
		"form without method": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").OpenWindow(browser.Navigation{URL: "/", Form: url.Values{}})
		},
		"method": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").OpenWindow(browser.Navigation{URL: "/", Method: "PUT"})
		},
		"nothing before": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Back()
		},
		"nothing after": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Forward()
		},
		"no Refresh": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Refresh()
		},
		"no Refresh in srcdoc": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Embed("about:srcdoc").Refresh()
		},
		"Load": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Load(browser.Fetch, "/", nil)
		},
		"crossorigin": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Load(browser.Image, "/", &browser.LoadOptions{CrossOrigin: "yes"})
		},
		"policy": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Load(browser.Image, "/", &browser.LoadOptions{ReferrerPolicy: "none"})
		},
		"redirect": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).Open("https://a.test/").Fetch("/", &browser.FetchOptions{Redirect: "no"})
		},
		"permission": func(t testing.TB) {
			browser.Test(t, jar.Chromium, web("https://a.test")).PermitStorageAccess("a.test", "https://b.test", true)
		},
	} {
		if s := run(f); !strings.HasPrefix(s.fatal, "window_test.go:") || !strings.Contains(s.fatal, "browser: ") {
			t.Errorf("%s: ends with %q, want a sentence", name, s.fatal)
		}
	}
}

// Back and forward ask again for what a tab has shown, and what it shows next is after that.
func TestHistory(t *testing.T) {
	b := browser.Test(t, jar.Firefox, web("https://a.test"))
	tab := b.Open("https://a.test/1")
	tab.Click("/2")
	tab.Click("/3")
	path := func(want string) {
		t.Helper()
		if got := tab.URL().Path; got != want {
			t.Errorf("at %s, want %s", got, want)
		}
	}
	tab.Back()
	tab.Back()
	path("/1")
	tab.Forward()
	path("/2")
	tab.Reload()
	tab.Click("/4")
	tab.Back()
	path("/2")
	tab.Forward()
	path("/4")
	b.Serve("https://a.test", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	tab.Back()
	path("/4")
	tab.Reload()
	path("/4")
}

// What a Refresh field leads to.
func TestRefresh(t *testing.T) {
	for field, want := range map[string]string{
		"0; url=/next":      "/next",
		"5;URL='/a b'":      "/a%20b",
		`1.5, url = "/q" x`: "/q",
		"0;/bare":           "/bare",
		"3":                 "/",
		"0; ur=/x":          "/ur=/x",
		"soon":              "",
		"":                  "",
	} {
		b := browser.New(jar.Chromium, browser.Sites{"https://a.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				w.Header().Set("Refresh", field)
			}
			fmt.Fprint(w, r.URL.Path)
		})})
		tab := b.Open("https://a.test/")
		if want == "" {
			if panics(func() { tab.Refresh() }) == nil {
				t.Errorf("Refresh: %q leads somewhere", field)
			}
			continue
		}
		if tab.Refresh(); tab.URL().EscapedPath() != want {
			t.Errorf("Refresh: %q leads to %s, want %s", field, tab.URL().EscapedPath(), want)
		}
	}
}
