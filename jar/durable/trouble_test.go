package durable_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A Watch that hangs does not keep OpenShared beyond its context.
func TestOpenSharedWhileWatchHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		b := &stuck{Conn: new(backendtest.Server).Open()}
		began := time.Now()
		_, err := durable.OpenShared(ctx, b, nil)
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > time.Minute {
			t.Errorf("OpenShared = %v after %v, want the error of its context after a minute", err, took)
		}
	})
}

// A stuck connection's Watch hangs until its context is done.
type stuck struct{ *backendtest.Conn }

func (s *stuck) Watch(ctx context.Context) (iter.Seq2[backend.Event, error], error) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Hour):
	}
	return nil, context.Cause(ctx)
}

// Close waits for calls of the backend that are in progress. No call is made afterwards.
func TestNoCallAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		var late atomic.Bool
		w := joinHooked(t, s, &durable.Options{OnDemand: true}, func(h *hooked) {
			h.loadSite = func(site string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				late.Store(late.Load() || h.closed)
				snapshot, err := next()
				late.Store(late.Load() || h.closed)
				return snapshot, err
			}
		})
		s.Delay(time.Second)
		result := make(chan error, 1)
		go func() { result <- w.Load(t.Context(), &url.URL{Host: "one.example"}) }()
		synctest.Wait()
		mustClose(t, w.Jar)
		if err := <-result; err == nil {
			t.Errorf("Load while the jar is closed = nil, want an error")
		}
		if err := w.Load(t.Context(), &url.URL{Host: "two.example"}); !errors.Is(err, durable.ErrClosed) {
			t.Errorf("Load after Close = %v, want ErrClosed", err)
		}
		if late.Load() {
			t.Errorf("the backend was called after it was closed")
		}
	})
}

// The names of sites cost no memory: those that other workers have heard of and that have
// no cookies any more, and those that cannot be loaded.
func TestSitesAreForgotten(t *testing.T) {
	n := 20_000
	if testkit.Race {
		n = 2000
	}
	t.Run("heard", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := new(backendtest.Server)
			a, b := join(t, s, &durable.Options{BatchTime: 24 * time.Hour}), join(t, s, nil)
			for i := range n {
				a.set(fmt.Sprintf("h%d.example", i), "n=1")
				if i%500 == 499 {
					a.flush()
					a.Clear()
					a.flush()
				}
			}
			time.Sleep(3 * time.Minute)
			for _, w := range []*worker{a, b} {
				w.sync()
				before := heap()
				mustClose(t, w.Jar)
				w.Jar = nil
				if freed := before - heap(); freed > 4<<20 {
					t.Errorf("the worker had %d bytes for %d sites without cookies, want at most 4 MB", freed, n)
				}
			}
		})
	})
	t.Run("away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := join(t, new(backendtest.Server), &durable.Options{OnDemand: true, Hot: 100})
			w.link.setDown(errDisk)
			before := heap()
			for i := range n {
				if err := w.Load(t.Context(), &url.URL{Host: fmt.Sprintf("h%d.example", i)}); err == nil {
					t.Fatal("Load = nil, want an error")
				}
			}
			if grown := heap() - before; grown > 1<<20 {
				t.Errorf("after %d sites that could not be loaded the heap has grown by %d bytes, want at most 1 MB", n, grown)
			}
			mustClose(t, w.Jar)
		})
	})
}

