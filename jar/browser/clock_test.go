package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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

// The log says where an Expires seems to be by another clock than it counts from.
func TestClocksDisagree(t *testing.T) {
	fake := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		date    time.Time // zero: left to the browser
		expires time.Time
		rest    string // of the line
		want    string // in the log; "" for no note
	}{
		{"one clock", time.Time{}, fake.Add(time.Hour), "", ""},
		{"time.Now", time.Time{}, time.Now().Add(time.Hour), "", "Expires of a: it seems to be by time.Now, which is "},
		{"time.Now, deleted", time.Time{}, time.Now().Add(-time.Hour), "", "so the cookie lives "},
		{"Max-Age wins", time.Time{}, time.Now().Add(time.Hour), "; Max-Age=60", ""},
		{"deleted", time.Time{}, time.Unix(0, 0), "", ""},
		{"Date of another clock", fake.Add(48 * time.Hour), fake.Add(49 * time.Hour), "", "Expires of a: the Date of the response is 2 days ahead of the browser's clock. Expires counts from Date, so the cookie lives 1h0m0s."},
		{"Date of another clock, Expires of the browser's", fake.Add(47 * time.Hour), fake.Add(time.Hour), "", "is 47h0m0s ahead of the browser's clock. Expires counts from Date, so the cookie is dead on arrival."},
		{"slow clock", fake.Add(-3 * 365 * 24 * time.Hour), fake.Add(time.Hour), "", "3 years behind the browser's clock"},
		{"a little slow", fake.Add(-time.Minute), fake.Add(time.Hour), "", ""},
	} {
		b := browser.New(jar.Firefox, browser.Sites{"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "a=s3cret; Expires="+tt.expires.UTC().Format(http.TimeFormat)+tt.rest)
			if !tt.date.IsZero() {
				w.Header().Set("Date", tt.date.Format(http.TimeFormat))
			}
		})})
		b.Now = func() time.Time { return fake }
		b.Open("https://bank.test/")
		log := b.String()
		if noted := strings.Contains(log, "note      "); noted != (tt.want != "") || !strings.Contains(log, tt.want) || strings.Contains(log, "s3cret") {
			t.Errorf("%s: the log says\n%s\nwant %q", tt.name, log, tt.want)
		}
		if x := b.Log()[0]; !x.Time.Equal(fake) || strings.Contains(x.LogValue().String(), "notes=") != (tt.want != "") {
			t.Errorf("%s: Time is %v; %v", tt.name, x.Time, x.LogValue())
		}
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
