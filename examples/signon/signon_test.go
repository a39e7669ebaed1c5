package signon

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// forEach runs a test as each browser. Third parties get what the browsers of the day give to
// the most careful users: no cookies in Chromium, and a jar of their own in Firefox.
func forEach(t *testing.T, run func(t *testing.T, b *browser.Browser)) {
	for _, engine := range []struct {
		agent jar.UserAgent
		third jar.ThirdParty
	}{
		{jar.Chromium, jar.ThirdPartyBlocked},
		{jar.Firefox, jar.ThirdPartyPartitioned},
	} {
		t.Run(engine.agent.String(), func(t *testing.T) {
			b := browser.Test(t, engine.agent, browser.Sites{
				"https://sso.test":    Provider(),
				"https://widget.test": Widget(),
				"https://news.test":   http.NotFoundHandler(),
				"https://evil.test":   http.NotFoundHandler(),
			})
			b.ThirdParty = engine.third
			run(t, b)
		})
	}
}

// serve adds an application to the web of a browser.
func serve(b *browser.Browser, origin string) *App {
	a := &App{Origin: origin, Provider: "https://sso.test", SameSite: http.SameSiteLaxMode}
	b.Serve(origin, a.Handler())
	return a
}

var password = url.Values{"user": {"ann"}, "password": {"pass"}}

// login logs Ann in at an application, with her password.
func login(b *browser.Browser, a *App) *browser.Tab {
	tab := b.Open(a.Origin + "/login")
	tab.Submit(tab.URL().String(), password)
	tab.Click(a.Origin + "/")
	return tab
}

func body(t *testing.T, r *browser.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Ann logs in at one site with her password, and at another without.
func TestSingleSignOn(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		shop, blog := serve(b, "https://shop.test"), serve(b, "https://blog.test")

		tab := b.Open(shop.Origin + "/login")
		if r := tab.Response(); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("the provider knows Ann already: %d", r.StatusCode)
		}
		if r := tab.Submit(tab.URL().String(), password); !r.Stored("__Host-session") {
			t.Error("Ann is not logged in at the shop")
		}
		if r := b.Open(blog.Origin + "/login").Response(); !r.Stored("__Host-session") {
			t.Error("Ann has to log in a second time")
		}
	})
}

// The state cookie keeps an attacker from logging Ann in as someone else.
func TestForgedCallback(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		shop := serve(b, "https://shop.test")
		if r := b.Open("https://evil.test/").Click(shop.Origin + "/callback?user=eve&state=random"); r.StatusCode != http.StatusBadRequest {
			t.Errorf("a callback that Ann has not asked for logs in: %d", r.StatusCode)
		}
	})
}

// A page of another site writes a note in Ann's name, unless the session is SameSite=Lax, or
// net/http refuses cross-origin requests.
func TestForgery(t *testing.T) {
	for _, tt := range []struct {
		name     string
		sameSite http.SameSite
		handler  func(*App) http.Handler
		forged   bool
	}{
		{"open", http.SameSiteNoneMode, (*App).Handler, true},
		{"SameSite", http.SameSiteLaxMode, (*App).Handler, false},
		{"CrossOriginProtection", http.SameSiteNoneMode, (*App).Protected, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, b *browser.Browser) {
				shop := serve(b, "https://shop.test")
				shop.SameSite = tt.sameSite
				b.Serve(shop.Origin, tt.handler(shop))
				tab := login(b, shop)

				if r := tab.Submit("/note", url.Values{"text": {"hello"}}); r.StatusCode != http.StatusOK {
					t.Fatalf("Ann herself cannot write: %d", r.StatusCode)
				}
				b.Open("https://evil.test/").Submit(shop.Origin+"/note", url.Values{"text": {"buy!"}})
				if forged := len(shop.Notes) > 1; forged != tt.forged {
					t.Errorf("forged: %t, want %t", forged, tt.forged)
				}
			})
		})
	}
}

