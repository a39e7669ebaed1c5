package durable_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
	"uacookie/jar/inspect"
)

var _ inspect.Worker = (*durable.Jar)(nil)

// A worker knows what is pending, how many sites it has in memory, and since when it may have
// missed something.
func TestState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := join(t, new(backendtest.Server), &durable.Options{OnDemand: true, Hot: 8})
		state := func() string {
			return fmt.Sprintf("%d pending, %d hot sites, lag %v", w.Pending(), w.HotSites(), w.Lag())
		}
		check := func(when, want string) {
			t.Helper()
			if got := state(); got != want {
				t.Errorf("%s: %s; want %s", when, got, want)
			}
		}
		check("at first", "0 pending, 0 hot sites, lag 0s")
		w.set("one.example", "a=1")
		w.set("two.example", "a=1")
		w.set("two.example", "b=1")
		check("before a flush", "3 pending, 2 hot sites, lag 0s")
		w.flush()
		check("after a flush", "0 pending, 2 hot sites, lag 0s")
		for i := range 20 {
			w.load(fmt.Sprintf("h%d.example", i))
		}
		if n := w.HotSites(); n > 8 {
			t.Errorf("%d sites are hot, want at most 8", n)
		}
		w.load("one.example")
		hot := w.HotSites()
		w.link.setDown(errDisk)
		w.set("one.example", "c=1")
		time.Sleep(10 * time.Second)
		check("after an outage of ten seconds", fmt.Sprintf("1 pending, %d hot sites, lag 10s", hot))
		w.link.setDown(nil)
		w.flush()
		time.Sleep(time.Minute)
		check("a minute later", fmt.Sprintf("0 pending, %d hot sites, lag 0s", hot))
		mustClose(t, w.Jar)
	})
	alone := mustOpen(t, new(backendtest.Memory).Open(), nil)
	defer mustClose(t, alone)
	if alone.HotSites() != 0 || alone.Lag() != 0 || alone.Pending() != 0 {
		t.Errorf("a jar that is alone has %d hot sites, %d pending, lag %v", alone.HotSites(), alone.Pending(), alone.Lag())
	}
}

// Five seconds after an outage, however long, all workers have the same cookies without a call
// of Flush or Sync: pending changes are written, and missed ones are loaded, as soon as there is
// a connection again.
func TestHealed(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, nil)
		b.set("example.com", "sid=0; Max-Age=864000")
		b.flush()
		time.Sleep(time.Second)
		a.link.setDown(errDisk)
		b.link.setDown(errDisk)
		a.set("example.com", "sid=1; Max-Age=864000")
		b.set("example.com", "lang=en; Max-Age=864000")
		time.Sleep(time.Hour)
		a.link.setDown(nil)
		b.link.setDown(nil)
		time.Sleep(5 * time.Second)
		for _, w := range []*worker{a, b} {
			w.sends("five seconds after an outage", "example.com", "sid=1; lang=en")
			if w.Pending() != 0 || w.Lag() != 0 {
				t.Errorf("five seconds after an outage %d changes are pending, and the lag is %v", w.Pending(), w.Lag())
			}
			mustClose(t, w.Jar)
		}
	})
}

// A Flush that is called while an attempt fails makes an attempt of its own: the server may be
// back.
func TestFlushDuringFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails, back := make(chan struct{}), make(chan struct{})
		w := joinHooked(t, new(backendtest.Server), nil, func(h *hooked) {
			h.apply = func(batches []backend.Batch, next func() []backend.Answer) []backend.Answer {
				select {
				case <-back:
					return next()
				default:
				}
				close(fails)
				<-back
				return []backend.Answer{{Err: errDisk}}
			}
		})
		w.set("example.com", "sid=1")
		<-fails
		done := make(chan error)
		go func() { done <- w.Flush(t.Context()) }()
		synctest.Wait()
		close(back)
		if err := <-done; err != nil {
			t.Errorf("Flush = %v, although the server is back", err)
		}
		mustClose(t, w.Jar)
	})
}
