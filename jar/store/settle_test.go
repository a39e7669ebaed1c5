package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/match"
)

// Settle waits for changes that another goroutine delivers: for the batch in delivery and
// for the next batch.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Store
		next := make(chan struct{})
		delivered := 0
		s.Changed = func(Change) {
			<-next
			delivered++
		}
		put := func(name string) {
			s.Put(&Cookie{Name: name, Domain: "example.com", Path: "/"}, &Conditions{Sites: s.Sites()}, time.Time{})
		}
		go put("a")
		synctest.Wait()
		put("b") // returns at once: the other goroutine will deliver the change

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Settle(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Settle while nothing can be delivered = %v, want context.Canceled", err)
		}
		settled := make(chan error, 1)
		go func() { settled <- s.Settle(t.Context()) }()
		synctest.Wait()
		for want := range 2 {
			time.Sleep(time.Second) // of the bubble: Settle is waiting
			select {
			case err := <-settled:
				t.Fatalf("Settle = %v after %d of 2 changes were delivered", err, want)
			case next <- struct{}{}:
			}
		}
		if err := <-settled; err != nil || delivered != 2 {
			t.Errorf("Settle = %v after %d changes were delivered, want nil after 2", err, delivered)
		}
	})
}

// Settle returns, and not too early, while other goroutines keep writing.
func TestSettleBusy(t *testing.T) {
	var s Store
	var mu sync.Mutex
	seen := map[string]bool{}
	s.Changed = func(c Change) {
		mu.Lock()
		defer mu.Unlock()
		seen[c.Cookie.Name+c.Cookie.Value] = true
	}
	sites := new(match.Sites)
	s.SetSites(*sites)
	put := func(domain, name, value string) {
		s.Put(&Cookie{Name: name, Value: value, Domain: domain, Path: "/"}, &Conditions{Sites: s.Sites()}, time.Time{})
	}
	var stop atomic.Bool
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for !stop.Load() {
				put(fmt.Sprintf("w%d.example", w), "noise", "")
			}
		})
	}
	for i := range 50 {
		put("settle.example", "mark", fmt.Sprint(i))
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if !seen[fmt.Sprint("mark", i)] {
			t.Errorf("Settle returned before change %d was delivered", i)
		}
		mu.Unlock()
	}
	stop.Store(true)
	writers.Wait()
}

// If Changed panics, the later changes are still delivered, in order.
func TestChangedPanics(t *testing.T) {
	var s Store
	var got []string
	s.Changed = func(c Change) {
		if got = append(got, c.Cookie.Name); c.Cookie.Name == "a" {
			s.Put(&Cookie{Name: "b", Domain: "example.com", Path: "/"}, &Conditions{Sites: s.Sites()}, time.Time{})
			s.Put(&Cookie{Name: "c", Domain: "example.com", Path: "/"}, &Conditions{Sites: s.Sites()}, time.Time{})
		}
		if c.Cookie.Name == "b" {
			panic("b")
		}
	}
	func() {
		defer func() { _ = recover() }()
		s.Put(&Cookie{Name: "a", Domain: "example.com", Path: "/"}, &Conditions{Sites: s.Sites()}, time.Time{})
	}()
	if err := s.Settle(t.Context()); err != nil || fmt.Sprint(got) != "[a b c]" {
		t.Errorf("Settle = %v after Changed was called for %q, want a, b and c", err, got)
	}
}
