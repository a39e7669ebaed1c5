package durable_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
	"uacookie/jar/match"
)

// What is written and flushed while a site is being loaded is not undone by what was read
// before, not for a moment.
func TestOldSnapshot(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for _, line := range []string{"sid=1", "gone=1"} {
			a.set("example.com", line)
		}
		a.flush()
		var b *worker
		var meanwhile atomic.Pointer[func()]
		var back []string
		o := &durable.Options{OnDemand: true, Jar: &jar.Options{Changed: func(c jar.Change) {
			if c.Cause == jar.CauseStored && (c.Cookie.Name == "gone" || c.Cookie.Value == "1") {
				back = append(back, c.Cookie.Name)
			}
		}}}
		b = joinHooked(t, s, o, func(h *hooked) {
			h.loadSite = func(_ string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				snapshot, err := next()
				if f := meanwhile.Swap(nil); f != nil {
					(*f)()
				}
				return snapshot, err
			}
		})
		b.load("example.com")
		back = nil
		write := func() {
			for _, line := range []string{"sid=2", "gone=; Max-Age=0", "fresh=2"} {
				b.set("example.com", line)
			}
			b.flush()
		}
		meanwhile.Store(&write)
		s.Hole(1)
		a.set("example.com", "other=3")
		a.flush()
		b.sync()
		if len(back) > 0 {
			t.Errorf("while the site was loaded, %q came back", back)
		}
		if got := sorted(b.Header(request("example.com"))); got != "fresh=2; other=3; sid=2" {
			t.Errorf("Cookie: %q, want fresh=2; other=3; sid=2", got)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A barrier counts for a site that is being loaded, too.
func TestSyncWhileLoading(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "sid=1")
		a.flush()
		read, answer := make(chan bool, 1), make(chan bool)
		b := joinHooked(t, s, &durable.Options{OnDemand: true}, func(h *hooked) {
			h.loadSite = func(_ string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				snapshot, err := next()
				select {
				case read <- true:
					<-answer
				default:
				}
				return snapshot, err
			}
		})
		go func() { _ = b.Load(t.Context(), &url.URL{Host: "example.com"}) }()
		<-read
		read <- true // the next load is not stopped
		s.Hole(1)
		a.set("example.com", "sid=2")
		a.flush()
		b.sync()
		close(answer)
		b.load("example.com")
		b.sends("loaded after Sync", "example.com", "sid=2")
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// What a worker writes just when it hears of an older state stays, and so does the
// deletion of a cookie that the worker had before.
func TestWriteWhileHearing(t *testing.T) {
	for _, written := range []bool{false, true} {
		times(t, func(t *testing.T) {
			s := new(backendtest.Server)
			a := join(t, s, nil)
			slow := make(chan time.Duration, 1)
			o := &durable.Options{BatchTime: time.Minute, Jar: &jar.Options{Changed: func(c jar.Change) {
				if c.Cookie.Domain == "slow.example" {
					time.Sleep(<-slow) // and holds up the changes of others
				}
			}}}
			if written {
				o.BatchCount = 1
			}
			b := join(t, s, o)
			a.set("example.com", "sid=1")
			a.set("example.com", "gone=1")
			a.flush()
			b.sync()
			slow <- time.Second
			go b.set("slow.example", "x=1")
			synctest.Wait()
			a.set("example.com", "sid=2")
			a.set("example.com", "gone=2")
			time.Sleep(time.Millisecond)
			b.set("example.com", "sid=mine") // newer, and reported later
			b.set("example.com", "gone=; Max-Age=0")
			a.flush()
			time.Sleep(2 * time.Second)
			b.sends("after both", "example.com", "sid=mine")
			b.flush()
			a.sync()
			b.sync()
			a.sends("in the end", "example.com", "sid=mine")
			b.sends("in the end", "example.com", "sid=mine")
			mustClose(t, a.Jar)
			mustClose(t, b.Jar)
		})
	}
}

// However often a cookie comes and goes before it is written, its last deletion counts.
func TestComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, &durable.Options{BatchTime: time.Hour, BatchCount: 10_000})
		for range backend.MaxTombstones + 1 {
			a.set("example.com", "x=1")
			a.set("example.com", "x=; Max-Age=0")
			a.set("example.com", "x=2")
		}
		s.Hole(1)
		b := join(t, s, nil)
		b.set("example.com", "sid=theirs")
		b.flush()
		time.Sleep(time.Second)
		a.set("example.com", "sid=mine")
		a.set("example.com", "sid=; Max-Age=0")
		a.flush()
		if got := records(t, s); len(got) != 1 || got["example.com x"] != "2" {
			t.Errorf("after a logout the server has %v, want x alone", got)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A slow answer about the time does not put a worker's Stamps into the past or the future.
func TestSlowClock(t *testing.T) {
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := new(backendtest.Server)
			a := join(t, s, nil)
			calls := 0
			b := joinHooked(t, s, nil, func(h *hooked) {
				h.now = func(next func() (time.Time, error)) (time.Time, error) {
					if calls++; calls == 1 {
						return next()
					}
					if late {
						time.Sleep(20 * time.Second)
						return next()
					}
					now, err := next()
					time.Sleep(20 * time.Second)
					return now, err
				}
			})
			time.Sleep(2 * time.Minute)
			for i := range 3 {
				s.Hole(1) // the next worker does not know of it
				first, second := a, b
				if i%2 == 1 {
					first, second = b, a
				}
				first.set("example.com", fmt.Sprintf("sid=first%d", i))
				first.flush()
				time.Sleep(2 * time.Second)
				second.set("example.com", fmt.Sprintf("sid=second%d", i))
				second.flush()
				a.sync()
				b.sync()
				a.sends("in the order of writing", "example.com", fmt.Sprintf("sid=second%d", i))
				b.sends("in the order of writing", "example.com", fmt.Sprintf("sid=second%d", i))
			}
			mustClose(t, a.Jar)
			mustClose(t, b.Jar)
		})
	}
}

