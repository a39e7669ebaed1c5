package jar_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// A clock is one that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// Ages and dates that no integer holds mean a very long life or none, and are never confused.
//
// Learned from jars that computed "now plus Max-Age" in 32 or 64 bits: a very long life
// overflowed and had already ended.
func TestBeyondIntegers(t *testing.T) {
	const loose = "" // as the user agent has it
	tests := []struct{ attribute, want, why string }{
		{"Max-Age=2147483647", capped, "a number of any size is an age past the cap"},
		{"Max-Age=2147483648", capped, "a number of any size is an age past the cap"},
		{"Max-Age=4294967295", capped, "a number of any size is an age past the cap"},
		{"Max-Age=4294967296", capped, "a number of any size is an age past the cap"},
		{"Max-Age=9007199254740993", capped, "a number of any size is an age past the cap"},
		{"Max-Age=9223372036", capped, "a number of any size is an age past the cap"},
		{"Max-Age=9223372037", capped, "a number of any size is an age past the cap"},
		{"Max-Age=9223372036854775807", capped, "a number of any size is an age past the cap"},
		{"Max-Age=9223372036854775808", capped, "a number of any size is an age past the cap"},
		{"Max-Age=18446744073709551615", capped, "a number of any size is an age past the cap"},
		{"Max-Age=18446744073709551616", capped, "a number of any size is an age past the cap"},
		{"Max-Age=" + strings.Repeat("9", 400), capped, "a number of any size is an age past the cap"},
		{"Max-Age=0000000000000000000000000000000000000000060", "1m0s", "leading zeros do not count"},
		{"Max-Age=" + strings.Repeat("0", 1000) + "60", "1m0s", "leading zeros do not count"},
		{"Max-Age=0", past, "zero or less has expired, however far below"},
		{"Max-Age=-0", past, "zero or less has expired, however far below"},
		{"Max-Age=-1", past, "zero or less has expired, however far below"},
		{"Max-Age=-2147483649", past, "zero or less has expired, however far below"},
		{"Max-Age=-9223372036854775808", past, "zero or less has expired, however far below"},
		{"Max-Age=-9223372036854775809", past, "zero or less has expired, however far below"},
		{"Max-Age=-18446744073709551617", past, "zero or less has expired, however far below"},
		{"Max-Age=-" + strings.Repeat("9", 400), past, "zero or less has expired, however far below"},
		{"Max-Age=1e9", noExpiry, "it is not an integer, and is ignored"},
		{"Max-Age=0x7fffffff", noExpiry, "it is not an integer, and is ignored"},
		{"Max-Age=1.5", noExpiry, "it is not an integer, and is ignored"},
		{"Max-Age=--1", noExpiry, "it is not an integer, and is ignored"},
		{"Max-Age=" + strings.Repeat("9", 1025), noExpiry, "an attribute of more than 1024 bytes is ignored"},
		{"Expires=Fri, 31 Dec 9999 23:59:59 GMT", capped, "the date is past the cap"},
		{"Expires=Fri, 31 Dec 2037 23:59:59 GMT", capped, "the date is past the cap"},
		{"Expires=Tue, 19 Jan 2038 03:14:08 GMT", capped, "the date is past the cap"},
		{"Expires=Sun, 07 Feb 2106 06:28:16 GMT", capped, "the date is past the cap"},
		{"Expires=Thu, 01 Jan 1970 00:00:00 GMT", past, "the date is the epoch"},
		{"Expires=Wed, 31 Dec 1969 23:59:59 GMT", past, "the date is long past, and can be before any integer's epoch"},
		{"Expires=Fri, 13 Dec 1901 20:45:51 GMT", past, "the date is long past, and can be before any integer's epoch"},
		{"Expires=Mon, 01 Jan 1601 00:00:00 GMT", past, "the date is long past, and can be before any integer's epoch"},
		{"Expires=Mon, 01 Jan 1600 00:00:00 GMT", loose, "a user agent may reject the year or take it as past"},
		{"Expires=Mon, 01 Jan 0001 00:00:00 GMT", loose, "a user agent may reject the year or take it as past"},
		{"Expires=Mon, 01 Jan 0000 00:00:00 GMT", loose, "a user agent may reject the year or take it as past"},
		{"Expires=Fri, 31 Dec 10000 23:59:59 GMT", loose, "a user agent may reject the year or take it as past"},
		{"Expires=Fri, 31 Dec 292277026596 15:30:08 GMT", noExpiry, "the date does not parse, and is ignored"},
		{"Expires=Fri, 31 Dec 18446744073709551616 00:00:00 GMT", noExpiry, "the date does not parse, and is ignored"},
		{"Expires=Fri, 99999999999999999999 Dec 2030 00:00:00 GMT", noExpiry, "the date does not parse, and is ignored"},
		{"Expires=Fri, 31 Dec 2030 99999999999999999999:00:00 GMT", noExpiry, "the date does not parse, and is ignored"},
		{"Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=99999999999999999999", capped, "Max-Age counts before Expires"},
		{"Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=-99999999999999999999", past, "Max-Age counts before Expires"},
	}
	firefox := map[string]string{ // what Firefox alone reads so
		"Max-Age=--1": past,
		"Expires=Fri, 31 Dec 2030 99999999999999999999:00:00 GMT": loose,
	}
	for _, ua := range userAgents {
		for _, maxAge := range []time.Duration{0, -1, time.Hour, math.MaxInt64, math.MinInt64} {
			for _, tt := range tests {
				if want, ok := firefox[tt.attribute]; ok && ua == jar.Firefox {
					tt.want, tt.why = want, "Firefox reads it in its own way"
				}
				t.Run(fmt.Sprintf("%v/cap %v/%.40s, %d bytes", ua, maxAge, tt.attribute, len(tt.attribute)), func(t *testing.T) {
					got, header := lifetimeOf(t, ua, maxAge, tt.attribute)
					if got != tt.want && tt.want != loose {
						t.Errorf("expires %s, want %s: %s", got, tt.want, tt.why)
					}
					want := "a=new"
					if got == past {
						want = ""
					}
					if header != want {
						t.Errorf("then Header = %q, want %q", header, want)
					}
				})
			}
		}
	}
}

