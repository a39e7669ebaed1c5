package valkeyjar_test

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/durable"
	"uacookie/jar/valkeyjar"
)

// soak reports whether to take the figures of PERFORMANCE.md and hold them to their bounds.
// Otherwise the same code runs with little data, and only what it does is checked.
func soak() bool { return os.Getenv("SOAK") != "" }

// slowly returns an address at which a server answers later by a delay.
func slowly(t *testing.T, server string, delay time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", server)
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() {
				_, _ = io.Copy(out, in)
				_ = out.Close()
			}()
			go delayed(in, out, delay)
		}
	}()
	return l.Addr().String()
}

// delayed copies what out says to in, each part after a delay.
func delayed(in, out net.Conn, delay time.Duration) {
	type part struct {
		data []byte
		due  time.Time
	}
	parts := make(chan part, 10_000)
	go func() {
		defer close(parts)
		for {
			data := make([]byte, 64<<10)
			n, err := out.Read(data)
			parts <- part{data[:n], time.Now().Add(delay)}
			if err != nil {
				return
			}
		}
	}()
	for p := range parts {
		time.Sleep(time.Until(p.due)) // the delay is what is asked for
		_, _ = in.Write(p.data)
	}
	_ = in.Close()
}

func share(t *testing.T, server string, o durable.Options) *durable.Jar {
	t.Helper()
	b, err := valkeyjar.Open(t.Context(), server, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := durable.OpenShared(t.Context(), b, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close(t.Context()) })
	return j
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Cold sites are loaded by 16 goroutines over a connection with a round trip of a
// millisecond, and a worker that has seen them all keeps Options.Hot cookies.
func TestColdLoads(t *testing.T) {
	sites, hot := 2000, 1000
	if soak() {
		sites, hot = 250_000, 50_000
	}
	s := startServer(t, "--appendonly", "no")
	filler := open(t, s.url(), valkeyjar.Options{})
	fill(t, filler, sites)
	_ = filler.Close()
	before := heap()
	j := share(t, "redis://"+slowly(t, s.addr, time.Millisecond), durable.Options{OnDemand: true, Hot: hot})
	var next atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range 16 {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(sites); i = next.Add(1) - 1 {
				if err := j.Load(t.Context(), &url.URL{Scheme: "https", Host: fmt.Sprintf("site%07d.example", i)}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	rate := float64(sites) / time.Since(start).Seconds()
	used := int64(heap()) - int64(before)
	t.Logf("%.0f sites/s; after %d sites %d cookies are in the jar; the heap has grown by %d bytes", rate, sites, j.Len(), used)
	if j.Len() > hot {
		t.Errorf("the jar has %d cookies, want at most %d", j.Len(), hot)
	}
	if soak() && rate < 2000 {
		t.Errorf("%.0f sites/s, want at least 2000", rate)
	}
	if soak() && used > 64<<20 {
		t.Errorf("the heap has grown by %d bytes, want at most 64 MB", used)
	}
}

// What one worker has flushed another has soon.
func TestVisible(t *testing.T) {
	n := 50
	if soak() {
		n = 2000
	}
	s := startServer(t)
	changed := make(chan jar.Change, 1000)
	share(t, s.url(), durable.Options{Jar: &jar.Options{Changed: func(c jar.Change) {
		if c.Cause == jar.CauseStored {
			changed <- c
		}
	}}})
	j := share(t, s.url(), durable.Options{})
	request := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}}
	var took []time.Duration
	for i := range n {
		value := fmt.Sprint(i)
		if _, err := j.Receive(t.Context(), request, []string{"sid=" + value}); err != nil {
			t.Fatal(err)
		}
		if err := j.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for c := range changed {
			if c.Cookie.Value == value {
				break
			}
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	t.Logf("visible after Flush: median %v, p99 %v", took[len(took)/2], p99)
	if soak() && p99 > 10*time.Millisecond {
		t.Errorf("p99 is %v, want at most 10 ms", p99)
	}
}

// lateness measures by how much a timer is late until the function that it returns is called: a
// call that takes no longer than that may have waited for the machine alone.
func lateness(t *testing.T) func() time.Duration {
	const every = 5 * time.Millisecond
	stop, worst := make(chan struct{}), make(chan time.Duration, 1)
	go func() {
		var most time.Duration
		for {
			due := time.Now().Add(every)
			timer := time.NewTimer(every)
			select {
			case <-timer.C:
				most = max(most, time.Since(due))
			case <-stop:
				timer.Stop()
				worst <- most
				return
			}
		}
	}()
	end := sync.OnceFunc(func() { close(stop) })
	t.Cleanup(end)
	return func() time.Duration {
		end()
		return <-worst
	}
}

// After an outage, all that is pending is written, and no other call waits for it.
func TestPending(t *testing.T) {
	n := 2000
	if soak() {
		n = 600_000
	}
	s := startServer(t, "--appendonly", "no")
	j := share(t, s.url(), durable.Options{Failed: func(error) {}})
	s.kill()
	for i := range n {
		request := &jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("site%d.example", i/4), Path: "/"}}
		if _, err := j.Receive(t.Context(), request, []string{fmt.Sprintf("n%d=value-of-the-cookie; Max-Age=86400", i%4)}); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	start := time.Now()
	done := make(chan error, 1)
	go func() { done <- j.Flush(t.Context()) }()
	other := open(t, s.url(), valkeyjar.Options{})
	request := &jar.Request{URL: &url.URL{Scheme: "https", Host: "another.example", Path: "/"}}
	calls := []struct {
		what  string
		call  func(n int) error
		worst time.Duration
	}{
		{"Header", func(int) error { _ = j.Header(request); return nil }, 0},
		{"Receive", func(n int) error {
			_, err := j.Receive(t.Context(), request, []string{fmt.Sprintf("sid=%d", n)})
			return err
		}, 0},
		{"Pending", func(int) error { _ = j.Pending(); return nil }, 0},
		{"Lag", func(int) error { _ = j.Lag(); return nil }, 0},
		{"LoadSite of another worker", func(int) error { _, err := other.LoadSite(t.Context(), "site1.example", 0); return err }, 0},
		{"Now of another worker", func(int) error { _, err := other.Now(t.Context()); return err }, 0},
	}
	late := lateness(t)
	var worst time.Duration
	rounds := 0
	for flushed := false; !flushed; rounds++ {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			flushed = true
		default:
		}
		for i := range calls {
			c := &calls[i]
			before := time.Now()
			if err := c.call(rounds); err != nil {
				t.Fatalf("%s = %v", c.what, err)
			}
			took := time.Since(before)
			c.worst, worst = max(c.worst, took), max(worst, took)
		}
	}
	t.Logf("what other programs of the machine cost: a timer was up to %v late", late())
	for _, c := range calls {
		t.Logf("the longest %s of %d took %v", c.what, rounds, c.worst)
	}
	took := time.Since(start)
	t.Logf("%d pending changes are written in %v; the longest other call took %v", n, took, worst)
	if soak() && (took > 30*time.Second || worst > 200*time.Millisecond) {
		t.Errorf("want at most 30 s and 200 ms")
	}
}
