package browser_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// An embed asks for storage access, and has its cookies if the user permits that.
func TestStorageAccess(t *testing.T) {
	for _, agent := range []jar.UserAgent{jar.Chromium, jar.Firefox} {
		third := map[jar.UserAgent]jar.ThirdParty{jar.Chromium: jar.ThirdPartyBlocked, jar.Firefox: jar.ThirdPartyPartitioned}[agent]
		b := browser.Test(t, agent, web("https://embed.test", "https://news.test"))
		b.ThirdParty = third
		b.Open("https://embed.test/set")
		frame := b.Open("https://news.test/").Embed("https://embed.test/")
		if err := frame.RequestStorageAccess(); !errors.Is(err, browser.ErrBlocked) || !strings.Contains(err.Error(), "https://embed.test below https://news.test") {
			t.Errorf("%s: %v, want that the user has not permitted it", agent, err)
		}
		if r := frame.Fetch("/", nil); r.Sent("none") {
			t.Errorf("%s: without access: %v", agent, r)
		}
		b.PermitStorageAccess("https://embed.test", "https://news.test", true)
		if err := frame.RequestStorageAccess(); err != nil {
			t.Errorf("%s: %v", agent, err)
		}
		r := frame.Fetch("/", &browser.FetchOptions{Credentials: browser.Include}) // or Chromium sends no such field
		if !r.Sent("none") || r.Sent("lax") || r.Last().Header.Get("Sec-Fetch-Storage-Access") != "active" {
			t.Errorf("%s: with access: %v", agent, r)
		}
		if !strings.Contains(frame.Cookie(), "none=1") {
			t.Errorf("%s: document.cookie: %q", agent, frame.Cookie())
		}
		if r := frame.Click("/"); !r.Sent("none") || !frame.Fetch("/", nil).Sent("none") {
			t.Errorf("%s: a link in the frame loses the access", agent)
		}
		if err := b.Open("https://news.test/").RequestStorageAccess(); err != nil {
			t.Errorf("%s: at the top: %v", agent, err)
		}
		for name, f := range map[string]*browser.Frame{
			"opaque":           b.Open("https://news.test/").Sandbox("https://embed.test/"),
			"opaque around it": b.Open("https://news.test/").Sandbox("about:srcdoc").Embed("https://embed.test/"),
		} {
			if err := f.RequestStorageAccess(); err == nil {
				t.Errorf("%s: %s: granted", agent, name)
			}
		}
		if err := b.Open("https://news.test/").Embed("https://news.test/").RequestStorageAccess(); err != nil {
			t.Errorf("%s: the own site: %v", agent, err)
		}
	}
}

// With load, a document that was asked for with access has it.
func TestActivateStorageAccess(t *testing.T) {
	field := `retry; allowed-origin="https://news.test"`
	sites := web("https://news.test", "https://other.test")
	sites["https://embed.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Storage-Access") {
		case "inactive":
			w.Header().Set("Activate-Storage-Access", field)
			w.WriteHeader(http.StatusUnauthorized)
		case "active":
			w.Header().Set("Activate-Storage-Access", "load")
		default:
			kit.ServeHTTP(w, r)
		}
	})
	b := browser.Test(t, jar.Chromium, sites)
	b.ThirdParty = jar.ThirdPartyBlocked
	b.PermitStorageAccess("https://embed.test", "https://news.test", true)
	b.Open("https://embed.test/")
	tab := b.Open("https://news.test/")
	frame := tab.Embed("https://embed.test/")
	r := frame.Response()
	if len(r.Hops) != 2 || r.Hops[0].Sent("none") || !r.Hops[1].Sent("none") || r.StatusCode != 200 {
		t.Errorf("%v", r)
	}
	if !strings.Contains(r.String(), "note      storage access: asked for again") || !strings.Contains(frame.Cookie(), "none=1") {
		t.Errorf("the document has no access, or the log does not say that it was asked for again: %q\n%v", frame.Cookie(), r)
	}
	// The script may not read the answer, but the request is made again.
	if r := tab.Fetch("https://embed.test/", &browser.FetchOptions{Credentials: browser.Include}); !errors.Is(r.Err, browser.ErrBlocked) || len(r.Hops) != 2 {
		t.Errorf("fetch: %v\n%v", r.Err, r)
	}
	field = "retry"
	if r := tab.Load(browser.Image, "https://embed.test/", nil); len(r.Hops) != 1 || r.StatusCode != 401 {
		t.Errorf("without allowed-origin: %v", r)
	}
}

// A logout by Clear-Site-Data removes what the response sets as well, and the log says so.
func TestLogout(t *testing.T) {
	sites := web("https://bank.test")
	mux := sites["https://bank.test"].(*http.ServeMux)
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Clear-Site-Data", r.FormValue("what"))
		w.Header().Set("Set-Cookie", "flash=bye")
	})
	for _, agent := range []jar.UserAgent{jar.Chromium, jar.Firefox} {
		b := browser.Test(t, agent, sites)
		tab := b.Open("https://bank.test/set")
		if r := tab.Click(`/logout?what="storage"`); !r.Stored("flash") || b.Jar.Len() != 7 {
			t.Errorf("%s: storage: %v", agent, r)
		}
		r := tab.Click(`/logout?what="cookies"`)
		if r.Stored("flash") || tab.Click("/").Sent("lax") {
			t.Errorf("%s: %v", agent, r)
		}
		if log := r.String(); !strings.Contains(log, "note      Clear-Site-Data: ") || !strings.Contains(log, "removed   flash; Path=/") {
			t.Errorf("%s: the log says\n%s", agent, log)
		}
	}
}

// Ten thousand navigations take five seconds; the guard is generous, because other programs may run.
// With a log or a jar that slowed the browser down, they would take minutes.
func TestManyNavigations(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	b := browser.Test(t, jar.Chromium, web("https://a.test", "https://b.test"))
	tab := b.Open("https://a.test/set")
	began := time.Now()
	for i := range 10_000 {
		tab.Click([]string{"https://a.test/", "https://b.test/set"}[i%2])
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("ten thousand navigations take %v, want five seconds", took)
	}
}
