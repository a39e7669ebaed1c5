package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
	"uacookie/jar/match"
)

// While the shards grow, readers, writers and iterators find each cookie that was put before
// they started, and no removed cookie comes back.
func TestShardsGrowInUse(t *testing.T) {
	const writers, sites = 4, 600
	var s Store
	host := func(w, i int) string { return fmt.Sprintf("w%d-site%d.test", w, i) }
	find := func(host string) string {
		return strings.Join(names(&s, &Query{Host: host, Path: "/", Now: clock.At(epoch)}), " ")
	}
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range sites {
				c := newCookie("a", host(w, i), "/", epoch)
				for s.Put(&c, &Conditions{Sites: s.Sites()}, epoch) == seam.Stale {
				}
				if i%2 == 1 && !s.Remove(c.Key(), epoch) {
					t.Errorf("the cookie of %s was not there to be removed", host(w, i))
				}
				for back := range min(i, 8) {
					want := []string{"a", ""}[(i-back)%2]
					if got := find(host(w, i-back)); got != want {
						t.Errorf("after %d sites, %s has cookies %q, want %q", i+1, host(w, i-back), got, want)
					}
				}
				if i%100 == 0 {
					mine := 0
					for c := range s.All(epoch) {
						if strings.HasPrefix(c.Domain, fmt.Sprintf("w%d-", w)) {
							mine++
						}
					}
					if mine != i/2+1 {
						t.Errorf("All has %d cookies of writer %d, want %d", mine, w, i/2+1)
					}
				}
			}
		})
	}
	group.Go(func() {
		for range 20 {
			s.SetSites(match.Sites{}.WithEmptyLabels())
			checkIndex(t, copied(&s))
		}
	})
	group.Wait()
	if want := writers * sites / 2; s.Len() != want {
		t.Errorf("Len() = %d, want %d", s.Len(), want)
	}
	checkIndex(t, &s)
}

// Cookies with the same creation time are sent in the order in which they were put, those of a
// site and of its partition together, also if the shards grew in between.
func TestOrderAcrossGrowth(t *testing.T) {
	var s Store
	in := Partition{TopLevelSite: "https://top.test"}
	var want []string
	for i := range 8 {
		c := newCookie(fmt.Sprint("c", i), "example.com", "/", epoch)
		if i%2 == 1 {
			c.Partition = in
		}
		mustPut(t, &s, c, Conditions{}, epoch)
		want = append(want, c.Name)
		for k := range 200 {
			mustPut(t, &s, newCookie("x", fmt.Sprintf("site%d-%d.test", i, k), "/", epoch), Conditions{}, epoch)
		}
	}
	for _, store := range []*Store{&s, copied(&s)} {
		got := names(store, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch.Add(time.Second)), Partition: in})
		if !slices.Equal(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

func copied(s *Store) *Store {
	dst := new(Store)
	s.CopyTo(dst)
	return dst
}

// A copy has all that the store has, and what is written to one of them is not seen in the
// other: cookies, last accesses, and what each counts.
func TestCopyIsApart(t *testing.T) {
	all := func(s *Store) string {
		var b strings.Builder
		for c := range s.All(epoch) {
			fmt.Fprintln(&b, c, c.Value, c.Order, c.LastAccess)
		}
		return b.String()
	}
	for _, cookies := range []int{1, 3, 12, 13, 60, 200} {
		t.Run(fmt.Sprint(cookies), func(t *testing.T) {
			var s Store
			for i := range cookies {
				mustPut(t, &s, newCookie(fmt.Sprint("c", i), "example.com", "/", epoch), Conditions{}, epoch)
			}
			partitioned := newCookie("p", "example.com", "/", epoch)
			partitioned.Partition.TopLevelSite = "https://top.test"
			mustPut(t, &s, partitioned, Conditions{}, epoch)
			if cookies > 1 { // so that a page has an item that is not an entry
				s.Remove(Key{Name: "c0", Domain: "example.com", HostOnly: true, Path: "/"}, epoch)
			}
			dst := copied(&s)
			checkIndex(t, dst)
			before := all(&s)
			if got := all(dst); got != before || dst.Len() != s.Len() || dst.Partitioned() != s.Partitioned() {
				t.Fatalf("the copy has\n%s\nwant\n%s", got, before)
			}
			write := func(s *Store) {
				for i := range cookies {
					c := newCookie(fmt.Sprint("c", i), "example.com", "/", epoch)
					c.Value = "other"
					mustPut(t, s, c, Conditions{}, epoch)
				}
				mustPut(t, s, newCookie("new", "example.com", "/", epoch), Conditions{}, epoch)
				s.Send(nil, &Query{Host: "example.com", Path: "/", Now: clock.At(epoch.Add(time.Hour))})
			}
			write(dst)
			if got := all(&s); got != before {
				t.Errorf("after writes to the copy, the store has\n%s\nwant\n%s", got, before)
			}
			written := all(dst)
			s.Clear()
			if got := all(dst); got != written {
				t.Errorf("after writes to the store, the copy has\n%s\nwant\n%s", got, written)
			}
			checkIndex(t, dst)
			checkIndex(t, &s)
		})
	}
}
