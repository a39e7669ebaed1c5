package durable_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// OpenShared says what failed, and closes the connection.
func TestOpenSharedFails(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(h *hooked)
		want error
	}{
		{"join", func(h *hooked) { h.join = func() error { return errDisk } }, errDisk},
		{"time", func(h *hooked) {
			h.now = func(func() (time.Time, error)) (time.Time, error) { return time.Time{}, errDisk }
		}, errDisk},
		{"watch", func(h *hooked) { h.watch = func() error { return errDisk } }, errDisk},
		{"load", func(h *hooked) {
			h.load = func(all iter.Seq2[backend.Snapshot, error]) iter.Seq2[backend.Snapshot, error] {
				return func(yield func(backend.Snapshot, error) bool) {
					for s, err := range all {
						if !yield(s, err) {
							return
						}
					}
					yield(backend.Snapshot{}, errDisk)
				}
			}
		}, errDisk},
		{"record", func(h *hooked) {
			h.load = func(iter.Seq2[backend.Snapshot, error]) iter.Seq2[backend.Snapshot, error] {
				return func(yield func(backend.Snapshot, error) bool) {
					yield(backend.Snapshot{Site: "example.com", Version: 1, Broken: []*backend.RecordError{{Where: "x", Err: errDisk}}}, nil)
				}
			}
		}, errDisk},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(backendtest.Server)
				a := join(t, s, nil)
				a.set("example.com", "sid=1")
				mustClose(t, a.Jar)
				h := &hooked{link: newLink(s)}
				test.edit(h)
				if _, err := durable.OpenShared(t.Context(), h, nil); !errors.Is(err, test.want) {
					t.Errorf("OpenShared = %v, want %v", err, test.want)
				}
				if !h.closed {
					t.Error("OpenShared fails, and leaves the connection open")
				}
			})
		})
	}
	if _, err := durable.Open(t.Context(), new(backendtest.Memory).Open(), &durable.Options{Hot: 1}); err == nil {
		t.Error("Open with Options.Hot = nil, want an error: it is for OpenShared")
	}
}

// Progress is told how many records are loaded.
func TestSharedProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 5000 {
			a.set(fmt.Sprintf("h%d.example", i), "sid=1")
		}
		mustClose(t, a.Jar)
		var got []int
		b := join(t, s, &durable.Options{Progress: func(loaded, total int) { got = append(got, loaded) }})
		if len(got) != 2 || got[0] < 4096 || got[1] != 5000 {
			t.Errorf("Progress was called with %v, want about 4096 and 5000", got)
		}
		mustClose(t, b.Jar)
	})
}

// A record that cannot be read holds up no other, and its cookie stays as it was.
func TestBrokenRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true})
		c := join(t, s, &durable.Options{OnDemand: true})
		for _, line := range []string{"bad=1", "good=1"} {
			a.set("example.com", line)
		}
		a.flush()
		b.load("example.com")
		for c := range a.All() {
			if c.Name == "bad" {
				s.Corrupt(c.Key())
			}
		}
		s.Hole(1)
		a.set("example.com", "good=2")
		a.flush()
		b.sync()
		if got := sorted(b.Header(request("example.com"))); got != "bad=1; good=2" {
			t.Errorf("loaded again, Cookie: %q, want bad=1 as it was, and good=2", got)
		}
		c.load("example.com")
		c.sends("loaded first", "example.com", "good=2")
		for _, w := range []*worker{b, c} {
			if all := w.failed(); len(all) != 1 || !errors.Is(all[0], backend.ErrMalformed) {
				t.Errorf("Options.Failed was called with %v, want the record that cannot be read", all)
			}
			mustClose(t, w.Jar)
		}
		silent, err := durable.OpenShared(t.Context(), s.Open(), &durable.Options{OnDemand: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := silent.Load(t.Context(), &url.URL{Host: "example.com"}); !errors.Is(err, backend.ErrMalformed) {
			t.Errorf("without Options.Failed, Load = %v, want the record that cannot be read", err)
		}
		mustClose(t, silent)
		mustClose(t, a.Jar)
	})
}

