package store

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/match"
)

// All methods run concurrently, for the race detector. Afterwards the reported changes must
// add up to the contents of the store.
func TestConcurrent(t *testing.T) {
	var mu sync.Mutex
	present := map[Key]bool{}
	s := Store{Changed: func(c Change) {
		mu.Lock()
		defer mu.Unlock()
		if in := c.Cause == CauseStored; in == present[c.Cookie.Key()] {
			t.Errorf("change %s of %v, whose presence by the changes before is %t", c.Cause, c.Cookie, !in)
		} else if in {
			present[c.Cookie.Key()] = true
		} else {
			delete(present, c.Cookie.Key())
		}
	}}
	list, err := match.ParseList(strings.NewReader("test\nsite3.test\n"), "test")
	if err != nil {
		t.Fatal(err)
	}
	limits := &Limits{Site: 20, SitePurged: 15, Total: 100, Domain: 10}

	var group sync.WaitGroup
	run := func(f func(i int)) {
		group.Go(func() {
			for i := range 400 {
				f(i)
			}
		})
	}
	host := func(i int) string { return fmt.Sprintf("h%d.site%d.test", i%3, i%11) }
	for range 2 {
		run(func(i int) {
			now := epoch.Add(time.Duration(i) * time.Second)
			c := newCookie("a"+strconv.Itoa(i%30), host(i), "/", now)
			if i%4 == 0 {
				c.Expires = now.Add(5 * time.Second)
			}
			s.Put(&c, &Conditions{Sites: s.Sites(), Limits: limits}, now)
		})
		run(func(i int) {
			for _, m := range s.Select(nil, &Query{Host: host(i), Path: "/", Now: clock.At(epoch)}) {
				m.Touch(epoch.Add(time.Duration(i) * time.Minute))
				if m.Cookie().Domain != host(i) {
					t.Errorf("Select for %s found %v", host(i), m.Cookie())
				}
			}
		})
	}
	run(func(i int) {
		for c := range s.All(epoch) {
			if c.Value != "v" {
				t.Errorf("All found a broken cookie %v", c)
			}
		}
	})
	run(func(i int) { s.Delete(epoch, func(c Cookie) bool { return c.Name == "a7" }) })
	run(func(i int) { s.Delete(epoch.Add(time.Duration(i)*time.Second), none) })
	run(func(i int) {
		if i%100 == 99 {
			s.Clear()
		}
		if i%50 == 0 {
			s.SetSites(match.NewSites(list))
			s.SetSites(match.Sites{})
		}
		if i%40 == 0 {
			s.CopyTo(new(Store))
		}
		if i%60 == 0 {
			s.EndSession()
		}
	})
	group.Wait()
	s.deliver()

	mu.Lock()
	defer mu.Unlock()
	n := 0
	for _, p := range s.index.Sites() {
		for e := range p.All() {
			n++
			if c := cookie(e); !present[c.Key()] {
				t.Errorf("%v is in the store, but not by the changes", c)
			}
		}
	}
	checkIndex(t, &s)
	if n != len(present) || n != s.Len() {
		t.Errorf("All yields %d cookies, the changes give %d, Len() = %d: want equal numbers", n, len(present), s.Len())
	}
}

// The history of one site is linear: a reader never sees a value older than one it has seen
// before, and never a cookie without the cookie that was put before it.
func TestLinear(t *testing.T) {
	var s Store
	const rounds = 2000
	var done atomic.Bool
	var group sync.WaitGroup
	group.Go(func() {
		defer done.Store(true)
		for i := 1; i <= rounds; i++ {
			for _, name := range []string{"first", "second"} {
				c := newCookie(name, "example.com", "/", epoch)
				c.Value = strconv.Itoa(i)
				s.Put(&c, &Conditions{Sites: s.Sites()}, epoch)
			}
		}
	})
	for range 2 {
		group.Go(func() {
			last := map[string]int{}
			for !done.Load() {
				seen := map[string]int{}
				for _, m := range s.Select(nil, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}) {
					name, value := m.Pair()
					n, err := strconv.Atoi(value)
					if err != nil || n < last[name] {
						t.Errorf("the value of %s went back from %d to %d", name, last[name], n)
					}
					seen[name], last[name] = n, n
				}
				if d := seen["first"] - seen["second"]; d != 0 && d != 1 {
					t.Errorf("first is %d and second %d, want first equal or one ahead", seen["first"], seen["second"])
				}
			}
		})
	}
	group.Wait()
}

// A reader does not wait for a writer that holds all locks.
func TestReadersTakeNoLock(t *testing.T) {
	var s Store
	mustPut(t, &s, newCookie("a", "example.com", "/", epoch), Conditions{}, epoch)
	s.index.LockAll()
	defer s.index.UnlockAll()
	if got := names(&s, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}); len(got) != 1 {
		t.Errorf("Select = %q, want one cookie", got)
	}
	for c := range s.All(epoch) {
		if c.Name != "a" {
			t.Errorf("All found %v", c)
		}
	}
}
