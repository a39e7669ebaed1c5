package browser_test

import (
	"net/http"
	"net/url"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/policy"
)

// A browser does not follow redirects forever, nor to what is not the web.
func TestRedirects(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test"))
	loop := http.RedirectHandler("https://bank.test/loop", http.StatusFound)
	b2 := browser.New(jar.Chromium, browser.Sites{"https://bank.test": loop})
	if r := b2.Open("https://bank.test/").Response(); r.Err == nil || len(r.Hops) != 21 {
		t.Errorf("loop: %v, %d requests, want an error after 21", r.Err, len(r.Hops))
	}
	for _, to := range []string{"ftp://bank.test/", "wss://bank.test/", "https://other.test/", "https://[bad/"} {
		if r := b.Open("https://bank.test/to?u=" + url.QueryEscape(to)).Response(); r.Err == nil {
			t.Errorf("to %s: no error", to)
		}
	}
}

// What was sent is about the request; what was stored, about all on the way.
func TestHops(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "session=1")
		w.Header().Add("Set-Cookie", "old=; Max-Age=0")
		w.Header().Add("Set-Cookie", "__Host-a=1")
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {})
	b := browser.New(jar.Chromium, browser.Sites{"https://bank.test": mux})
	tab := b.Open("https://bank.test/")
	_ = tab.SetCookie("old=1")
	r := tab.Submit("/login", nil)
	if r.Sent("session") || !r.Sent("old") || r.Withheld("old") != 0 || r.Withheld("session") != policy.ReasonNotStored {
		t.Errorf("the login carries session: %t, old: %t, want the old one\n%v", r.Sent("session"), r.Sent("old"), r)
	}
	if !r.Stored("session") || r.Stored("old") || r.Refused("__Host-a") != policy.ReasonHostPrefix || r.Refused("session") != 0 {
		t.Errorf("session stored: %t, old: %t, __Host-a refused: %v\n%v", r.Stored("session"), r.Stored("old"), r.Refused("__Host-a"), r)
	}
	if first, last := r.Hops[0], r.Last(); !first.Stored("session") || last.Stored("session") || !last.Sent("session") || last.Method != "GET" {
		t.Errorf("%v%v", first, last)
	}
	if r.StatusCode != http.StatusOK || tab.URL().Path != "/" {
		t.Errorf("the tab shows %v, status %d", tab.URL(), r.StatusCode)
	}
}

// A response without a document leaves that which is there.
func TestNoContent(t *testing.T) {
	b := browser.New(jar.Chromium, browser.Sites{"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/file":
			w.Header().Set("Content-Disposition", "attachment; filename=x")
		}
	})})
	tab := b.Open("https://bank.test/x")
	for _, path := range []string{"/none", "/file"} {
		if tab.Click(path); tab.URL().Path != "/x" {
			t.Errorf("after %s the tab shows %v, want /x", path, tab.URL())
		}
	}
}

// A frame of a document that is no longer shown is of no use.
func TestGone(t *testing.T) {
	b := browser.New(jar.Chromium, web("https://bank.test"))
	tab := b.Open("https://bank.test/")
	frame := tab.Embed("/")
	tab.Click("/other")
	if panics(func() { frame.Click("/") }) == nil {
		t.Error("the frame's document is gone, and it still navigates")
	}
}