// A site that changes each time it is loaded is there all the same, and in the end as it
// is at the server.
func TestChangesWhileLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "sid=0")
		a.flush()
		changes := 0
		b := joinHooked(t, s, &durable.Options{OnDemand: true}, func(h *hooked) {
			h.loadSite = func(_ string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				snapshot, err := next()
				if changes++; changes <= 13 {
					a.set("example.com", fmt.Sprint("sid=", changes))
					a.flush()
					synctest.Wait() // b has heard of it
				}
				return snapshot, err
			}
		})
		b.load("example.com")
		if got := b.Header(request("example.com")); got == "" {
			t.Error("a site that changes all the time is never there")
		}
		time.Sleep(time.Minute)
		b.sends("when it has stopped changing", "example.com", "sid=13")
		if lag := b.Lag(); lag != 0 {
			t.Errorf("when it has stopped changing, Lag = %v, want 0", lag)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A server that has lost a change, as in a failover, is believed, and what comes next is
// heard.
func TestLostChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "sid=1")
		a.flush()
		var lost atomic.Uint64 // the version that the server has gone back to
		b := joinHooked(t, s, nil, func(h *hooked) {
			h.loadSite = func(site string, next func() (backend.Snapshot, error)) (backend.Snapshot, error) {
				if v := lost.Load(); v != 0 {
					return backend.Snapshot{Site: site, Version: v}, nil
				}
				return next()
			}
		})
		before, err := s.Open().LoadSite(t.Context(), "example.com", 0)
		if err != nil {
			t.Fatal(err)
		}
		lost.Store(before.Version)
		s.Hole(1)
		for _, line := range []string{"sid=2", "other=2"} {
			a.set("example.com", line)
			a.flush()
		}
		time.Sleep(time.Second)
		b.sends("after a loss", "example.com", "sid=1")
		if lag := b.Lag(); lag != 0 {
			t.Errorf("after a loss, Lag = %v, want 0: the server has nothing newer", lag)
		}
		lost.Store(0)
		a.set("example.com", "sid=3")
		a.flush()
		time.Sleep(time.Second)
		if got := sorted(b.Header(request("example.com"))); got != "other=2; sid=3" {
			t.Errorf("after the next change, Cookie: %q, want other=2; sid=3", got)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// A Load that waits for another one of the same site heeds its own context.
func TestLoadIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := join(t, new(backendtest.Server), &durable.Options{OnDemand: true})
		w.link.hang = "example.com"
		first, stop := context.WithCancel(t.Context())
		go func() { _ = w.Load(first, &url.URL{Host: "example.com"}) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.Load(ctx, &url.URL{Host: "www.example.com"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Load = %v, want that its time is over", err)
		}
		stop()
		if err := w.Load(t.Context(), &url.URL{Host: "a b"}); err == nil || !strings.Contains(err.Error(), "invalid host") {
			t.Errorf("Load of the host %q = %v, want an invalid host", "a b", err)
		}
		mustClose(t, w.Jar)
	})
}

// What a server answers wrongly, or not at all, is an error, and is written later.
func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		var silent atomic.Bool
		silent.Store(true)
		w := joinHooked(t, s, nil, func(h *hooked) {
			h.apply = func(_ []backend.Batch, next func() []backend.Answer) []backend.Answer {
				if silent.Load() {
					return nil
				}
				return next()
			}
		})
		w.set("example.com", "sid=1")
		if err := w.Flush(t.Context()); err == nil {
			t.Error("Flush = nil without an answer")
		}
		silent.Store(false)
		w.flush()
		if got := records(t, s); len(got) != 1 {
			t.Errorf("the server has %v, want sid", got)
		}
		mustClose(t, w.Jar)
	})
}