// After a server's clock was set back, a worker that has ended its session hears of the
// sessions that others begin, and the fleet's session can be ended.
func TestEndSessionThenServerIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := new(atomic.Int64)
		s := &backendtest.Server{Clock: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }}
		off.Store(int64(365 * 24 * time.Hour))
		a, b := join(t, s, nil), join(t, s, nil)
		a.set("old.example", "sid=old")
		a.flush()
		b.sync()
		b.EndSession()
		off.Store(0)
		time.Sleep(5 * time.Minute)
		a.set("example.com", "sid=1")
		a.flush()
		b.sync()
		b.sends("a session that began later", "example.com", "sid=1")
		b.sends("a session that has ended", "old.example", "")
		a.set("old.example", "again=1")
		a.flush()
		b.sync()
		b.sends("a session that began later", "old.example", "again=1")
		if err := a.EndFleetSession(t.Context()); err != nil {
			t.Errorf("EndFleetSession = %v", err)
		}
		b.sync()
		for _, w := range []*worker{a, b} {
			w.sends("after EndFleetSession", "example.com", "")
			w.sends("after EndFleetSession", "old.example", "")
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A site that is let go while it waits to be loaded again is not loaded without its owner
// knowing: a logout elsewhere would not be heard of.
func TestLetGoWhileStale(t *testing.T) {
	times(t, func(t *testing.T) {
		const n = 40
		s := new(backendtest.Server)
		a := join(t, s, nil)
		var hang atomic.Bool
		goOn := make(chan struct{})
		b := joinHooked(t, s, &durable.Options{OnDemand: true, Hot: n}, func(h *hooked) {
			h.loadSite = func(site string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				if hang.Load() && !strings.HasPrefix(site, "new") {
					<-goOn
				}
				return next()
			}
		})
		host := func(i int) string { return fmt.Sprintf("h%d.example", i) }
		for i := range n {
			a.set(host(i), "sid=1")
			a.set(fmt.Sprintf("new%d.example", i), "x=1")
		}
		a.flush()
		for i := range n {
			b.load(host(i))
		}
		synctest.Wait()
		s.Hole(n)
		hang.Store(true)
		for i := range n {
			a.set(host(i), "sid=2")
		}
		a.flush()
		synced := make(chan error)
		go func() { synced <- b.Sync(t.Context()) }()
		synctest.Wait() // some are being loaded, and the others wait
		for i := range n {
			b.load(fmt.Sprintf("new%d.example", i))
		}
		close(goOn)
		if err := <-synced; err != nil {
			t.Errorf("Sync = %v", err)
		}
		for i := range n {
			a.set(host(i), "sid=; Max-Age=0")
		}
		a.flush()
		b.sync()
		for i := range n {
			b.load(host(i))
			b.sends("after a logout elsewhere", host(i), "")
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A site that is let go leaves the last accesses of all its cookies at the server, those of
// other paths and partitions included.
func TestLetGoNotesAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("one.example", "path=1; Path=/deep; Max-Age=8640000")
		framed := request("one.example")
		framed.Context = &jar.Context{Documents: []*url.URL{{Scheme: "https", Host: "top.example"}}}
		framed.URL.Path = "/deep"
		if v := a.Jar.Jar.Receive(framed, []string{"part=1; Secure; SameSite=None; Partitioned; Max-Age=8640000"}); !v[0].OK() {
			t.Fatal(v[0].Err())
		}
		a.set("two.example", "x=1")
		mustClose(t, a.Jar)
		b := join(t, s, &durable.Options{OnDemand: true, Hot: 1})
		b.load("one.example")
		time.Sleep(24 * time.Hour)
		deep := request("one.example")
		deep.URL.Path = "/deep"
		if got := b.Header(deep) + "; " + b.Header(framed); got != "path=1; part=1" {
			t.Fatalf("Cookie: %q", got)
		}
		b.load("two.example")
		b.load("three.example")
		b.flush()
		snapshot, err := s.Open().LoadSite(t.Context(), "one.example", 0)
		if err != nil || len(snapshot.Records) != 2 {
			t.Errorf("LoadSite = %d records, %v, want 2", len(snapshot.Records), err)
		}
		for _, r := range snapshot.Records {
			if old := time.Since(r.Cookie.LastAccess); old > time.Hour {
				t.Errorf("%s was last used %v ago by the server, want just now", r.Cookie.Name, old)
			}
		}
		if b.Len() > 1 {
			t.Errorf("the jar has %d cookies, want one at most", b.Len())
		}
		mustClose(t, b.Jar)
	})
}

// A worker that was asleep, so that its monotonic clock stood still, does not date its login
// back to the time when it fell asleep, and what it could not write before loses against what
// others wrote meanwhile.
func TestLoginAfterSleep(t *testing.T) {
	for _, before := range []bool{false, true} {
		t.Run(fmt.Sprintf("before=%t", before), func(t *testing.T) { times(t, func(t *testing.T) { loginAfterSleep(t, before) }) })
	}
}

func loginAfterSleep(t *testing.T, before bool) {
	off := new(atomic.Int64)
	now := func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
	s := &backendtest.Server{Clock: now}
	o := func() *durable.Options { return &durable.Options{Jar: &jar.Options{Now: now}} }
	a := join(t, s, o())
	a.link.setDown(errDisk)
	want := "sid=evening"
	if before {
		a.set("example.com", "sid=noon; Max-Age=600000")
	}
	off.Store(int64(4 * time.Hour))
	b := join(t, s, o())
	b.set("example.com", "sid=evening; Max-Age=600000")
	b.flush()
	off.Store(int64(8 * time.Hour))
	if !before {
		want = "sid=morning"
		a.link.setDown(nil)
		a.set("example.com", "sid=morning; Max-Age=600")
		time.Sleep(10 * time.Millisecond) // the clock is measured
	}
	a.link.setDown(nil)
	a.flush()
	time.Sleep(2 * time.Minute)
	a.sync()
	b.sync()
	a.sends("after the sleep", "example.com", want)
	b.sends("after the sleep", "example.com", want)
	mustClose(t, a.Jar)
	mustClose(t, b.Jar)
}

// A short login made just after the worker's clock was set lives as long as it should.
func TestShortLoginAfterClockIsSet(t *testing.T) {
	for _, off := range []time.Duration{-365 * 24 * time.Hour, -time.Hour, time.Hour, 365 * 24 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var by atomic.Int64
				s := new(backendtest.Server)
				a := join(t, s, &durable.Options{Jar: &jar.Options{Now: func() time.Time { return time.Now().Add(time.Duration(by.Load())) }}})
				b := join(t, s, nil)
				by.Store(int64(off))
				a.set("example.com", "sid=1; Max-Age=600")
				a.flush()
				b.sync()
				b.sends("at once", "example.com", "sid=1")
				time.Sleep(3 * time.Minute)
				a.sync()
				a.sends("later", "example.com", "sid=1")
				b.sends("later", "example.com", "sid=1")
				time.Sleep(8 * time.Minute)
				b.sends("when it has expired", "example.com", "")
				a.sends("when it has expired", "example.com", "")
				mustClose(t, a.Jar)
				mustClose(t, b.Jar)
			})
		})
	}
}

