package rules_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
)

// date returns t as servers write it, which is by the second.
func date(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// Expires counts from the server's clock, and nothing else does: not Max-Age, not what a
// script sets, and nothing as Compat.
func TestServerClock(t *testing.T) {
	const hour = time.Hour
	for _, tt := range []struct {
		name   string
		server time.Duration // how much later than ours
		line   string
		want   time.Duration // until it expires; 0 for a cookie that is removed
		plain  time.Duration // where the server's clock does not count
	}{
		{"slow, alive by its own clock", -hour, "a=1; Expires=" + date(now.Add(-hour/2)), hour / 2, 0},
		{"fast, dead by its own clock", 3 * hour, "a=1; Expires=" + date(now.Add(2*hour)), 0, 2 * hour},
		{"fast, alive", 3 * hour, "a=1; Expires=" + date(now.Add(4*hour)), hour, 4 * hour},
		{"right", 0, "a=1; Expires=" + date(now.Add(hour)), hour, hour},
		{"Max-Age alone", -hour, "a=1; Max-Age=60", time.Minute, time.Minute},
		{"Max-Age beside Expires", 3 * hour, "a=1; Max-Age=60; Expires=" + date(now.Add(hour)), time.Minute, time.Minute},
		{"deletion by a server that is slow", -hour, "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, 0},
		{"counted before it is cut", -1000 * 24 * hour, "a=1; Expires=" + date(now.Add(-990*24*hour)), 10 * 24 * hour, 0},
		{"cut after it is counted", -1000 * 24 * hour, "a=1; Expires=" + date(now.Add(hour)), 400 * 24 * hour, hour},
	} {
		server := now.Add(tt.server)
		for _, ua := range []policy.UserAgent{policy.Standard, policy.Chromium, policy.Compat, policy.Firefox} {
			for _, isScript := range []bool{false, true} {
				r := request(t, "https://example.com/", "")
				r.ServerTime = server
				want := tt.want
				if isScript {
					script(r)
				}
				if isScript || ua == policy.Compat {
					want = tt.plain
				}
				v, _ := (&rules.Policy{UserAgent: ua}).Receive(r, tt.line, now)
				got := max(v.Cookie.Expires.Sub(now), 0)
				if !v.OK() || got != want {
					t.Errorf("%s, as %s, script %t: Receive(%q) = %s, for %s, want %s", tt.name, ua, isScript, tt.line, v, got, want)
				}
			}
		}
	}
}

// A server that does not tell its time is taken for right.
func TestServerClockUnknown(t *testing.T) {
	r := request(t, "https://example.com/", "")
	r.ServerTime = policy.Standard.ServerTime([]string{"soon", date(now.Add(time.Hour))})
	v, _ := new(rules.Policy).Receive(r, "a=1; Expires="+date(now.Add(time.Minute)), now)
	if got := v.Cookie.Expires.Sub(now); got != time.Minute {
		t.Errorf("with a Date that cannot be read a cookie lives for %s, want 1m", got)
	}
}

// Dates at the ends of time neither overflow nor become the zero Time, which would make
// a session cookie: a cookie from before the server's time is removed, one from after it
// is there, for the cap at most.
func TestServerClockExtremes(t *testing.T) {
	ends := []time.Time{
		time.Unix(math.MinInt64, 0), time.Unix(math.MinInt64+1, 999_999_999), time.Time{}.Add(1), date1601, now, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(32767, 12, 31, 23, 59, 59, 0, time.UTC), time.Unix(1<<40, 0), time.Unix(math.MaxInt64-1, 999_999_999), time.Unix(math.MaxInt64, 0),
	}
	for _, at := range []time.Time{now, time.Time{}.Add(time.Hour), time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for _, server := range ends {
			for _, expires := range []string{"1 Jan 1601 00:00:00", "31 Dec 9999 23:59:59", "15 Jan 2026 12:00:01"} {
				for _, age := range []time.Duration{0, -1} {
					r := request(t, "https://example.com/", "")
					r.ServerTime = server
					v, _ := (&rules.Policy{MaxAge: age}).Receive(r, "a=1; Expires="+expires, at)
					e := v.Cookie.Expires
					written, _ := time.Parse("2 Jan 2006 15:04:05", expires)
					if !v.Cookie.Persistent() || e.After(at) != (written.Unix() > server.Unix()) || age == 0 && e.After(at.Add(400*24*time.Hour)) {
						t.Errorf("Expires=%s from a server at %v, received at %v: expires %v", expires, server, at, e)
					}
				}
			}
		}
	}
}

var date1601 = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)

func TestServerTime(t *testing.T) {
	want := time.Date(2035, 6, 15, 12, 34, 56, 0, time.UTC)
	good := date(want)
	for _, tt := range []struct {
		dates []string
		want  time.Time
	}{
		{nil, time.Time{}},
		{[]string{}, time.Time{}},
		{[]string{""}, time.Time{}},
		{[]string{good}, want},
		{[]string{good, "x"}, want},
		{[]string{good, date(now)}, want},
		{[]string{"x", good}, time.Time{}},
		{[]string{"", good}, time.Time{}},
		{[]string{"1 Jan 0001"}, time.Time{}.Add(1)}, // no zero Time: that is another thing
	} {
		if got := policy.Standard.ServerTime(tt.dates); !got.Equal(tt.want) {
			t.Errorf("ServerTime(%q) = %v, want %v", tt.dates, got, tt.want)
		}
	}
}

// Hosts that end in two dots have no cookies: not from a response, a script or a file.
// Hosts that end in one dot, or have two elsewhere, do. As Firefox only the former do.
func TestHostsThatEndInDots(t *testing.T) {
	for _, ua := range []policy.UserAgent{policy.Standard, policy.Chromium, policy.Compat, policy.Firefox} {
		p := &rules.Policy{UserAgent: ua}
		for host, want := range map[string]bool{
			"a.test": true, "a.test.": true, "a..test": true, ".a.test": true, ".": true, "localhost.": true, "127.0.0.1.": true,
			"a.test..": false, "a.test...": false, "a..test..": false, "..": false, "...": false, "localhost..": false, "127.0.0.1..": false, "co.uk..": false,
		} {
			if ua == policy.Firefox { // takes no empty label at all
				want = want && host[0] != '.' && !strings.Contains(host, "..")
			}
			r := request(t, "http://"+host+"/", "")
			v, _ := p.Receive(r, "a=1", now)
			if v.OK() != want || !want && v.Reason != policy.ReasonHost {
				t.Errorf("as %s, Receive from %s: %s, want a cookie: %t", ua, host, v, want)
			}
			if v, _ := p.Receive(script(request(t, "http://"+host+"/", "")), "a=1", now); v.OK() != want {
				t.Errorf("as %s, a script at %s: %s, want a cookie: %t", ua, host, v, want)
			}
			c := v.Cookie
			c.Domain, c.HostOnly = strings.TrimSuffix(host, "127.0.0.1."), true
			if c.Domain == "" {
				continue // the canonical host is another
			}
			if v, _ := p.Accept(c, now); v.OK() != want {
				t.Errorf("as %s, Accept for %s: %s, want a cookie: %t", ua, host, v, want)
			}
			if v := p.Explain(c, request(t, "http://"+host+"/", ""), now); v.OK() != want {
				t.Errorf("as %s, Explain for %s: %s, want it sent: %t", ua, host, v, want)
			}
		}
	}
}