// The login takes place in a window, and the provider posts back to the application there. A Lax
// state cookie would not come along.
func TestLoginInAWindow(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		shop := serve(b, "https://shop.test")
		shop.FormPost = true
		tab := b.Open(shop.Origin + "/")

		popup := tab.OpenWindow(browser.Navigation{URL: "/login", Script: true})
		form, err := url.ParseQuery(body(t, popup.Submit(popup.URL().String(), password)))
		if err != nil {
			t.Fatal(err)
		}
		r := popup.Post(shop.Origin+"/callback", form) // the script of the provider's page
		if !r.Sent("__Host-state") || !r.Stored("__Host-session") {
			t.Error("the login in the window fails")
		}
		if popup.Opener() != &tab.Frame {
			t.Error("the window cannot tell the page that it is done")
		}
		if got := body(t, tab.Reload()); got != "Hello, ann." {
			t.Errorf("the page says %q", got)
		}
	})
}

// The widget counts visits for each site that embeds it, in a Partitioned cookie.
func TestEmbed(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		embed := func(site string) string { return body(t, b.Open(site).Embed("https://widget.test/embed").Response()) }
		if got := embed("https://news.test/") + " " + embed("https://news.test/") + " " + embed("https://evil.test/"); got != "1 11 1" {
			t.Errorf("visits %q, want that each site has its own count", got)
		}
	})
}

// The widget knows its members on other sites only if they permit that.
func TestEmbedWithStorageAccess(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		b.Open("https://widget.test/").Submit("/join", nil)
		frame := b.Open("https://news.test/").Embed("https://widget.test/embed")
		if r := frame.Fetch("/member", nil); r.StatusCode != http.StatusForbidden {
			t.Errorf("the widget knows Ann on another site: %d", r.StatusCode)
		}
		if err := frame.RequestStorageAccess(); err == nil {
			t.Error("storage access without being asked")
		}
		b.PermitStorageAccess("https://widget.test", "https://news.test", true)
		if err := frame.RequestStorageAccess(); err != nil {
			t.Fatal(err)
		}
		if got := body(t, frame.Fetch("/member", nil)); got != "ann" {
			t.Errorf("with storage access, the widget knows %q, want ann", got)
		}
	})
}

// A logout by Clear-Site-Data leaves nothing of the application, and the provider alone.
func TestLogout(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		shop := serve(b, "https://shop.test")
		tab := login(b, shop)
		if got := body(t, tab.Reload()); got != "Hello, ann." {
			t.Fatalf("the page says %q", got)
		}
		tab.Submit("/logout", nil)
		if got := body(t, tab.Click("/")); got != "Hello, ." {
			t.Errorf("after the logout the page says %q", got)
		}
		if r := tab.Click("/login"); !r.Stored("__Host-session") {
			t.Error("the provider has forgotten Ann, too")
		}
	})
}

// The session ends after an hour. In a synctest bubble, the clock of the handlers is that of the
// browser, and an hour takes no time.
func TestExpiry(t *testing.T) {
	forEach(t, func(t *testing.T, _ *browser.Browser) {
		agent, err := jar.ParseUserAgent(filepath.Base(t.Name()))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			b := browser.Test(t, agent, browser.Sites{"https://sso.test": Provider()})
			shop := serve(b, "https://shop.test")
			tab := login(b, shop)
			time.Sleep(59 * time.Minute)
			if r := tab.Click("/"); !r.Sent("__Host-session") {
				t.Error("the session is gone too early")
			}
			time.Sleep(2 * time.Minute)
			if r := tab.Click("/"); r.Sent("__Host-session") {
				t.Error("the session does not end")
			}
		})
	})
}

// What the browser did can be looked at: as text, in developer tools, and on a page.
func TestLog(t *testing.T) {
	forEach(t, func(t *testing.T, b *browser.Browser) {
		login(b, serve(b, "https://shop.test"))
		for name, write := range map[string]func(io.Writer, *browser.WriteOptions) error{
			"log.har": b.Log().WriteHAR, "log.html": b.Log().WriteHTML,
		} {
			f, err := os.Create(filepath.Join(t.TempDir(), name))
			if err != nil {
				t.Fatal(err)
			}
			if err := write(f, nil); err != nil {
				t.Error(err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
