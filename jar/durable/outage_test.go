package durable_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// After an outage what is pending is written in bounded batches.
func TestBatchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		w := join(t, s, nil)
		w.link.setDown(errDisk)
		for i := range 20_000 {
			w.set(fmt.Sprintf("h%d.example", i/5), fmt.Sprintf("n%d=1", i%5))
		}
		time.Sleep(time.Minute)
		w.link.setDown(nil)
		w.link.calls = nil
		w.flush()
		if most := slices.Max(w.link.calls); most > 1000 {
			t.Errorf("a call of Apply has %d Ops, want at most 1000", most)
		}
		if n := len(records(t, s)); n != 20_000 {
			t.Errorf("the server has %d cookies, want 20000", n)
		}
		mustClose(t, w.Jar)
	})
}

// Of two writes of a cookie the later one wins, although it arrived earlier.
func TestOrderOfWriting(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, nil)
		a.link.setDown(errDisk)
		a.set("example.com", "sid=monday; Max-Age=864000")
		a.set("example.com", "mine=monday; Max-Age=864000")
		time.Sleep(2 * time.Hour)
		b.set("example.com", "sid=tuesday; Max-Age=864000")
		b.flush()
		a.link.setDown(nil)
		a.flush()
		a.sync()
		b.sync()
		for _, w := range []*worker{a, b} {
			if got := sorted(w.Header(request("example.com"))); got != "mine=monday; sid=tuesday" {
				t.Errorf("Cookie: %q, want Monday's own cookie and Tuesday's session", got)
			}
			mustClose(t, w.Jar)
		}
	})
}

func sorted(header string) string {
	all := strings.Split(header, "; ")
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// A logout is not undone by an older login that arrives later, even when the server has
// forgotten that very deletion, and the worker is told.
func TestLogoutStays(t *testing.T) {
	for _, away := range []time.Duration{time.Hour, backend.TombstoneLife + time.Hour} {
		if away > time.Hour && testkit.Race && testing.Short() {
			continue // ten seconds
		}
		run := times
		if away > time.Hour {
			run = synctest.Test // a worker has something to do each minute
		}
		run(t, func(t *testing.T) {
			s := new(backendtest.Server)
			a, b := join(t, s, nil), join(t, s, nil)
			a.set("example.com", "sid=1; Max-Age=31536000")
			a.flush()
			b.sync()
			a.link.setDown(errDisk)
			a.set("example.com", "sid=2; Max-Age=31536000")
			time.Sleep(time.Second)
			b.set("example.com", "sid=; Max-Age=0")
			b.flush()
			s.Trim()
			time.Sleep(away)
			s.Restart()
			a.link.setDown(nil)
			a.flush()
			a.sync()
			b.sync()
			a.sends("after the logout", "example.com", "")
			b.sends("after the logout", "example.com", "")
			if !slices.ContainsFunc(a.failed(), func(err error) bool { return errors.Is(err, durable.ErrSuperseded) }) {
				t.Errorf("Options.Failed was called with %v, want ErrSuperseded too", a.failed())
			}
			mustClose(t, a.Jar)
			mustClose(t, b.Jar)
		})
	}
}

// A record that the jar refuses does not keep it from hearing of the next one.
func TestRefusedRecord(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "__Host-a=1; Secure; Path=/")
		a.flush()
		for i, host := range []bool{false, true} { // __Host- needs a host-only cookie
			c := cookie("example.com", "__Host-a")
			c.Secure, c.Value = host, fmt.Sprint(2+i)
			o := backend.Op{Record: backend.Record{Cookie: c, Stamp: backend.Stamp{Time: uint64(time.Now().UnixMicro()) + uint64(i) + 1}}}
			if got := s.Open().Apply(t.Context(), []backend.Batch{{Site: "example.com", Ops: []backend.Op{o}}}); got[0].Err != nil {
				t.Fatal(got[0].Err)
			}
			synctest.Wait()
			if want := []string{"", "__Host-a=3"}[i]; a.Header(request("example.com")) != want {
				t.Errorf("Cookie: %q, want %q", a.Header(request("example.com")), want)
			}
		}
		if len(a.failed()) != 1 {
			t.Errorf("Options.Failed was called with %v, want the refused record", a.failed())
		}
		mustClose(t, a.Jar)
	})
}