const (
	past     = "past"
	capped   = "capped"
	noExpiry = "session"
)

// lifetimeOf replaces a cookie by one with an attribute. It returns the lifetime of the new
// cookie: past, capped, session, or a duration. It also returns what the jar then sends.
func lifetimeOf(t *testing.T, ua jar.UserAgent, maxAge time.Duration, attribute string) (lifetime, header string) {
	t.Helper()
	c := clock{noon}
	j := mustJar(t, &jar.Options{UserAgent: ua, MaxAge: maxAge, Now: c.now})
	j.Receive(to(t, "https://a.test/"), []string{"a=old"})
	v := j.Receive(to(t, "https://a.test/"), []string{"a=new; " + attribute})[0]
	if !v.OK() {
		t.Fatal(v)
	}
	header = j.Header(to(t, "https://a.test/"))
	if v.Removed != (header == "") {
		t.Errorf("Header = %q and Removed = %t", header, v.Removed)
	}
	limit := maxAge
	if limit == 0 && ua != jar.Compat {
		limit = 400 * 24 * time.Hour
	}
	expires := v.Cookie.Expires
	switch {
	case !v.Cookie.Persistent():
		return noExpiry, header
	case !expires.After(noon):
		return past, header
	case limit > 0 && expires.Equal(noon.Add(limit)) && v.Capped,
		(limit <= 0 || limit == math.MaxInt64) && expires.After(noon.AddDate(10, 0, 0)):
		return capped, header
	}
	return expires.Sub(noon).String(), header
}

// A clock that jumps back removes nothing: stored cookies stay, in their order, until the time
// of day at which they expire, and new cookies are stored.
func TestClockJumpsBack(t *testing.T) {
	for _, ua := range userAgents {
		c := clock{noon}
		j := mustJar(t, &jar.Options{UserAgent: ua, Now: c.now})
		r := to(t, "https://a.test/")
		j.Receive(r, []string{"session=1", "hour=1; Max-Age=3600", "date=1; Expires=Thu, 15 Jan 2026 13:00:00 GMT"})
		j.Header(r)
		for _, back := range []time.Duration{time.Second, time.Hour, 24 * time.Hour, 50 * 365 * 24 * time.Hour, 200 * 365 * 24 * time.Hour} {
			c.at = noon.Add(-back)
			if got, want := j.Header(r), "session=1; hour=1; date=1"; got != want {
				t.Errorf("%v: %v back: Header = %q, want %q", ua, back, got, want)
			}
			j.Receive(r, []string{"new=1; Max-Age=60"})
			if got, want := j.Header(r), "new=1; session=1; hour=1; date=1"; got != want {
				t.Errorf("%v: %v back: after a new one Header = %q, want %q: the older first", ua, back, got, want)
			}
			c.at = c.at.Add(time.Minute)
			if got, want := j.Header(r), "session=1; hour=1; date=1"; got != want {
				t.Errorf("%v: %v back, and a minute on: Header = %q, want %q", ua, back, got, want)
			}
			j.Delete(none) // or the next jump would bring it back
			for k := range j.All() {
				if k.LastAccess.Before(noon) {
					t.Errorf("%v: %v back: last access of %v went back to %v", ua, back, k, k.LastAccess)
				}
			}
		}
		c.at = noon.Add(time.Hour)
		if got, want := j.Header(r), "session=1"; got != want {
			t.Errorf("%v: an hour after they were set: Header = %q, want %q", ua, got, want)
		}
	}
}

