package store

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// pagesOf returns the first page and the set of pages of a site.
func pagesOf(s *Store, host string, p Partition) (head *engine.Page, pages map[*engine.Page]bool) {
	head, pages = s.index.Find(host, partition(&p)), map[*engine.Page]bool{}
	for _, v := range head.AppendViews(nil) {
		pages[v.Page] = true
	}
	return head, pages
}

// An insertion into a site at its limit does not rebuild the site: most of its pages and its
// ranking stay.
func TestEvictionInPlace(t *testing.T) {
	const n = 2000
	partition := Partition{TopLevelSite: "https://top.test"}
	for _, test := range []struct {
		name   string
		limits Limits
		in     Partition
	}{
		{"Site", Limits{Site: n}, Partition{}},
		{"SitePurged", Limits{Site: n, SitePurged: n - 3}, Partition{}},
		{"PartitionCount", Limits{PartitionCount: n}, partition},
		{"PartitionBytes", Limits{PartitionBytes: n * len("c00000v")}, partition},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s Store
			at := epoch
			put := func(i int) {
				at = at.Add(time.Second)
				c := newCookie(fmt.Sprintf("c%05d", i), "example.com", "/", at)
				c.Secure, c.Partition = i%7 == 0, test.in
				mustPut(t, &s, c, Conditions{Limits: &test.limits}, at)
			}
			for i := range n + 10 {
				put(i)
			}
			head, before := pagesOf(&s, "example.com", test.in)
			const more = 24
			for i := range more {
				put(n + 10 + i)
			}
			after, pages := pagesOf(&s, "example.com", test.in)
			stayed := 0
			for p := range pages {
				if before[p] {
					stayed++
				}
			}
			if after != head || len(pages)-stayed > 2*more {
				t.Errorf("after %d more cookies, the site is the same: %t, and %d of %d pages stayed, want true and nearly all", more, after == head, stayed, len(pages))
			}
			// Repeated overwrites do not let the ranking grow.
			for range 8 * n {
				put(n)
			}
			if k := after.Ranking(); k.Len() > 2*after.Len()+100 {
				t.Errorf("the ranking has %d elements for %d cookies", k.Len(), after.Len())
			}
			if got := s.Len(); got > n {
				t.Errorf("Len() = %d, want at most %d", got, n)
			}
		})
	}
}

// An insertion past Limits.Total does not scan the store: the ranking is kept, and its size
// stays proportional to the number of cookies.
func TestUnusedIsKept(t *testing.T) {
	const day = 24 * time.Hour
	limits := &Limits{Total: 100, TotalPurged: 90, TotalUnused: 30 * day}
	var s Store
	at := epoch.Add(100 * day)
	put := func(i int, access time.Time) {
		c := newCookie("a", fmt.Sprintf("h%d.test", i), "/", access)
		mustPut(t, &s, c, Conditions{Limits: limits, Rules: seam.OwnTimes}, at)
	}
	for i := range 1000 {
		put(i, at.Add(-time.Duration(i)*time.Minute))
	}
	// Empty the ranking: a scan would rank the old cookies again.
	k := &s.ranked().ranking
	for k.First(unusedInsecure) != nil {
		k.Drop(unusedInsecure)
	}
	for i := range 200 {
		put(1000+i, at.Add(-31*day))
		put(2000+i, at)
	}
	if k.Len() != 200 {
		t.Errorf("the ranking has %d entries, want the 200 used cookies inserted since: a scan would add others", k.Len())
	}
	if s.Len() != 1200 {
		t.Errorf("Len() = %d, want the 1200 used cookies", s.Len())
	}
	for range 10_000 {
		put(0, at)
	}
	if k.Len() > 2*s.Len()+100 {
		t.Errorf("the ranking has %d entries for %d cookies", k.Len(), s.Len())
	}
	s.Clear()
	put(0, at)
	if k.Len() > 100 {
		t.Errorf("the ranking has %d entries for one cookie", k.Len())
	}
}

// BenchmarkSiteLimit measures an insertion into a site at its limit, which evicts a cookie.
//
//	go test -run='^$' -bench=SiteLimit ./jar/store
func BenchmarkSiteLimit(b *testing.B) {
	for _, n := range []int{50, 500, 5000, 50000} {
		b.Run(fmt.Sprint("site=", n), func(b *testing.B) {
			var s Store
			l := &Limits{Site: n}
			i := 0
			put := func() {
				i++
				c := newCookie(fmt.Sprint("name", i), "example.com", "/", epoch.Add(time.Duration(i)*time.Second))
				c.Secure = i%3 == 0
				mustPut(b, &s, c, Conditions{Limits: l}, epoch)
			}
			for range n {
				put()
			}
			for b.Loop() {
				put()
			}
		})
	}
}

// BenchmarkLoadUnused measures loading cookies into a store with Chromium's limits.
//
//	go test -run='^$' -bench=LoadUnused ./jar/store
func BenchmarkLoadUnused(b *testing.B) {
	l := &Limits{Site: 180, SitePurged: 150, Total: 3300, TotalPurged: 3000, TotalUnused: 30 * 24 * time.Hour}
	for _, n := range []int{3000, 24000} {
		for _, old := range []int{0, 2} {
			b.Run(fmt.Sprintf("cookies=%d/old=%d", n, old), func(b *testing.B) {
				for b.Loop() {
					var s Store
					for i := range n {
						c := newCookie("name", fmt.Sprintf("h%d.test", i), "/", epoch)
						if old > 0 && i%old == 0 {
							c.LastAccess = epoch.Add(-60 * 24 * time.Hour)
						}
						mustPut(b, &s, c, Conditions{Limits: l, Rules: seam.OwnTimes}, epoch)
					}
				}
			})
		}
	}
}

// Readers of a site at its limit see a consistent snapshot in send order: as many cookies as
// the limit, or one more between an insertion and its eviction.
func TestEvictionUnderReaders(t *testing.T) {
	const n, lines = 100, 3000
	var s Store
	l := &Limits{Site: n}
	put := func(i int) {
		at := epoch.Add(time.Duration(i) * time.Second)
		c := newCookie(fmt.Sprintf("c%05d", i), "example.com", "/", at)
		c.Priority = Priority(i % 3)
		mustPut(t, &s, c, Conditions{Limits: l}, at)
	}
	for i := range n {
		put(i)
	}
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				got := names(&s, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)})
				if len(got) < n || len(got) > n+1 || !slices.IsSorted(got) {
					t.Errorf("a reader sees %d cookies, sorted: %t, want %d or %d, true", len(got), slices.IsSorted(got), n, n+1)
					return
				}
			}
		})
	}
	for i := range lines {
		put(n + i)
	}
	done.Store(true)
	readers.Wait()
	if s.Len() != n {
		t.Errorf("Len() = %d, want %d", s.Len(), n)
	}
}
