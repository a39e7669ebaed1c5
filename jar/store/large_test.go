package store

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"uacookie/jar/internal/clock"
	"uacookie/jar/internal/seam"
)

// A reader of a multi-page site sees a consistent snapshot. Two cookies on different pages
// are overwritten in turn: a reader never sees the second ahead of the first, or more than
// one step behind.
func TestLargeIsConsistent(t *testing.T) {
	var s Store
	const cookies, writes = 3000, 10_000
	put := func(i, value int) {
		c := newCookie("name"+strconv.Itoa(i), "example.com", "/", epoch)
		c.Order, c.Value = uint64(i+1), strconv.Itoa(value)
		if got := s.Put(&c, &Conditions{Sites: s.Sites()}, epoch); got != seam.Stored {
			t.Errorf("Put = %d, want Stored", got)
		}
	}
	for i := range cookies {
		put(i, 0)
	}
	q := Query{Host: "example.com", Path: "/", Now: clock.At(epoch)}
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(done)
		for i := range writes {
			put(0, i+1)
			put(cookies-1, i+1)
			if i%100 == 50 { // split and join pages
				put(cookies+i, i)
				checkIndex(t, &s)
				s.Delete(epoch, func(c Cookie) bool { return c.Name == "name"+strconv.Itoa(cookies+i) })
				checkIndex(t, &s)
			}
		}
	})
	group.Go(func() {
		var matches []Match
		for {
			select {
			case <-done:
				return
			default:
			}
			matches = s.Select(matches[:0], &q)
			first, second := -1, -1
			for _, m := range matches {
				switch name, value := m.Pair(); name {
				case "name0":
					first, _ = strconv.Atoi(value)
				case fmt.Sprint("name", cookies-1):
					second, _ = strconv.Atoi(value)
				}
			}
			if first < second || first > second+1 || len(matches) < cookies {
				t.Errorf("a reader sees %d cookies, the first at step %d and the second at step %d", len(matches), first, second)
				return
			}
		}
	})
	group.Wait()
}
