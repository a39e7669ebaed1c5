package backendtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"uacookie/jar/backend"
)

// watch collects what a Watch yields until it is stopped, and why it ended.
type watch struct {
	f      *fleet
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	events []backend.Event
	err    error
	came   chan struct{} // closed when something has come
}

func (f *fleet) watch(b backend.Shared) *watch {
	f.Helper()
	ctx, cancel := context.WithCancel(f.Context())
	events, err := b.Watch(ctx)
	if err != nil {
		cancel()
		f.Fatalf("Watch = %v", err)
	}
	w := &watch{f: f, cancel: cancel, done: make(chan struct{}), came: make(chan struct{})}
	go func() {
		defer close(w.done)
		for e, err := range events {
			w.mu.Lock()
			if w.err = err; err == nil && e.Site != "" {
				w.events = append(w.events, e)
			}
			close(w.came)
			w.came = make(chan struct{})
			w.mu.Unlock()
		}
	}()
	return w
}

// until waits for an Event of that version, or the end of the context of the test.
func (w *watch) until(site string, version uint64) {
	w.f.Helper()
	for {
		w.mu.Lock()
		found, came := false, w.came
		for _, e := range w.events {
			found = found || e.Site == site && e.Version == version
		}
		w.mu.Unlock()
		if found {
			return
		}
		select {
		case <-came:
		case <-w.done:
			w.f.Fatalf("Watch has ended with %v before version %d of %s", w.err, version, site)
		case <-w.f.Context().Done():
			w.f.Fatalf("Watch never yields version %d of %s", version, site)
		}
	}
}

// stop ends the Watch and returns its Events.
func (w *watch) stop() []backend.Event {
	w.f.Helper()
	w.cancel()
	select {
	case <-w.done:
	case <-w.f.Context().Done():
		w.f.Fatalf("Watch does not end with its context")
	}
	if w.err == nil {
		w.f.Errorf("Watch ends without an error")
	}
	return w.events
}

// Watch yields what every connection applies, once it has returned, in versions that
// follow each other.
func testEvents(f *fleet) {
	b, other := f.open(), f.open()
	defer f.close(b)
	defer f.close(other)
	before := record("example.com", "before", "1")
	before.Stamp = f.stamp(b, 0)
	first := f.apply(other, "example.com", put(before)).Version
	w := f.watch(b)
	a, c := record("example.com", "a", "1"), record("example.com", "c", "1")
	a.Stamp, c.Stamp = f.stamp(b, 0), f.stamp(b, 0)
	lost := a
	lost.Stamp.Time--
	gone := stamped(del(a), f.stamp(b, 0))
	second := f.apply(other, "example.com", put(a), put(c)).Version
	f.apply(b, "example.com", put(lost)) // has no effect
	third := f.apply(b, "example.com", gone).Version
	dropped := drop(c)
	fourth := f.apply(other, "example.com", dropped).Version
	w.until("example.com", fourth)
	want := []backend.Event{
		{Site: "example.com", Before: first, Version: second, Ops: []backend.Op{put(a), put(c)}},
		{Site: "example.com", Before: second, Version: third, Ops: []backend.Op{gone}},
		{Site: "example.com", Before: third, Version: fourth, Ops: []backend.Op{dropped}},
	}
	// What was given to apply is overwritten.
	want[1].Ops[0], want[2].Ops[0] = stamped(del(a), gone.Stamp), drop(c)
	got := w.stop()
	if len(got) != len(want) {
		f.Fatalf("Watch yields %d Events, want %d", len(got), len(want))
	}
	for i, e := range got {
		if e.Site != want[i].Site || e.Before != want[i].Before || e.Version != want[i].Version || !sameOps(e.Ops, want[i].Ops) {
			f.Errorf("Event %d is %+v, want %+v", i, e, want[i])
		}
	}
}

// A Watch that is cut says so, and the next one goes on.
func testCut(f *fleet) { f.interrupted(f.Cut) }

// After a restart everything is there.
func testRestart(f *fleet) { f.interrupted(f.Restart) }