// A worker whose clock is set while it works has the cookies that it should have, and so
// have the others.
func TestClockIsSet(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, step := range []struct{ from, to time.Duration }{
		{-year, 0}, {year, 0}, {0, year}, {0, -year}, {-time.Hour, time.Hour}, {time.Hour, -time.Hour},
	} {
		for _, demand := range []bool{false, true} {
			t.Run(fmt.Sprintf("from=%v/to=%v/demand=%t", step.from, step.to, demand), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := new(backendtest.Server)
					off := new(atomic.Int64)
					off.Store(int64(step.from))
					a := join(t, s, nil)
					b := join(t, s, &durable.Options{OnDemand: demand, Jar: &jar.Options{
						Now: func() time.Time { return time.Now().Add(time.Duration(off.Load())) },
					}})
					a.set("example.com", "theirs=1; Max-Age=1800")
					a.set("example.com", "short=1; Max-Age=200")
					b.set("example.com", "mine=1; Max-Age=1800")
					b.set("example.com", "session=1")
					a.flush()
					b.flush()
					b.sync()
					off.Store(int64(step.to))
					b.set("example.com", "swept=1; Max-Age=1800")
					time.Sleep(90 * time.Second)
					b.set("example.com", "later=1; Max-Age=1800")
					b.flush()
					a.sync()
					b.sync()
					has := func(w *worker, when string, names ...string) {
						t.Helper()
						var got []string
						for _, v := range w.Explain(request("example.com")) {
							if v.OK() && v.Cookie.Name != "swept" {
								got = append(got, v.Cookie.Name)
							}
						}
						slices.Sort(got)
						if !slices.Equal(got, names) {
							t.Errorf("%s, the request carries %q, want %q", when, got, names)
						}
					}
					for i, w := range []*worker{a, b} {
						has(w, fmt.Sprintf("worker %d, soon after the clock was set", i), "later", "mine", "session", "short", "theirs")
					}
					time.Sleep(120 * time.Second)
					for i, w := range []*worker{a, b} {
						has(w, fmt.Sprintf("worker %d, when one has expired", i), "later", "mine", "session", "theirs")
					}
					time.Sleep(30 * time.Minute)
					for i, w := range []*worker{a, b} {
						has(w, fmt.Sprintf("worker %d, when all have expired", i), "session")
					}
					mustClose(t, a.Jar)
					mustClose(t, b.Jar)
				})
			})
		}
	}
}

