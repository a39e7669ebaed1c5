package jar_test

import (
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/persist"
)

// A clock that is behind while cookies are loaded, and is then set right, takes nothing
// from their lives: the cap counts from the later of now and their creation. One that is
// ahead sees them expire as it would at that time, and no cookie lives longer than the
// cap after its creation.
func TestWrongClock(t *testing.T) {
	const day = 24 * time.Hour
	epoch := time.Unix(0, 0)
	for _, tt := range []struct {
		name     string
		now      time.Time // when the cookies are loaded
		created  time.Time
		expires  time.Time
		want     time.Time // the zero Time if it is not taken
		orCapped bool
	}{
		{"1970", epoch, noon.Add(-10 * day), noon.Add(300 * day), noon.Add(300 * day), false},
		{"1970, the longest life", epoch, noon, noon.Add(400 * day), noon.Add(400 * day), false},
		{"1970, too long a life", epoch, noon, noon.Add(500 * day), noon.Add(400 * day), true},
		{"a year behind", noon.Add(-365 * day), noon.Add(-day), noon.Add(399 * day), noon.Add(399 * day), false},
		{"right", noon, noon.Add(-300 * day), noon.Add(399 * day), noon.Add(399 * day), false},
		{"right, too long a life", noon, noon.Add(-300 * day), noon.Add(401 * day), noon.Add(400 * day), true},
		{"right, no creation", noon, time.Time{}, noon.Add(401 * day), noon.Add(400 * day), true},
		{"1970, no creation", epoch, time.Time{}, noon, epoch.Add(400 * day), true},
		{"a year ahead, still there", noon.Add(365 * day), noon, noon.Add(366 * day), noon.Add(366 * day), false},
		{"a year ahead, over", noon.Add(365 * day), noon, noon.Add(364 * day), time.Time{}, false},
		{"2038", time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), noon, noon.Add(400 * day), time.Time{}, false},
		{"created in 2038", noon, time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), time.Date(2039, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2039, 1, 1, 0, 0, 0, 0, time.UTC), false},
	} {
		for _, how := range []string{"Accept", "Restore"} {
			c := &clock{tt.now}
			j := mustJar(t, &jar.Options{Now: c.now})
			cookie := jar.Cookie{Name: "a", Value: "1", Domain: "a.test", HostOnly: true, Path: "/", Created: tt.created, Expires: tt.expires}
			var v jar.Verdict
			if how == "Accept" {
				v = j.Accept(cookie)
			} else {
				v = persist.Of(j).Restore(cookie, persist.Of(j).SuffixList())
			}
			if !v.OK() || v.Removed != tt.want.IsZero() || v.Capped != tt.orCapped {
				t.Errorf("%s, %s: %v, removed %t, capped %t, want removed %t, capped %t", tt.name, how, v, v.Removed, v.Capped, tt.want.IsZero(), tt.orCapped)
			}
			if tt.want.IsZero() {
				continue
			}
			if !v.Cookie.Expires.Equal(tt.want) {
				t.Errorf("%s, %s: Expires = %v, want %v", tt.name, how, v.Cookie.Expires, tt.want)
			}
			c.at = tt.want.Add(-time.Second) // the clock is set, and time goes on
			if got := j.Header(to(t, "https://a.test/")); got != "a=1" {
				t.Errorf("%s, %s: a second before %v Header = %q, want a=1", tt.name, how, tt.want, got)
			}
			c.at = tt.want
			if got := j.Header(to(t, "https://a.test/")); got != "" {
				t.Errorf("%s, %s: at %v Header = %q, want none", tt.name, how, tt.want, got)
			}
		}
	}
}
