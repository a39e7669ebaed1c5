package durable_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// Sites are loaded at the same time, and a load that hangs holds up neither others nor
// what is watched.
func TestLoadsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 640 {
			a.set(fmt.Sprintf("h%d.example", i), "sid=1")
		}
		a.set("hung.example", "sid=1")
		a.flush()
		b := join(t, s, &durable.Options{OnDemand: true})
		b.link.mu.Lock()
		b.link.hang = "hung.example"
		b.link.mu.Unlock()
		ctx, cancel := context.WithCancel(t.Context())
		var hung sync.WaitGroup
		hung.Go(func() {
			if err := b.Load(ctx, &url.URL{Host: "hung.example"}); !errors.Is(err, context.Canceled) {
				t.Errorf("Load that hangs = %v, want context.Canceled", err)
			}
		})
		s.Delay(time.Millisecond)
		start := time.Now()
		var group sync.WaitGroup
		for g := range 64 {
			group.Go(func() {
				for i := range 10 {
					b.load(fmt.Sprintf("h%d.example", 10*g+i))
				}
			})
		}
		group.Wait()
		if took := time.Since(start); took > 20*time.Millisecond {
			t.Errorf("640 sites, 64 at once, with a round trip of a millisecond took %v; want ten round trips", took)
		}
		s.Delay(0)
		a.set("h1.example", "sid=2")
		a.flush()
		synctest.Wait()
		b.sends("while a load hangs", "h1.example", "sid=2")
		cancel()
		hung.Wait()
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// After a cut, a hole or an outage, a worker hears of everything again.
func TestWatchAgain(t *testing.T) {
	for _, fault := range []struct {
		name string
		do   func(s *backendtest.Server)
		heal func(s *backendtest.Server)
	}{
		{"cut", func(s *backendtest.Server) { s.Cut() }, func(*backendtest.Server) {}},
		{"restart", func(s *backendtest.Server) { s.Restart() }, func(*backendtest.Server) {}},
		{"hole", func(s *backendtest.Server) { s.Hole(1) }, func(*backendtest.Server) {}},
		{"outage", func(s *backendtest.Server) { s.Break(errDisk) }, func(s *backendtest.Server) { s.Break(nil) }},
	} {
		for _, demand := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/demand=%t", fault.name, demand), func(t *testing.T) {
				times(t, func(t *testing.T) {
					s := new(backendtest.Server)
					a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: demand})
					a.set("example.com", "sid=1")
					a.set("example.com", "gone=1")
					a.flush()
					b.load("example.com")
					fault.do(s)
					a.set("example.com", "sid=2")
					a.set("example.com", "gone=; Max-Age=0")
					a.set("new.example", "sid=1")
					if fault.name == "outage" {
						time.Sleep(time.Minute)
						if b.Lag() < 30*time.Second {
							t.Errorf("after a minute's outage, Lag = %v", b.Lag())
						}
					}
					fault.heal(s)
					a.flush()
					b.flush()
					time.Sleep(2 * time.Minute)
					synctest.Wait()
					b.sends("two minutes later", "example.com", "sid=2")
					if !demand {
						b.sends("two minutes later", "new.example", "sid=1")
					}
					if lag := b.Lag(); lag != 0 {
						t.Errorf("two minutes later, Lag = %v, want 0", lag)
					}
					mustClose(t, a.Jar)
					mustClose(t, b.Jar)
				})
			})
		}
	}
}

// Sync is a barrier, whatever is lost on the way.
func TestSync(t *testing.T) {
	for _, demand := range []bool{false, true} {
		times(t, func(t *testing.T) {
			s := new(backendtest.Server)
			a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: demand})
			b.load("example.com")
			for i := range 5 {
				s.Hole(1)
				if i%2 == 1 {
					s.Cut()
				}
				a.set("example.com", fmt.Sprint("sid=", i))
				a.flush()
				b.sync()
				b.sends("after Sync", "example.com", fmt.Sprint("sid=", i))
			}
			mustClose(t, a.Jar)
			mustClose(t, b.Jar)
			if err := b.Sync(t.Context()); !errors.Is(err, durable.ErrClosed) {
				t.Errorf("Sync after Close = %v, want ErrClosed", err)
			}
		})
	}
}