// A change that always fails holds up no other, alone in the jar's backend or shared.
func TestPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		w := join(t, s, nil)
		w.link.poison = "poison"
		w.set("example.com", "poison=1")
		w.set("example.com", "same=1")
		for i := range 100 {
			w.set(fmt.Sprintf("h%d.example", i), "sid=1")
		}
		time.Sleep(time.Minute)
		w.set("late.example", "sid=1")
		time.Sleep(2 * time.Second)
		if n := len(records(t, s)); n != 102 {
			t.Errorf("the server has %d cookies, want all but the one that fails, 102", n)
		}
		if err := w.Flush(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("Flush = %v, want that something is not stored", err)
		}
		w.link.poison = ""
		w.flush()
		mustClose(t, w.Jar)
	})
	synctest.Test(t, func(t *testing.T) {
		m := new(backendtest.Memory)
		b := newPicky(m)
		j := mustOpen(t, b, nil)
		set(t, j, "example.com", "poison=1")
		set(t, j, "www.example.com", "poison=1")
		for i := range 1000 {
			set(t, j, fmt.Sprintf("h%d.example", i), "sid=1")
		}
		time.Sleep(time.Minute)
		set(t, j, "late.example", "sid=1")
		time.Sleep(2 * time.Second)
		if n, _ := m.Open().Count(t.Context()); n != 1001 {
			t.Errorf("the backend has %d cookies, want all but two that fail, 1001", n)
		}
		if err := j.Close(t.Context()); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "2 changes are lost") {
			t.Errorf("Close = %v, want that two changes are lost", err)
		}
	})
}

// A picky Backend fails each batch with a cookie named poison, and every batch while it is
// down, until it has been down.
type picky struct {
	*spy
	state struct {
		sync.Mutex
		down   error
		healed bool
	}
}

func newPicky(m *backendtest.Memory) *picky { return &picky{spy: newSpy(m)} }

func (p *picky) setDown(err error) {
	p.state.Lock()
	defer p.state.Unlock()
	p.state.down, p.state.healed = err, err == nil
}

func (p *picky) Apply(ctx context.Context, batch []backend.Op) error {
	p.spy.note(batch)
	p.state.Lock()
	down, healed := p.state.down, p.state.healed
	p.state.Unlock()
	if !healed && slices.ContainsFunc(batch, func(o backend.Op) bool { return o.Cookie.Name == "poison" }) {
		down = errDisk
	}
	if down != nil {
		return down
	}
	return p.Backend.Apply(ctx, batch)
}

// Hostile names cost no memory while the backend is away.
func TestHostileNames(t *testing.T) {
	n := 300_000
	if testing.Short() || testkit.Race {
		n = 30_000
	}
	for _, demand := range []bool{false, true} {
		for _, ends := range []string{"evicted", "deleted"} {
			t.Run(fmt.Sprintf("demand=%t/%s", demand, ends), func(t *testing.T) {
				s := new(backendtest.Server)
				w := join(t, s, &durable.Options{OnDemand: demand})
				w.load("example.com")
				w.link.setDown(errDisk)
				before := heap()
				for i := range n {
					line := fmt.Sprintf("n%d=%s", i, strings.Repeat("v", 100))
					w.Jar.Jar.Receive(request("example.com"), []string{line})
					if ends == "deleted" {
						w.Jar.Jar.Receive(request("example.com"), []string{line + "; Max-Age=0"})
					}
				}
				if grown := heap() - before; grown > 10<<20 {
					t.Errorf("after %d names the heap has grown by %d bytes, want at most 10 MB", n, grown)
				}
				w.link.setDown(nil)
				mustClose(t, w.Jar)
			})
		}
	}
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Close tries until its context ends.
func TestCloseTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, open := range []func() (*durable.Jar, func(error), func() int){
			func() (*durable.Jar, func(error), func() int) {
				m := new(backendtest.Memory)
				return mustOpen(t, m.Open(), nil), m.Break, func() int { n, _ := m.Open().Count(t.Context()); return n }
			},
			func() (*durable.Jar, func(error), func() int) {
				s := new(backendtest.Server)
				w := join(t, s, nil)
				return w.Jar, w.link.setDown, func() int { return len(records(t, s)) }
			},
		} {
			j, setDown, count := open()
			setDown(errDisk)
			if _, err := j.Jar.Receive(request("example.com"), []string{"a=1"}), error(nil); err != nil {
				t.Fatal(err)
			}
			go func() {
				time.Sleep(10 * time.Second)
				setDown(nil)
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			if err := j.Close(ctx); err != nil {
				t.Errorf("Close with 30 seconds, of a backend that is back after ten, = %v", err)
			}
			cancel()
			if n := count(); n != 1 {
				t.Errorf("after Close the backend has %d cookies, want 1", n)
			}
		}
	})
}

