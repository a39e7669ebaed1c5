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

// Who is reached by https only, for how long, and what the log says.
func TestHSTS(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		field, from, to string
		after           time.Duration
		want            string
	}{
		{"max-age=600", "https://a.test/", "http://a.test/", 599 * time.Second, "https"},
		{"max-age=600", "https://a.test/", "http://a.test/", 600 * time.Second, "http"},
		{"max-age=600", "https://a.test/", "http://a.test:443/", 0, "https"},
		{"max-age=600", "https://a.test/", "http://www.a.test/", 0, "http"},
		{"max-age=600; includeSubDomains", "https://a.test/", "http://www.a.test/", 0, "https"},
		{"max-age=600; includeSubDomains=1", "https://a.test/", "http://www.a.test/", 0, "http"},
		{"max-age=600", "http://a.test/", "http://a.test/", 0, "http"},
		{"max-age=600", "https://192.0.2.1/", "http://192.0.2.1/", 0, "http"},
		{"max-age=0", "https://a.test/", "http://a.test/", 0, "http"},
	} {
		b := browser.New(jar.Chromium, nil)
		b.Now = func() time.Time { return now }
		pledge := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Strict-Transport-Security", tt.field)
		})
		for _, o := range []string{"https://a.test", "http://a.test", "http://a.test:443", "https://www.a.test", "http://www.a.test", "https://192.0.2.1", "http://192.0.2.1"} {
			b.Serve(o, pledge)
		}
		b.Open(tt.from)
		now = now.Add(tt.after)
		r := b.Open(tt.to).Response()
		if r.Err != nil || r.Last().URL.Scheme != tt.want {
			t.Errorf("%q from %s, %v later: %s is %v, want %s; %v", tt.field, tt.from, tt.after, tt.to, r.Last().URL, tt.want, r.Err)
		}
		if noted := strings.Contains(b.String(), "note      HSTS: "+tt.to+" is upgraded to https, as a.test asked"); noted != (tt.want == "https") {
			t.Errorf("%q: the log says\n%v", tt.field, b)
		}
	}
}

// A WebSocket is upgraded too, and an image of a secure document. That of WebSockets is from the
// specification only.
func TestUpgrades(t *testing.T) {
	sites := web("https://a.test", "http://a.test", "https://b.test", "http://c.test")
	sites["https://a.test"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=600")
	})
	b := browser.Test(t, jar.Chromium, sites)
	b.Open("https://a.test/")
	if r := b.Open("http://c.test/").WebSocket("ws://a.test/"); r.Last().URL.Scheme != "wss" {
		t.Errorf("WebSocket: %v", r)
	}
	if r := b.Open("https://a.test/").Load(browser.Image, "http://b.test/", nil); r.Err != nil || r.Last().URL.Scheme != "https" || !strings.Contains(r.String(), "note      mixed content: http://b.test/ is upgraded to https") {
		t.Errorf("image: %v\n%v", r.Err, r)
	}
}

// The log says what the browser blocked, and why.
func TestLogOfBlocked(t *testing.T) {
	b := browser.Test(t, jar.Chromium, web("https://a.test", "http://a.test", "https://b.test"))
	tab := b.Open("https://a.test/")
	for _, tt := range []struct {
		do   func() *browser.Response
		want string
	}{
		{func() *browser.Response { return tab.Fetch("https://b.test/", nil) },
			"GET   CORS fetch      https://b.test/  from https://a.test\n                      blocked   status 200, CORS: Access-Control-Allow-Origin is [], want \"https://a.test\"\n"},
		{func() *browser.Response { return tab.Fetch("https://b.test/", &browser.FetchOptions{Method: "PUT"}) },
			"OPTIONS CORS preflight  https://b.test/"},
		{func() *browser.Response { return tab.Fetch("http://a.test/", nil) },
			"GET   -    fetch      http://a.test/  from https://a.test\n                      blocked   mixed content: a secure document asks for what is not\n"},
		{func() *browser.Response { return tab.Load(browser.Style, "http://a.test/", nil) }, "GET   -    stylesheet http://a.test/"},
		{func() *browser.Response {
			return tab.Fetch("https://a.test/to?u=/", &browser.FetchOptions{Redirect: "error"})
		}, "GET   -    fetch      https://a.test/to?u=/  from https://a.test\n                      blocked   status 302, it was redirected, and the fetch has redirect: error\n"},
	} {
		n := len(b.Log())
		if r := tt.do(); !errors.Is(r.Err, browser.ErrBlocked) {
			t.Errorf("Err = %v, want blocked", r.Err)
		}
		if got := b.Log()[n:].String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("the log says\n%s\nwant\n%s", got, tt.want)
		}
	}
	if r := tab.Fetch("https://a.test/to?u=/set", &browser.FetchOptions{Redirect: "manual"}); r.Err != nil || r.StatusCode != 302 || r.Stored("lax") {
		t.Errorf("manual: %v\n%v", r.Err, r)
	}
}
