package jar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// Options returns a copy of what New was given.
func TestOptions(t *testing.T) {
	limits := &jar.Limits{Site: 7}
	j := mustJar(t, &jar.Options{UserAgent: jar.Chromium, MaxSent: 3, Limits: limits})
	got := j.Options()
	if got.UserAgent != jar.Chromium || got.MaxSent != 3 || got.Limits == nil || *got.Limits != (jar.Limits{Site: 7}) {
		t.Errorf("Options() = %+v, want those given", got)
	}
	got.Limits.Site, limits.Site = 8, 9
	if again := j.Options(); again.Limits.Site != 7 {
		t.Errorf("Limits.Site is %d after what was returned and given changed, want 7", again.Limits.Site)
	}
	var zero jar.Jar
	if got := zero.Options(); got.Limits != nil || got.UserAgent != jar.Standard {
		t.Errorf("the zero Jar has %+v, want the zero Options", got)
	}
}

// Sites uses the list that was set last, as the user agent reads it.
func TestSites(t *testing.T) {
	var zero jar.Jar
	if got := zero.Sites().Site("a.b.example.co.uk"); got != "example.co.uk" {
		t.Errorf("by the embedded list, the site is %q, want example.co.uk", got)
	}
	j := mustJar(t, &jar.Options{UserAgent: jar.Chromium})
	if !j.Sites().IsPublicSuffix("kawasaki.jp") { // by *.kawasaki.jp, in Chromium
		t.Error("kawasaki.jp is no public suffix, want it one in Chromium")
	}
	j.SetPublicSuffixList(new(match.List)) // only the rule "*"
	if got := j.Sites().Site("a.b.example.co.uk"); got != "co.uk" {
		t.Errorf("by the list that was set, the site is %q, want co.uk", got)
	}
}

// Remove removes the cookie of one Key and no other, in sites small and large, and reports
// whether there was one.
func TestRemove(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var changes []jar.Change
	j := mustJar(t, &jar.Options{
		Limits:  &jar.Limits{}, // none
		Now:     func() time.Time { return now },
		Changed: func(c jar.Change) { changes = append(changes, c) },
	})
	lines := []string{
		"a=host", "a=domain; Domain=example.com", "a=other-path; Path=/dir", "=nameless",
		"a=partitioned; Secure; SameSite=None; Partitioned",
	}
	for i := range 600 {
		lines = append(lines, fmt.Sprintf("n%d=1", i))
	}
	j.Receive(to(t, "https://www.example.com/"), lines)
	j.Receive(to(t, "https://localhost/"), []string{"a=localhost"})
	j.Receive(to(t, "https://short.example.org/"), []string{"a=short; Max-Age=1"})
	all := slices.Collect(j.All())
	if len(all) != len(lines)+2 {
		t.Fatalf("%d cookies, want %d", len(all), len(lines)+2)
	}
	now = now.Add(time.Second)
	left := len(all)
	for _, c := range all {
		changes = nil
		want := c.Name != "a" || c.Value != "short"
		if got, ok := j.Get(c.Key()); ok != want || ok && got != c {
			t.Errorf("Get(%v) = %v, %t, want the cookie: %t", c.Key(), got, ok, want)
		}
		if got := j.Remove(c.Key()); got != want {
			t.Errorf("Remove(%v) = %t, want %t: only the short-lived one has expired", c.Key(), got, want)
		}
		if want {
			left--
			if len(changes) != 1 || changes[0].Cause != jar.CauseDeleted || changes[0].Cookie.Key() != c.Key() {
				t.Errorf("changes of Remove(%v): %v, want it deleted", c.Key(), changes)
			}
		} else if len(changes) != 0 {
			t.Errorf("changes of Remove(%v): %v, want none", c.Key(), changes)
		}
		if j.Len() != left {
			t.Fatalf("%d cookies after Remove(%v), want %d", j.Len(), c.Key(), left)
		}
		if j.Remove(c.Key()) {
			t.Errorf("Remove(%v) = true the second time", c.Key())
		}
		if _, ok := j.Get(c.Key()); ok {
			t.Errorf("Get(%v) finds the cookie that was removed", c.Key())
		}
	}
	for _, k := range []jar.Key{{}, {Name: strings.Repeat("n", 1<<17), Domain: "localhost", HostOnly: true, Path: "/"}} {
		if j.Remove(k) {
			t.Errorf("Remove of a Key that no cookie can have, with a name of %d bytes, = true", len(k.Name))
		}
		if _, ok := j.Get(k); ok {
			t.Errorf("Get of a Key that no cookie can have, with a name of %d bytes, finds one", len(k.Name))
		}
	}
}