// A clock that jumps forward expires the cookies that are due and no others; session cookies
// stay. If the clock jumps back, expired cookies that were not replaced are there again.
func TestClockJumpsForward(t *testing.T) {
	for _, ua := range userAgents {
		for _, forward := range []time.Duration{time.Hour, 401 * 24 * time.Hour, 250 * 365 * 24 * time.Hour} {
			c := clock{noon}
			j := mustJar(t, &jar.Options{UserAgent: ua, Now: c.now})
			r := to(t, "https://a.test/")
			j.Receive(r, []string{"session=1", "hour=1; Max-Age=3600"})
			c.at = noon.Add(forward)
			if got, want := j.Header(r), "session=1"; got != want {
				t.Errorf("%v: %v forward: Header = %q, want %q", ua, forward, got, want)
			}
			c.at = noon
			if got, want := j.Header(r), "session=1; hour=1"; got != want {
				t.Errorf("%v: %v forward and back: Header = %q, want %q", ua, forward, got, want)
			}
			c.at = noon.Add(forward)
			j.Receive(r, []string{"new=1"})
			c.at = noon
			if got := j.Header(r); !strings.HasPrefix(got, "session=1") || strings.Contains(got, "hour") {
				t.Errorf("%v: %v forward, a write, and back: Header = %q, want session=1, and hour=1 gone for good", ua, forward, got)
			}
		}
	}
}

// A clock that jumps at random loses no session cookie of another site, and the limits hold.
func TestClockGoesMad(t *testing.T) {
	times := []time.Time{
		{}, time.Time{}.Add(1), time.Unix(0, 0), time.Unix(-1, 0), time.Unix(math.MaxInt32+1, 0), noon,
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(-200000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(200000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, limits := range []*jar.Limits{nil, {Site: 10, SitePurged: 8, Total: 40, Domain: 5}, {Total: 30, TotalPurged: 20, TotalUnused: time.Hour, Site: 10}} {
		c := clock{noon}
		j := mustJar(t, &jar.Options{Now: c.now, Limits: limits, MaxAge: -1})
		for round := range 300 {
			c.at = times[round*7%len(times)]
			r := host(fmt.Sprintf("s%d.test", round%5))
			j.Receive(r, []string{fmt.Sprintf("c%d=1", round), fmt.Sprintf("d%d=1; Max-Age=60", round), "e=1; Max-Age=9223372036854775807", "f=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT"})
			if !slices.Contains(strings.Split(j.Header(r), "; "), fmt.Sprintf("c%d=1", round)) && limits == nil {
				t.Errorf("at %v: the session cookie just set is not sent", c.at)
			}
			j.Cookies(r.URL)
			j.Explain(r)
			j.Accept(jar.Cookie{Name: "acc", Value: "1", Domain: "s0.test", Path: "/", Created: times[round%len(times)], LastAccess: times[(round+1)%len(times)], Expires: times[(round+2)%len(times)]})
			if round%50 == 49 {
				j.Delete(none)
				j.Clone()
			}
			if limits != nil && limits.Site > 0 && len(sentBy(j, r)) > limits.Site {
				t.Errorf("at %v: %d cookies for a site, want at most %d", c.at, len(sentBy(j, r)), limits.Site)
			}
		}
	}
}

// A clone has the clock of the jar that was cloned.
func TestCloneClock(t *testing.T) {
	c := &clock{noon}
	j, _ := jar.New(&jar.Options{Now: c.now})
	r := &jar.Request{URL: at("https://www.example.com/")}
	j.Receive(r, []string{"a=1; Max-Age=60"})
	clone := j.Clone()
	if got := clone.Header(r); got != "a=1" {
		t.Errorf("a clone sends %q, want a=1: its minute is not over", got)
	}
	c.at = noon.Add(time.Minute)
	if got := clone.Header(r); got != "" {
		t.Errorf("a minute later a clone sends %q", got)
	}
	if v := clone.Receive(r, []string{"b=1"}); !v[0].Cookie.Created.Equal(c.at) {
		t.Errorf("a clone's cookie was created at %v, want %v", v[0].Cookie.Created, c.at)
	}
}
