package jar_test

import (
	"net/http"
	"testing"
	"time"

	"uacookie/jar"
)

// The Date of a response counts if the jar has the system's clock, or Transport.ServerTime is
// set.
func TestTransportServerTime(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	fake := func() time.Time { return now }
	real := func() time.Time { return time.Now() }
	for _, tt := range []struct {
		name    string
		options *jar.Options
		asked   bool
		server  time.Time
		want    bool // whether a cookie for half an hour by the server's clock is stored
	}{
		{"system's clock, slow server", nil, false, time.Now().Add(-time.Hour), true},
		{"system's clock, slow server, as Compat", &jar.Options{UserAgent: jar.Compat}, false, time.Now().Add(-time.Hour), false},
		{"clock of a test", &jar.Options{Now: real}, false, time.Now().Add(-time.Hour), false},
		{"clock of a test, asked for", &jar.Options{Now: real}, true, time.Now().Add(-time.Hour), true},
		{"old clock of a test, today's server", &jar.Options{Now: fake}, false, time.Now(), true},
		{"old clock of a test, asked for", &jar.Options{Now: fake}, true, time.Now(), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j, err := jar.New(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			w := newWeb(t, j)
			w.transport.ServerTime = tt.asked
			w.routes["/set"] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Date", tt.server.UTC().Format(http.TimeFormat))
				rw.Header().Set("Set-Cookie", "a=1; Expires="+tt.server.Add(30*time.Minute).UTC().Format(http.TimeFormat))
			}
			resp, err := w.client.Get("http://a.test/set")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := j.Len() == 1; got != tt.want {
				t.Errorf("the cookie is kept: %t, want %t", got, tt.want)
			}
		})
	}
}

// The first of two Date fields counts, also at a hop of a redirect.
func TestTransportServerTimeOfHop(t *testing.T) {
	w := newWeb(t, new(jar.Jar))
	slow := time.Now().Add(-time.Hour)
	w.routes["/hop"] = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header()["Date"] = []string{slow.UTC().Format(http.TimeFormat), time.Now().UTC().Format(http.TimeFormat)}
		rw.Header().Set("Set-Cookie", "hop=1; Path=/; Expires="+slow.Add(30*time.Minute).UTC().Format(http.TimeFormat))
		http.Redirect(rw, r, "/end", http.StatusFound)
	}
	w.routes["/end"] = func(rw http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("hop"); err != nil || c.Value != "1" {
			t.Errorf("after a redirect: Cookie: %q, want hop=1", r.Header["Cookie"])
		}
		rw.Header().Set("Set-Cookie", "end=1; Expires="+slow.Add(30*time.Minute).UTC().Format(http.TimeFormat))
	}
	resp, err := w.client.Get("http://a.test/hop")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := w.transport.Jar.Len(); n != 1 {
		t.Errorf("%d cookies are kept, want 1: the last response has the right time", n)
	}
}
