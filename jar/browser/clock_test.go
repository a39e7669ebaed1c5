package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// A handler by the clock of the browser gets what it means by an Expires, and so does one
// by another clock that says which.
func TestDateOfHandlers(t *testing.T) {
	now := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	format := func(t time.Time) string { return t.Format(http.TimeFormat) }
	expiresIn := func(w http.ResponseWriter, d time.Duration, by time.Time) {
		w.Header().Set("Set-Cookie", "a=1; Path=/; Expires="+format(by.Add(d)))
	}
	other := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	answer := func(date string) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) {
			rec := httptest.NewRecorder()
			expiresIn(rec, time.Hour, other)
			if date != "" {
				rec.Header().Set("Date", date)
			}
			return rec.Result(), nil
		})
	}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		date    string // of the response
		want    bool
	}{
		{"the browser's clock", func(w http.ResponseWriter, _ *http.Request) { expiresIn(w, time.Hour, now) }, format(now), true},
		{"the browser's clock, expired", func(w http.ResponseWriter, _ *http.Request) { expiresIn(w, -time.Hour, now) }, format(now), false},
		{"its own clock", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", format(other))
			expiresIn(w, time.Hour, other)
		}, format(other), true},
		{"its own clock, expired by that", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", format(other))
			expiresIn(w, -time.Hour, other)
		}, format(other), false},
		{"no Date", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = nil
			expiresIn(w, time.Hour, now)
		}, "", true},
		{"from elsewhere", func(w http.ResponseWriter, r *http.Request) {
			browser.Forward(answer(format(other))).ServeHTTP(w, r)
		}, format(other), true},
	} {
		b := browser.New(jar.Chromium, browser.Sites{"https://bank.test": tt.handler})
		b.Now = func() time.Time { return now }
		r := b.Open("https://bank.test/").Response()
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if got := r.Stored("a"); got != tt.want || r.Header.Get("Date") != tt.date || len(r.Header["Date"]) > 1 {
			t.Errorf("%s: the cookie is kept: %t, want %t; Date: %q, want %q\n%v", tt.name, got, tt.want, r.Header["Date"], tt.date, b)
		}
	}
	b := browser.New(jar.Chromium, browser.Sites{"https://bank.test": browser.Forward(answer(format(other)))})
	b.Now = func() time.Time { return now }
	if r := b.Open("https://bank.test/").Response(); !r.Stored("a") {
		t.Errorf("a service with another clock: the cookie is not kept\n%v", b)
	}
}

// A roundTripper is a function that answers.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return f(r)
}
