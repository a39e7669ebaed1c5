package jar_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A clone has the same cookies, and later changes do not affect the other jar.
func TestClone(t *testing.T) {
	changes := 0
	j := mustJar(t, &jar.Options{Changed: func(jar.Change) { changes++ }})
	r := to(t, "https://www.a.test/x/y")
	j.Receive(r, []string{"a=1; Max-Age=100", "b=2; Domain=a.test; Path=/", "c=3; Secure; Partitioned", "d=4; HttpOnly; SameSite=Lax"})
	before, wantHeader := changes, j.Header(r)

	c := j.Clone()
	if changes != before {
		t.Errorf("Clone: Changed was called %d times, want none: nothing changed", changes-before)
	}
	all := func(j *jar.Jar) []jar.Cookie {
		s := slices.Collect(j.All())
		slices.SortFunc(s, func(a, b jar.Cookie) int { return strings.Compare(a.Name, b.Name) })
		return s
	}
	if diff := cmp.Diff(all(j), all(c)); diff != "" {
		t.Errorf("Clone differs (-jar +clone):\n%s", diff)
	}
	if got := c.Header(r); got != wantHeader {
		t.Errorf("clone: Header = %q, want %q", got, wantHeader)
	}
	c.Receive(r, []string{"a=changed", "new=1"})
	c.Delete(func(c jar.Cookie) bool { return c.Name == "b" })
	if got := j.Header(r); got != wantHeader {
		t.Errorf("after the clone changed: Header = %q, want %q: two jars share nothing", got, wantHeader)
	}
	wantClone := c.Header(r)
	j.Clear()
	if got := c.Header(r); got != wantClone || got == "" {
		t.Errorf("after the jar was cleared: the clone's Header = %q, want %q", got, wantClone)
	}
	if changes <= before {
		t.Error("the clone's changes were not reported: the hooks are its own too")
	}
}

// The zero Jar is ready to use.
func TestZeroJar(t *testing.T) {
	var j jar.Jar
	r := to(t, "https://www.example.co.uk/")
	for range j.All() {
		t.Error("All yields a cookie of an empty jar")
	}
	if got := j.Header(r) + fmt.Sprint(j.Len(), len(j.Cookies(r.URL)), j.EndSession(), j.Delete(none)); got != "0 0 0 0" {
		t.Errorf("the zero Jar has %q, want nothing in it", got)
	}
	j.Clear()
	if got := j.Clone().Len(); got != 0 {
		t.Errorf("a clone of the zero Jar has %d cookies", got)
	}
	j.SetCookies(r.URL, []*http.Cookie{{Name: "a", Value: "1"}})
	v := j.Receive(r, []string{"b=2; Domain=example.co.uk", "c=3; Domain=co.uk", "__Host-d=4"})
	if got, want := j.Header(r), "a=1; b=2"; got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
	if v[1].Reason != policy.ReasonPublicSuffix || v[2].Reason != policy.ReasonHostPrefix {
		t.Errorf("verdicts %v, want the zero Options' safe rules", v)
	}
}

// A cookie is there until the instant at which it expires, and gone at it.
// See RFC 6265bis, Section 5.7.
func TestExpiryInstant(t *testing.T) {
	const date = "<date>" // 90 seconds from the start
	for _, tt := range []struct {
		line string
		life time.Duration
		why  string
	}{
		{"a=1; Max-Age=60", time.Minute, "Max-Age counts seconds"},
		{"a=1; Max-Age=1", time.Second, "the shortest life"},
		{"a=1; Expires=" + date, 90 * time.Second, "Expires is the instant itself"},
		{"a=1; Max-Age=60; Expires=" + date, time.Minute, "Max-Age wins over Expires"},
		{"a=1; Expires=" + date + "; Max-Age=99999999999999999999", 400 * 24 * time.Hour, "Max-Age wins, and is capped"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := to(t, "https://a.test/")
				in90s := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
				line := strings.ReplaceAll(tt.line, date, in90s)
				j := mustJar(t, nil)
				if v := j.Receive(r, []string{line}); !v[0].OK() {
					t.Fatalf("Receive(%q) = %v", line, v)
				}
				time.Sleep(tt.life - time.Nanosecond)
				if got := j.Header(r); got != "a=1" {
					t.Errorf("1ns before the end of %q: Header = %q, want a=1: %s", line, got, tt.why)
				}
				if got := len(slices.Collect(j.All())); got != 1 {
					t.Errorf("1ns before the end of %q: All yields %d cookies, want 1: %s", line, got, tt.why)
				}
				time.Sleep(time.Nanosecond)
				if got := j.Header(r); got != "" {
					t.Errorf("at the end of %q: Header = %q, want none: %s", line, got, tt.why)
				}
				if got := len(j.Cookies(r.URL)) + len(j.Explain(r)) + len(slices.Collect(j.All())); got != 0 {
					t.Errorf("at the end of %q: Cookies, Explain and All have %d cookies, want none: %s", line, got, tt.why)
				}
				if got := j.Len(); got != 1 {
					t.Errorf("at the end of %q: Len = %d, want 1: it is only invisible", line, got)
				}
				if got := j.Delete(func(jar.Cookie) bool { return true }); got != 0 || j.Len() != 0 {
					t.Errorf("at the end of %q: Delete = %d and Len = %d, want 0 and 0: Delete frees expired cookies, and does not count them", line, got, j.Len())
				}
			})
		})
	}
}