// A server may drop what has expired, and a worker's Drop makes it do so.
func TestExpiredAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "short=1; Max-Age=10")
		a.set("example.com", "long=1; Max-Age=1000")
		a.flush()
		time.Sleep(time.Minute)
		a.set("example.com", "other=1") // sweeps
		a.flush()
		a.sync()
		b := join(t, s, nil)
		if got := sorted(b.Header(request("example.com"))); got != "long=1; other=1" {
			t.Errorf("Cookie: %q, want long=1; other=1", got)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A site is loaded before it is decided what a response may set, however the response
// comes: an insecure one leaves the fleet's Secure cookie alone.
func TestLoadBeforeDeciding(t *testing.T) {
	insecure := &url.URL{Scheme: "http", Host: "example.com", Path: "/"}
	for name, receive := range map[string]func(t *testing.T, w *worker) error{
		"Receive": func(t *testing.T, w *worker) error {
			_, err := w.Receive(t.Context(), &jar.Request{URL: insecure}, []string{"sid=forged"})
			return err
		},
		"Transport": func(t *testing.T, w *worker) error {
			transport := &durable.Transport{Jar: w.Jar, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": {"sid=forged"}}, Body: http.NoBody, Request: r}, nil
			})}
			resp, err := (&http.Client{Transport: transport}).Get(insecure.String())
			if err == nil {
				resp.Body.Close()
			}
			return err
		},
		"SetCookies": func(t *testing.T, w *worker) error {
			w.SetCookies(insecure, []*http.Cookie{{Name: "sid", Value: "forged"}})
			return w.failure()
		},
	} {
		t.Run(name, func(t *testing.T) {
			times(t, func(t *testing.T) {
				s := new(backendtest.Server)
				a := join(t, s, nil)
				a.set("example.com", "sid=1; Secure")
				a.flush()
				b := join(t, s, &durable.Options{OnDemand: true})
				b.link.setDown(errDisk)
				if err := receive(t, b); !errors.Is(err, errDisk) {
					t.Errorf("with the server away, the error is %v, want the server's", err)
				}
				if n := b.Len(); n != 0 {
					t.Errorf("with the server away, the jar has %d cookies, want none", n)
				}
				b.link.setDown(nil)
				b.mu.Lock()
				b.failures = nil
				b.mu.Unlock()
				if err := receive(t, b); err != nil {
					t.Errorf("the error is %v", err)
				}
				b.flush()
				a.sync()
				a.sends("after an insecure response", "example.com", "sid=1")
				b.sends("after an insecure response", "example.com", "sid=1")
				mustClose(t, a.Jar)
				mustClose(t, b.Jar)
			})
		})
	}
}

// failure returns the failure to load a site.
func (w *worker) failure() error {
	for _, err := range w.failed() {
		if strings.Contains(err.Error(), "load the site") {
			return err
		}
	}
	return nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// EndSession ends the session of one worker, EndFleetSession the session of all.
func TestEndSession(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true})
		a.set("example.com", "sid=1")
		a.set("example.com", "kept=1; Max-Age=1000")
		a.set("other.example", "sid=1")
		a.flush()
		b.load("example.com")
		time.Sleep(time.Millisecond)
		if n := b.EndSession(); n != 1 {
			t.Errorf("EndSession = %d, want 1", n)
		}
		b.flush()
		b.load("other.example")
		b.sends("after its EndSession", "example.com", "kept=1")
		b.sends("after its EndSession, loaded later", "other.example", "")
		a.sync()
		a.sends("after the EndSession of b", "example.com", "sid=1; kept=1")
		time.Sleep(time.Second)
		a.set("example.com", "sid=2")
		a.flush()
		b.sync()
		if got := sorted(b.Header(request("example.com"))); got != "kept=1; sid=2" {
			t.Errorf("in the new session, Cookie: %q, want kept=1; sid=2", got)
		}
		if err := b.EndFleetSession(t.Context()); err != nil {
			t.Errorf("EndFleetSession = %v", err)
		}
		a.sync()
		for _, w := range []*worker{a, b} {
			w.sends("after EndFleetSession", "example.com", "kept=1")
			w.sends("after EndFleetSession", "other.example", "")
			mustClose(t, w.Jar)
		}
		if n := len(records(t, s)); n != 1 {
			t.Errorf("after EndFleetSession the server has %d cookies, want 1", n)
		}
	})
}

// Workers of another protocol are refused.
func TestProtocol(t *testing.T) {
	s := new(backendtest.Server)
	if err := s.Open().Join(t.Context(), backend.Protocol+1); err != nil {
		t.Fatal(err)
	}
	if _, err := durable.OpenShared(t.Context(), s.Open(), nil); !errors.Is(err, backend.ErrProtocol) {
		t.Errorf("OpenShared beside workers of a later protocol = %v, want ErrProtocol", err)
	}
}