func (f *fleet) interrupted(fault func()) {
	if fault == nil {
		f.Skip("the server cannot do that")
	}
	b := f.open()
	defer f.close(b)
	r := record("example.com", "sid", "1")
	r.Stamp = f.stamp(b, 0)
	gone := record("example.com", "gone", "1")
	gone.Stamp = f.stamp(b, 0)
	f.apply(b, "example.com", put(r))
	version := f.apply(b, "example.com", stamped(del(gone), f.stamp(b, 0))).Version
	w := f.watch(b)
	fault()
	select {
	case <-w.done:
		if w.err == nil {
			f.Errorf("Watch that is cut ends without an error")
		}
	case <-f.Context().Done():
		f.Fatalf("Watch that is cut does not end")
	}
	if got := f.has(b, "afterwards", "example.com", r); got < version {
		f.Errorf("afterwards the site has version %d, before it had %d", got, version)
	}
	if a := f.apply(b, "example.com", put(gone)); len(a.Newer) != 1 {
		f.Errorf("afterwards a put older than a deletion is answered %v, want a Delete", a.Newer)
	}
	w = f.watch(b)
	r.Stamp = f.stamp(b, 0)
	w.until("example.com", f.apply(b, "example.com", put(r)).Version)
	w.stop()
}

// Without tombstones an older put loses all the same, and a newer one wins.
func testTrim(f *fleet) {
	if f.Trim == nil {
		f.Skip("the server cannot do that")
	}
	b := f.open()
	defer f.close(b)
	gone, fresh := record("example.com", "gone", "1"), record("example.com", "fresh", "1")
	gone.Stamp = f.stamp(b, 0)
	f.apply(b, "example.com", stamped(del(gone), f.stamp(b, 0)))
	f.Trim("example.com")
	fresh.Stamp = f.stamp(b, 0)
	f.newer("a newer put", f.apply(b, "example.com", put(fresh)))
	if a := f.apply(b, "example.com", put(gone)); len(a.Newer) != 1 || !a.Newer[0].Delete {
		f.Errorf("a put older than a deletion is answered %v, want a Delete", a.Newer)
	}
	f.has(b, "without tombstones", "example.com", fresh)
}

// historyKeys is how many cookies of how many sites the history is about.
const historyKeys, historySites = 3, 2

// Connections write the same cookies at once; the checker compares what was answered,
// loaded and watched.
func testHistory(f *fleet) {
	const writers, writes = 4, 60
	h := newHistory(f)
	watcher := f.open()
	defer f.close(watcher)
	w := f.watch(watcher)
	started := f.now(watcher)
	var group sync.WaitGroup
	for n := range writers {
		b := f.open()
		defer f.close(b)
		r := rand.New(rand.NewPCG(uint64(n), 22))
		group.Go(func() {
			for i := range writes {
				site := fmt.Sprintf("site%d.example", r.IntN(historySites))
				if r.IntN(5) == 0 {
					h.load(b, site)
					continue
				}
				// The clocks of writers differ by up to half a second.
				at := started.Add(time.Duration(i-writes/2) * 10 * time.Millisecond).Add(time.Duration(r.IntN(200)-100) * time.Millisecond)
				stamp := backend.Stamp{Time: uint64(at.UnixMicro()), Counter: uint32(i), Writer: uint64(n) + 1}
				c := record(site, fmt.Sprint("n", r.IntN(historyKeys)), fmt.Sprintf("%d-%d", n, i))
				o := stamped(put(c), stamp)
				switch r.IntN(6) {
				case 0:
					o = stamped(del(c), stamp)
				case 1:
					o = h.someDrop(site, r, o)
				}
				h.write(b, site, o)
			}
		})
	}
	group.Wait()
	last := map[string]uint64{}
	for n := range historySites {
		site := fmt.Sprintf("site%d.example", n)
		last[site] = h.load(watcher, site)
		if last[site] != 0 {
			w.until(site, last[site])
		}
	}
	h.check(w.stop(), last)
}
