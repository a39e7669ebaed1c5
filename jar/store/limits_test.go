package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/store/internal/engine"
)

// fill puts n cookies, named prefix0, prefix1 and so on, one second apart.
func fill(tb testing.TB, s *Store, prefix string, n int, change func(*Cookie), l *Limits) {
	tb.Helper()
	for i := range n {
		at := epoch.Add(time.Duration(s.index.LastOrder()) * time.Second)
		c := newCookie(fmt.Sprint(prefix, i), "example.com", "/", at)
		if change != nil {
			change(&c)
		}
		mustPut(tb, s, c, Conditions{Limits: l}, at)
	}
}

// count counts the cookies by the prefix of their names.
func count(s *Store) map[string]int {
	n := map[string]int{}
	for c := range s.All(epoch) {
		n[strings.TrimRight(c.Name, "0123456789")]++
	}
	return n
}

// A site with more than 180 cookies is purged to 150, in six rounds.
func TestSiteLimit(t *testing.T) {
	limits := &Limits{Site: 180, SitePurged: 150}
	type class struct {
		name   string
		n      int
		change func(*Cookie)
	}
	low := func(c *Cookie) { c.Priority = PriorityLow }
	lowSecure := func(c *Cookie) { c.Priority, c.Secure = PriorityLow, true }
	medium := func(c *Cookie) {}
	mediumSecure := func(c *Cookie) { c.Secure = true }
	high := func(c *Cookie) { c.Priority = PriorityHigh }
	highSecure := func(c *Cookie) { c.Priority, c.Secure = PriorityHigh, true }

	for _, test := range []struct {
		name string
		put  []class
		want string
		why  string
	}{
		{"at the limit", []class{{"m", 180, medium}}, "m180", "180 may stay"},
		{"medium only", []class{{"m", 181, medium}}, "m150", "31 of them go"},
		{"insecure first", []class{{"s", 100, mediumSecure}, {"m", 81, medium}}, "m50 s100",
			"those not Secure go in round 3: 81 of 181 may, all but the 100 that are Secure"},
		{"low first", []class{{"m", 120, medium}, {"l", 61, low}}, "l30 m120", "low priority goes before medium, all but 30"},
		{"low is kept to 30", []class{{"m", 141, medium}, {"l", 40, low}}, "l30 m120", "10 low go, then 21 medium"},
		{"low secure second", []class{{"m", 100, medium}, {"l", 41, low}, {"ls", 40, lowSecure}}, "l10 ls40 m100",
			"round 1 may take 41 of 81 low, as many as are not Secure; the goal is 31"},
		{"secure low alone", []class{{"ls", 81, lowSecure}, {"m", 100, medium}}, "ls50 m100", "round 2: 31 of 81, 30 would be kept"},
		{"high before secure medium", []class{{"ms", 90, mediumSecure}, {"h", 91, high}}, "h70 ms80",
			"round 4 takes high cookies, all but 70; round 5 the rest of medium"},
		{"secure high last", []class{{"hs", 181, highSecure}}, "hs150", "round 6, all but 70 may go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s Store
			for _, c := range test.put {
				fill(t, &s, c.name, c.n, c.change, limits)
			}
			got := count(&s)
			for _, part := range strings.Fields(test.want) {
				name := strings.TrimRight(part, "0123456789")
				var want int
				if _, err := fmt.Sscan(part[len(name):], &want); err != nil {
					t.Fatal(err)
				}
				if got[name] != want {
					t.Errorf("%d cookies with the prefix %q are left, want %d: %s", got[name], name, want, test.why)
				}
			}
		})
	}
}

// Among equal cookies, the least recently accessed is evicted first.
func TestSiteLimitTakesTheStalest(t *testing.T) {
	var s Store
	limits := &Limits{Site: 10, SitePurged: 7}
	fill(t, &s, "a", 10, nil, limits)
	for _, m := range s.Select(nil, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}) {
		if name, _ := m.Pair(); name == "a0" {
			m.Touch(epoch.Add(time.Hour))
		}
	}
	mustPut(t, &s, newCookie("b", "example.com", "/", epoch.Add(time.Hour)), Conditions{Limits: limits}, epoch)
	got := strings.Join(names(&s, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}), " ")
	if want := "a0 a5 a6 a7 a8 a9 b"; got != want {
		t.Errorf("left: %s, want %s", got, want)
	}
}

// Without SitePurged, only the cookies above the limit are evicted.
func TestSiteLimitWithoutPurge(t *testing.T) {
	var s Store
	limits := &Limits{Site: 10}
	fill(t, &s, "a", 25, nil, limits)
	if got := s.Len(); got != 10 {
		t.Errorf("Len() = %d, want 10", got)
	}
}