// While the server is away, Sync and EndFleetSession fail and nothing is lost; Flush and
// they end with their context.
func TestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		w := join(t, s, nil)
		w.set("example.com", "sid=1")
		w.link.setDown(errDisk)
		if err := w.Sync(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("Sync = %v, want %v", err, errDisk)
		}
		if err := w.EndFleetSession(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("EndFleetSession = %v, want %v", err, errDisk)
		}
		w.sends("while the server is away", "example.com", "sid=1")
		w.link.setDown(nil)
		w.flush()
		s.Delay(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w.set("example.com", "sid=2")
		if err := w.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush of a slow server = %v, want that its time is over", err)
		}
		s.Delay(0)
		time.Sleep(2 * time.Hour)
		w.flush()
		s.Break(errDisk)
		if err := w.EndFleetSession(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("EndFleetSession of a broken server = %v, want %v", err, errDisk)
		}
		s.Break(nil)
		mustClose(t, w.Jar)
		j := mustOpen(t, new(backendtest.Memory).Open(), nil)
		set(t, j, "example.com", "sid=1")
		if err := j.EndFleetSession(t.Context()); err != nil || j.Len() != 0 {
			t.Errorf("EndFleetSession of a jar that is alone = %v, and leaves %d cookies", err, j.Len())
		}
		if err := j.Sync(t.Context()); err != nil || j.Lag() != 0 {
			t.Errorf("a jar that is alone has Sync = %v and Lag = %v", err, j.Lag())
		}
		mustClose(t, j)
	})
}

// A session cookie that is set while EndSession runs stays.
func TestEndSessionMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *worker
		first := true
		w = join(t, new(backendtest.Server), &durable.Options{Jar: &jar.Options{Changed: func(c jar.Change) {
			if c.Cause != jar.CauseStored && c.Cookie.Name == "sid" && first {
				first = false
				w.Jar.Jar.Receive(request(map[string]string{"a.example": "b.example", "b.example": "a.example"}[c.Cookie.Domain]), []string{"sid=new"})
			}
		}}})
		w.set("a.example", "sid=old")
		w.set("b.example", "sid=old")
		if n := w.EndSession(); n != 1 {
			t.Errorf("EndSession = %d, want 1: the other was set meanwhile", n)
		}
		if got := w.Header(request("a.example")) + w.Header(request("b.example")); got != "sid=new" {
			t.Errorf("after EndSession the sites are sent %q, want sid=new", got)
		}
		mustClose(t, w.Jar)
	})
}

// A closer notes that it is closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

type idler struct {
	roundTripper
	closed int
}

func (i *idler) CloseIdleConnections() { i.closed++ }

// The faces of a jar with OnDemand load before they read, and a Transport closes the body
// of a request that it does not make.
func TestFaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true})
		a.set("example.com", "sid=1; Path=/")
		a.flush()
		u := &url.URL{Scheme: "https", Host: "example.com", Path: "/"}
		body, base := &closer{Reader: strings.NewReader("x")}, &idler{roundTripper: func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r, Header: http.Header{"Got": r.Header["Cookie"]}}, nil
		}}
		transport := &durable.Transport{Jar: b.Jar, Base: base}
		b.link.setDown(errDisk)
		if got := b.Cookies(u); got != nil {
			t.Errorf("with the server away, Cookies = %v, want none", got)
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", u.String(), body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.RoundTrip(r); !errors.Is(err, errDisk) || !body.closed {
			t.Errorf("with the server away, RoundTrip = %v and the body is closed: %t; want %v and true", err, body.closed, errDisk)
		}
		b.link.setDown(nil)
		if got := b.Cookies(u); len(got) != 1 || got[0].Value != "1" {
			t.Errorf("Cookies = %v, want sid=1", got)
		}
		resp, err := transport.RoundTrip(r)
		if err != nil || resp.Header.Get("Got") != "sid=1" {
			t.Errorf("RoundTrip = %v, %v; want the cookie sid=1 to be sent", resp, err)
		}
		if transport.CloseIdleConnections(); base.closed != 1 {
			t.Errorf("CloseIdleConnections was forwarded %d times, want once", base.closed)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}