// A server whose clock is set back, or that has taken over from one whose clock was ahead,
// does not lose logins for that long, and no logouts, whether the worker was there then or
// has come since.
func TestServerIsSetBack(t *testing.T) {
	run := 0
	times(t, func(t *testing.T) {
		off := new(atomic.Int64)
		s := &backendtest.Server{Clock: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }}
		off.Store(int64(time.Hour))
		a := join(t, s, nil)
		for _, line := range []string{"sid=1", "gone=1", "back=1", "back=; Max-Age=0"} {
			a.set("example.com", line)
			a.flush()
		}
		off.Store(0)
		s.Delay(time.Duration(run%2) * 150 * time.Millisecond)
		run++
		b, c := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true})
		workers := []*worker{a, b, c}
		for i := range 6 {
			time.Sleep(30 * time.Second)
			w, want := workers[i%3], fmt.Sprint("sid=again", i)
			w.set("example.com", want)
			switch i {
			case 0, 1, 2:
				want = "gone=1; " + want
			case 3:
				w.set("example.com", "gone=; Max-Age=0")
			case 4:
				w.set("example.com", "back=2")
			}
			if i >= 4 {
				want = "back=2; " + want
			}
			w.flush()
			time.Sleep(2 * time.Second)
			w.flush()
			for n, w := range workers {
				w.sync()
				w.load("example.com")
				if got := sorted(w.Header(request("example.com"))); got != want {
					t.Errorf("after login %d, worker %d, Cookie: %q, want %q", i, n, got, want)
				}
			}
		}
		for _, w := range workers {
			mustClose(t, w.Jar)
		}
	})
}

// A narrow list has the suffix example.com.
type narrow struct{}

func (narrow) String() string { return "narrow" }

func (narrow) PublicSuffix(domain string) string {
	if domain == "example.com" || strings.HasSuffix(domain, ".example.com") {
		return "example.com"
	}
	return new(match.List).PublicSuffix(domain)
}

// Where two workers' public suffix lists differ about a domain, each keeps the cookies of
// its own site, is told of those of the other, and a logout stays one.
func TestOtherSuffixList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("www.example.com", "sid=1; Max-Age=1000")
		a.flush()
		o := func() *durable.Options {
			return &durable.Options{Jar: &jar.Options{PublicSuffixList: narrow{}}}
		}
		b := join(t, s, o())
		b.sends("of another list's site", "www.example.com", "")
		if all := b.failed(); len(all) != 1 {
			t.Errorf("Options.Failed was called with %v, want the record of another site", all)
		}
		b.set("www.example.com", "sid=2; Max-Age=1000")
		b.flush()
		a.set("www.example.com", "sid=3; Max-Age=1000")
		a.flush()
		synctest.Wait()
		b.sends("after a change in the other site", "www.example.com", "sid=2")
		b.set("www.example.com", "sid=; Max-Age=0")
		b.flush()
		mustClose(t, b.Jar)
		b = join(t, s, o())
		b.sends("after its logout", "www.example.com", "")
		a.sends("in its own site", "www.example.com", "sid=3")
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// Lag grows while a worker cannot watch, even if it can ask for versions.
func TestLagWithoutWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		var down atomic.Bool
		w := joinHooked(t, s, nil, func(h *hooked) {
			h.watch = func() error {
				if down.Load() {
					return errDisk
				}
				return nil
			}
		})
		down.Store(true)
		s.Cut()
		for range 10 {
			time.Sleep(33 * time.Second)
			if lag := w.Lag(); lag == 0 || lag > 2*time.Minute {
				t.Errorf("without a Watch, Lag = %v, want the time since versions were compared, which is done each minute", lag)
			}
		}
		down.Store(false)
		time.Sleep(time.Minute)
		if lag := w.Lag(); lag != 0 {
			t.Errorf("with a Watch again, Lag = %v, want 0", lag)
		}
		if all := w.failed(); len(all) != 1 || !errors.Is(all[0], backendtest.ErrCut) {
			t.Errorf("Options.Failed was called with %v, want that the connection was cut, once", all)
		}
		mustClose(t, w.Jar)
	})
}