func TestPartitionLimits(t *testing.T) {
	in := func(c *Cookie) { c.Partition = Partition{TopLevelSite: "https://a.test"} }
	t.Run("count", func(t *testing.T) {
		var s Store
		fill(t, &s, "a", 200, in, &Limits{PartitionCount: 180, PartitionBytes: 10 << 10, Site: 5})
		if got := s.Len(); got != 180 {
			t.Errorf("Len() = %d, want 180: each insertion evicts one", got)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		var s Store
		fill(t, &s, "a", 12, func(c *Cookie) { in(c); c.Value = strings.Repeat("v", 1024-len(c.Name)) }, &Limits{PartitionCount: 180, PartitionBytes: 10 << 10})
		if got := s.Len(); got != 10 {
			t.Errorf("Len() = %d, want 10: ten cookies of 1024 bytes are 10 KiB", got)
		}
	})
}

// The hard total evicts expired cookies first, then cookies of crowded domains (first
// without Secure, then with it), then any.
func TestTotalClasses(t *testing.T) {
	limits := &Limits{Total: 10, Domain: 2}
	put := func(s *Store, name, domain string, change func(*Cookie)) {
		at := epoch.Add(time.Duration(s.index.LastOrder()) * time.Second)
		c := newCookie(name, domain, "/", at)
		if change != nil {
			change(&c)
		}
		mustPut(t, s, c, Conditions{Limits: limits}, epoch.Add(time.Hour))
	}
	var s Store
	var gone []string
	s.Changed = func(c Change) {
		if c.Cause != CauseStored {
			gone = append(gone, c.Cause.String()+" "+c.Cookie.Name)
		}
	}
	put(&s, "stalest", "quiet.test", nil)
	for i := range 4 {
		put(&s, fmt.Sprint("crowd", i), "crowded.test", func(c *Cookie) { c.Secure = i != 2 })
	}
	for i := range 5 {
		put(&s, fmt.Sprint("one", i), fmt.Sprintf("site%d.test", i), nil)
	}
	for i := range 3 {
		put(&s, fmt.Sprint("more", i), fmt.Sprintf("more%d.test", i), nil)
	}
	// Four cookies share crowded.test, each with three others: the one without Secure is
	// evicted. Then each shares it with two others, which is not crowded, so the least
	// recently accessed of all cookies are evicted.
	want := []string{"evicted crowd2", "evicted stalest", "evicted crowd0"}
	if fmt.Sprint(gone) != fmt.Sprint(want) {
		t.Errorf("evicted: %q, want %q", gone, want)
	}
	if s.Len() != limits.Total {
		t.Errorf("Len() = %d, want %d", s.Len(), limits.Total)
	}
}

// The hard total evicts an expired cookie before all others, even if it was accessed last.
func TestTotalTakesExpired(t *testing.T) {
	limits := &Limits{Total: 40, Domain: 1}
	var s Store
	for i := range 100 { // enough sites for several shards, which stay
		mustPut(t, &s, newCookie("c", fmt.Sprintf("early%d.test", i), "/", epoch), Conditions{}, epoch)
	}
	s.Clear()
	var gone []string
	s.Changed = func(c Change) {
		if c.Cause != CauseStored {
			gone = append(gone, c.Cause.String()+" "+c.Cookie.Name)
		}
	}
	for i := range limits.Total {
		c := newCookie(fmt.Sprint("c", i), fmt.Sprintf("site%d.test", i%10), "/", epoch) // fewer than are sampled
		if i == 7 {
			c.Secure, c.LastAccess, c.Expires = true, epoch.Add(time.Minute), epoch.Add(time.Hour)
		}
		mustPut(t, &s, c, Conditions{Limits: limits}, epoch)
	}
	// The new cookie's shard is swept; the expired one is in another.
	later := epoch.Add(2 * time.Hour)
	for i := 0; len(gone) == 0 && i < 50; i++ {
		host := fmt.Sprintf("new%d.test", i)
		if s.index.Shard(engine.SiteHash(host, nil)) != s.index.Shard(engine.SiteHash("site7.test", nil)) {
			mustPut(t, &s, newCookie("new", host, "/", later), Conditions{Limits: limits}, later)
		}
	}
	if want := []string{"expired c7"}; !slices.Equal(gone, want) {
		t.Errorf("gone: %q, want %q", gone, want)
	}
}

// Without Limits.Domain, no domain is crowded.
func TestTotalWithoutDomain(t *testing.T) {
	var s Store
	for i, name := range []string{"stalest", "b", "c"} {
		c := newCookie(name, "example.com", "/", epoch.Add(time.Duration(i)*time.Second))
		c.Secure = i == 0
		mustPut(t, &s, c, Conditions{Limits: &Limits{Total: 2}}, epoch.Add(time.Hour))
	}
	if got := count(&s); got["b"] != 1 || got["c"] != 1 {
		t.Errorf("left: %v, want b and c: the least recently accessed is evicted", got)
	}
}

// An insertion at the hard total looks at a bounded number of sites.
func TestTotalSample(t *testing.T) {
	var s Store
	const total = 5000
	limits := &Limits{Total: total, Domain: 50}
	for i := range 2 * total {
		mustPut(t, &s, newCookie("a", fmt.Sprintf("site%d.test", i), "/", epoch.Add(time.Duration(i)*time.Second)), Conditions{Limits: limits}, epoch)
	}
	if s.Len() != total {
		t.Fatalf("Len() = %d, want %d", s.Len(), total)
	}
	for range 100 {
		if _, sites := s.victim(limits, epoch.UnixMicro()); sites > 64 {
			t.Fatalf("an eviction looks at %d sites, want at most 64", sites)
		}
	}
	// Sampled LRU evicts mostly old cookies. Random eviction would leave as many of the
	// older half as of the newer half.
	old := 0
	for c := range s.All(epoch) {
		if c.Created.Before(epoch.Add(total * time.Second)) {
			old++
		}
	}
	if old > total/5 {
		t.Errorf("%d of %d remaining cookies are of the older half, want few", old, total)
	}
}

// Chromium's total: a store of more than 3300 cookies is purged to 3000, but only cookies
// unused for 30 days are evicted, first those without Secure.
func TestTotalUnused(t *testing.T) {
	const day = 24 * time.Hour
	limits := &Limits{Total: 330, TotalPurged: 300, TotalUnused: 30 * day}
	put := func(s *Store, prefix string, n int, secure bool, at time.Time) {
		for i := range n {
			c := newCookie(fmt.Sprint(prefix, i), fmt.Sprintf("%s%d.test", prefix, i), "/", at)
			c.Secure = secure
			mustPut(t, s, c, Conditions{Limits: limits}, at)
		}
	}
	later := epoch.Add(31 * day)
	for _, test := range []struct {
		name             string
		old, secure, new int
		want             map[string]int
		why              string
	}{
		{"at the limit", 330, 0, 0, map[string]int{"old": 330}, "330 may stay"},
		{"all used", 0, 0, 400, map[string]int{"new": 400}, "no cookie is unused, so the store exceeds the limit"},
		{"enough unused", 200, 0, 131, map[string]int{"old": 169, "new": 131}, "31 unused cookies go, and 300 stay"},
		{"few unused", 10, 0, 321, map[string]int{"new": 321}, "only the 10 unused cookies go"},
		{"insecure first", 20, 100, 211, map[string]int{"secure": 89, "new": 211}, "the 20 go before 11 of the Secure ones"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s Store
			put(&s, "secure", test.secure, true, epoch)
			put(&s, "old", test.old, false, epoch.Add(time.Second))
			put(&s, "new", test.new, false, later)
			got := count(&s)
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("left: %v, want %v: %s", got, test.want, test.why)
			}
		})
	}
}

