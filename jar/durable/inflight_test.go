package durable_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// What is set or deleted while an older state is being written, or was set aside since it
// fails, is what the backend has in the end.
func TestChangedInFlight(t *testing.T) {
	type place struct {
		set  func(line string)
		hook func(f func()) // called by the next Apply, before it does anything
		down func(error)    // of all writes
		j    *durable.Jar
		get  func() string
	}
	alone := func(t *testing.T) *place {
		m := new(backendtest.Memory)
		b := newPicky(m)
		j := mustOpen(t, b, nil)
		hook := func(f func()) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.hook = func() {
				b.mu.Lock()
				b.hook = nil
				b.mu.Unlock()
				f()
			}
		}
		get := func() string {
			all := ""
			for r, err := range m.Open().Load(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				all += r.Cookie.Name + "=" + r.Cookie.Value + " "
			}
			return all
		}
		return &place{func(line string) { set(t, j, "example.com", line) }, hook, b.setDown, j, get}
	}
	shared := func(t *testing.T) *place {
		s := new(backendtest.Server)
		var next atomic.Pointer[func()]
		w := joinHooked(t, s, nil, func(h *hooked) {
			h.apply = func(_ []backend.Batch, apply func() []backend.Answer) []backend.Answer {
				if f := next.Swap(nil); f != nil {
					(*f)()
				}
				return apply()
			}
		})
		w.link.poison = "poison"
		get := func() string {
			all := ""
			for k, v := range records(t, s) {
				all += strings.TrimPrefix(k, "example.com ") + "=" + v + " "
			}
			return all
		}
		down := func(err error) {
			w.link.setDown(err)
			if err == nil {
				w.link.mu.Lock()
				w.link.poison = ""
				w.link.mu.Unlock()
			}
		}
		return &place{func(line string) { w.set("example.com", line) }, func(f func()) { next.Store(&f) }, down, w.Jar, get}
	}
	for name, open := range map[string]func(*testing.T) *place{"alone": alone, "shared": shared} {
		for _, cookie := range []string{"sid", "poison"} { // which always fails
			for _, down := range []bool{false, true} {
				for _, again := range []string{"=2", "=; Max-Age=0"} {
					t.Run(fmt.Sprintf("%s/%s/down=%t/%s", name, cookie, down, again), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							p := open(t)
							if down {
								p.down(errDisk)
							}
							for i := range 20 {
								p.set(fmt.Sprintf("n%d=1; Max-Age=1", i))
							}
							p.set(cookie + "=1")
							p.hook(func() { p.set(cookie + again) })
							_ = p.j.Flush(t.Context())
							time.Sleep(time.Minute)
							p.set(cookie + "=3")
							p.set(cookie + again)
							time.Sleep(time.Minute)
							p.set("other=1") // sweeps
							p.down(nil)
							if err := p.j.Flush(t.Context()); err != nil {
								t.Errorf("Flush = %v", err)
							}
							want := []string{"other=1"}
							if again == "=2" {
								want = append(want, cookie+"=2")
							}
							slices.Sort(want)
							got := strings.Fields(p.get())
							slices.Sort(got)
							if got = slices.DeleteFunc(got, func(s string) bool { return s[0] == 'n' }); !slices.Equal(got, want) {
								t.Errorf("the backend has %q, want %q", got, want)
							}
							mustClose(t, p.j)
						})
					})
				}
			}
		}
	}
}

// The batches of a jar that is alone are bounded, and a site that fits into one is whole.
func TestAloneIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := new(backendtest.Memory)
		s := newSpy(m)
		j := mustOpen(t, s, &durable.Options{BatchCount: 10})
		m.Break(errDisk)
		for i := range 1000 {
			set(t, j, fmt.Sprintf("h%d.example", i/7), fmt.Sprintf("n%d=1", i%7))
		}
		for i := range 150 {
			set(t, j, "many.example", fmt.Sprintf("n%d=1", i))
		}
		time.Sleep(time.Minute)
		m.Break(nil)
		s.mu.Lock()
		s.batches = nil
		s.mu.Unlock()
		if err := j.Flush(t.Context()); err != nil {
			t.Errorf("Flush = %v", err)
		}
		seen, total := map[string]bool{}, 0
		for _, batch := range s.batches {
			if total += len(batch); len(batch) > 100 {
				t.Errorf("a batch has %d Ops, want at most 100, ten times BatchCount", len(batch))
			}
			here := map[string]bool{}
			for _, o := range batch {
				if here[o.Cookie.Domain] = true; seen[o.Cookie.Domain] && o.Cookie.Domain != "many.example" {
					t.Errorf("%s is in two batches, want the whole site in one", o.Cookie.Domain)
				}
			}
			for host := range here {
				seen[host] = true
			}
		}
		if total != 1150 || len(s.batches) > 16 {
			t.Errorf("%d Ops were written in %d batches, want 1150 in about 12", total, len(s.batches))
		}
		mustClose(t, j)
	})
}

// After an outage, what is pending does not keep the calls of other workers waiting. The
// server does one thing at a time, and takes 50 microseconds for each Op.
func TestBacklogDelaysNoOther(t *testing.T) {
	n := 60_000
	if testing.Short() || testkit.Race {
		n = 30_000
	} else if os.Getenv("SOAK") != "" { // make soak
		n = 600_000
	}
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		cpu := make(chan bool, 1)
		busy := func(h *hooked) {
			h.apply = func(batches []backend.Batch, next func() []backend.Answer) []backend.Answer {
				cpu <- true
				defer func() { <-cpu }()
				for _, b := range batches {
					time.Sleep(time.Duration(len(b.Ops)) * 50 * time.Microsecond)
				}
				return next()
			}
			h.loadSite = func(_ string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				cpu <- true
				defer func() { <-cpu }()
				time.Sleep(50 * time.Microsecond)
				return next()
			}
		}
		a := joinHooked(t, s, &durable.Options{OnDemand: true, Hot: -1}, busy)
		b := joinHooked(t, s, &durable.Options{OnDemand: true}, busy)
		before := heap()
		for i := range n / 20 {
			a.load(fmt.Sprintf("h%d.example", i))
		}
		a.link.setDown(errDisk)
		for i := range n {
			a.Jar.Jar.Receive(request(fmt.Sprintf("h%d.example", i/20)), []string{fmt.Sprintf("n%d=1", i%20)})
		}
		time.Sleep(time.Minute)
		t.Logf("%d bytes for each pending cookie, the jar included", (heap()-before)/n)
		a.link.setDown(nil)
		began, written := time.Now(), make(chan bool)
		go func() {
			a.flush()
			close(written)
		}()
		calls, worst := 0, time.Duration(0)
		for done := false; !done; calls++ {
			start := time.Now()
			b.load(fmt.Sprintf("other%d.example", calls))
			worst = max(worst, time.Since(start))
			select {
			case <-written:
				done = true
			default:
			}
			time.Sleep(10 * time.Millisecond)
		}
		if worst > 200*time.Millisecond {
			t.Errorf("with %d changes pending, a call of another worker took %v, want at most 200ms", n, worst)
		}
		if took := time.Since(began); calls < 10 || took > 2*time.Duration(n)*50*time.Microsecond {
			t.Errorf("%d changes were written in %v, beside %d calls of another worker", n, took, calls)
		}
		if got := len(records(t, s)); got != n {
			t.Errorf("the server has %d cookies, want %d", got, n)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}