// A login that is not yet written when the worker's clock is set is neither taken for expired
// nor kept for too long, although its site is swept before that is noticed.
func TestPendingWhenClockIsSet(t *testing.T) {
	for _, off := range []time.Duration{-365 * 24 * time.Hour, -time.Hour, time.Hour, 365 * 24 * time.Hour} {
		for _, written := range []bool{false, true} {
			t.Run(fmt.Sprintf("off=%v/written=%t", off, written), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var by atomic.Int64
					s := new(backendtest.Server)
					a := join(t, s, &durable.Options{BatchTime: 3 * time.Minute, Jar: &jar.Options{Now: func() time.Time { return time.Now().Add(time.Duration(by.Load())) }}})
					b := join(t, s, nil)
					a.set("example.com", "sid=1; Max-Age=1200")
					if written {
						a.flush()
					}
					by.Store(int64(off))
					a.Delete(func(jar.Cookie) bool { return false }) // sweeps
					a.set("example.com", "sweep=1")
					time.Sleep(2 * time.Minute)
					a.Delete(func(jar.Cookie) bool { return false }) // sweeps
					a.flush()
					for range 2 {
						a.sync()
						b.sync()
					}
					a.sends("when the clock was set", "example.com", "sid=1; sweep=1")
					b.sends("when the clock was set", "example.com", "sid=1; sweep=1")
					time.Sleep(19 * time.Minute)
					a.sends("when it has expired", "example.com", "sweep=1")
					b.sends("when it has expired", "example.com", "sweep=1")
					mustClose(t, a.Jar)
					mustClose(t, b.Jar)
				})
			})
		}
	}
}

// A connection that is lost as soon as it is made does not make a worker compare all versions
// all the time.
func TestFlappingWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		var compared atomic.Int32
		w := joinHooked(t, s, nil, func(h *hooked) {
			h.versions = func() error { compared.Add(1); s.Cut(); return nil }
		})
		s.Cut()
		time.Sleep(10 * time.Minute)
		if n := compared.Load(); n > 60 {
			t.Errorf("in ten minutes versions were compared %d times, want at most 60", n)
		}
		mustClose(t, w.Jar)
	})
}