// If a site at its limit has expired cookies, only those are removed.
func TestLimitWithoutExpired(t *testing.T) {
	for _, partition := range []Partition{{}, {TopLevelSite: "https://a.test"}} {
		var s Store
		limits := &Limits{Site: 3, SitePurged: 1, PartitionCount: 3}
		put := func(name string, expires, now time.Time) {
			c := newCookie(name, "example.com", "/", now)
			c.Partition, c.Expires = partition, expires
			mustPut(t, &s, c, Conditions{Limits: limits}, now)
		}
		put("a", epoch.Add(time.Minute), epoch)
		put("b", time.Time{}, epoch)
		put("c", time.Time{}, epoch)
		later := epoch.Add(time.Hour)
		put("d", time.Time{}, later)
		got := names(&s, &Query{Host: "example.com", Path: "/", Partition: partition, Now: clock.At(later)})
		if want := []string{"b", "c", "d"}; !slices.Equal(got, want) {
			t.Errorf("in %q: %q, want %q", partition, got, want)
		}
		put("e", time.Time{}, later)
		want := 3
		if partition == (Partition{}) {
			want = 1 // SitePurged
		}
		if s.Len() != want {
			t.Errorf("in %q: %d cookies are left after the limit was exceeded, want %d", partition, s.Len(), want)
		}
	}
}

// A cookie that is evicted by its own insertion is reported as stored and as evicted, with
// its partition.
func TestEvictedAtOnce(t *testing.T) {
	var s Store
	var changes []Change
	s.Changed = func(c Change) { changes = append(changes, c) }
	c := newCookie("a", "example.com", "/", epoch)
	c.Value, c.Partition = "more than ten bytes", Partition{TopLevelSite: "https://a.test"}
	mustPut(t, &s, c, Conditions{Limits: &Limits{PartitionBytes: 10}}, epoch)
	if len(changes) != 2 || changes[1].Cause != CauseEvicted || changes[1].Cookie != changes[0].Cookie {
		t.Errorf("changes: %v, want the same cookie stored and evicted", changes)
	}
}