// Only sending changes the last access, in steps of a minute.
// See RFC 6265bis, Section 5.8.3, step 5.
func TestLastAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := mustJar(t, nil)
		r := to(t, "https://a.test/")
		start := time.Now()
		j.Receive(r, []string{"a=1", "other=1; Path=/other"})
		access := func(name string) time.Duration {
			for c := range j.All() {
				if c.Name == name {
					return c.LastAccess.Sub(start)
				}
			}
			t.Fatalf("no cookie %q", name)
			return 0
		}
		for _, step := range []struct {
			wait, want time.Duration
			ask        func()
			why        string
		}{
			{0, 0, func() {}, "it was created now"},
			{time.Minute - time.Microsecond, 0, func() { j.Header(r) }, "not yet a minute"},
			{time.Microsecond, time.Minute, func() { j.Header(r) }, "a minute"},
			{30 * time.Second, time.Minute, func() { j.Cookies(r.URL) }, "half a minute since"},
			{time.Hour, time.Minute, func() { j.Explain(r); j.Judge(jar.Cookie{Name: "a"}, r); j.Clone() }, "nothing was sent"},
			{0, time.Hour + 90*time.Second, func() { sentBy(j, r) }, "an hour later"},
			{time.Minute, time.Hour + 150*time.Second, func() { j.Cookies(r.URL) }, "another minute"},
		} {
			time.Sleep(step.wait)
			step.ask()
			if got := access("a"); got != step.want {
				t.Errorf("at %v: last access at %v, want %v: %s", time.Since(start), got, step.want, step.why)
			}
		}
		if got := access("other"); got != 0 {
			t.Errorf("a cookie of another path: last access at %v, want 0s: it was never sent", got)
		}
	})
}

// Retrieve has the attributes of each cookie that is sent; Cookies has only what is sent.
func TestThreeViews(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
	r := to(t, "https://www.a.test/dir/page")
	j.Receive(r, []string{
		`q="quoted"; Domain=a.test; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict`,
		"token",
		"p=1; Secure; Partitioned; SameSite=None",
	})
	if got, want := j.Header(r), `token; p=1; q="quoted"`; got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
	want := []jar.Cookie{
		{Value: "token", Domain: "www.a.test", HostOnly: true, Path: "/dir"},
		{
			Name: "p", Value: "1", Domain: "www.a.test", HostOnly: true, Path: "/dir", Secure: true,
			SameSite: jar.SameSiteNone, Partition: jar.Partition{TopLevelSite: "https://a.test"},
		},
		{
			Name: "q", Value: `"quoted"`, Domain: "a.test", Path: "/", Secure: true, HttpOnly: true,
			SameSite: jar.SameSiteStrict, Expires: now.Add(time.Minute),
		},
	}
	for i := range want {
		want[i].Created, want[i].LastAccess = now, now
	}
	header, verdicts := j.Retrieve(r)
	if header != j.Header(r) {
		t.Errorf("Retrieve has the header %q, want that of Header, %q", header, j.Header(r))
	}
	var got []jar.Cookie
	for _, v := range verdicts {
		v.Cookie.Order = 0
		got = append(got, v.Cookie)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cookies of Retrieve (-want +got):\n%s", diff)
	}
	sent := []*http.Cookie{{Value: "token"}, {Name: "p", Value: "1"}, {Name: "q", Value: "quoted", Quoted: true}}
	if diff := cmp.Diff(sent, j.Cookies(r.URL)); diff != "" {
		t.Errorf("Cookies (-want +got):\n%s", diff)
	}
	if got, want := string(j.AppendHeader([]byte("Cookie: "), r)), `Cookie: token; p=1; q="quoted"`; got != want {
		t.Errorf("AppendHeader = %q, want %q", got, want)
	}
}
