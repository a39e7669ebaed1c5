package durable_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A spy is a Backend with the three methods only that notes what it is asked for.
type spy struct {
	backend.Backend

	mu      sync.Mutex
	batches [][]backend.Op // of each Apply, failed ones included
	times   []time.Time
	closed  int
	hook    func() // called by Apply
}

func newSpy(s *backendtest.Memory) *spy { return &spy{Backend: s.Open()} }

func (s *spy) Apply(ctx context.Context, batch []backend.Op) error {
	s.note(batch)
	return s.Backend.Apply(ctx, batch)
}

// note notes a batch and calls the hook.
func (s *spy) note(batch []backend.Op) {
	s.mu.Lock()
	s.batches = append(s.batches, slices.Clone(batch))
	s.times = append(s.times, time.Now())
	hook := s.hook
	s.mu.Unlock()
	if hook != nil {
		hook()
	}
}

func (s *spy) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed++
	return s.Backend.Close()
}

// sizes returns how many Ops each batch had.
func (s *spy) sizes() (sizes []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.batches {
		sizes = append(sizes, len(b))
	}
	return sizes
}

func mustOpen(t testing.TB, b backend.Backend, o *durable.Options) *durable.Jar {
	t.Helper()
	j, err := durable.Open(t.Context(), b, o)
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	return j
}

func mustClose(t testing.TB, j *durable.Jar) {
	t.Helper()
	if err := j.Close(t.Context()); err != nil {
		t.Errorf("Close = %v", err)
	}
}

// set has a host set a cookie.
func set(t testing.TB, j *durable.Jar, host, line string) {
	t.Helper()
	for _, v := range j.Jar.Receive(request(host), []string{line}) {
		if err := v.Err(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func request(host string) *jar.Request {
	return &jar.Request{URL: &url.URL{Scheme: "https", Host: host, Path: "/"}}
}

func wantSizes(t *testing.T, when string, s *spy, want ...int) {
	t.Helper()
	if got := s.sizes(); !slices.Equal(got, want) {
		t.Errorf("%s, batches of %v were written, want %v", when, got, want)
	}
}

// A batch is written when there are enough changes, or some time after the first.
func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy(new(backendtest.Memory))
		j := mustOpen(t, s, &durable.Options{BatchCount: 3, BatchTime: 10 * time.Second})
		for i := range 2 {
			set(t, j, "example.com", fmt.Sprintf("n%d=1", i))
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		synctest.Wait()
		wantSizes(t, "before the time is up", s)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		wantSizes(t, "when the time is up", s, 2)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		wantSizes(t, "with nothing to write", s, 2)
		for i := range 3 {
			set(t, j, "example.com", fmt.Sprintf("n%d=2", i))
		}
		synctest.Wait()
		wantSizes(t, "when there are enough", s, 2, 3)
		mustClose(t, j)
		wantSizes(t, "after Close", s, 2, 3)
	})
}

// A batch has the last state of each changed cookie, and nothing of those that came
// and went since the last one.
func TestLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy(new(backendtest.Memory))
		j := mustOpen(t, s, nil)
		set(t, j, "example.com", "kept=1")
		set(t, j, "example.com", "old=1")
		if err := j.Flush(t.Context()); err != nil {
			t.Fatalf("Flush = %v", err)
		}
		for i := range 10 {
			set(t, j, "example.com", fmt.Sprint("kept=", i))
			set(t, j, "example.com", fmt.Sprint("new=", i))
			set(t, j, "example.com", fmt.Sprint("brief=", i))
		}
		set(t, j, "example.com", "brief=; Max-Age=0")
		set(t, j, "example.com", "old=; Max-Age=0")
		if err := j.Flush(t.Context()); err != nil {
			t.Fatalf("Flush = %v", err)
		}
		var got []string
		for _, o := range s.batches[1] {
			got = append(got, fmt.Sprint(o.Cookie.Name, o.Cookie.Value, o.Delete))
		}
		slices.Sort(got)
		if want := []string{"kept9false", "new9false", "oldtrue"}; !slices.Equal(got, want) {
			t.Errorf("the second batch is %q, want %q", got, want)
		}
		mustClose(t, j)
	})
}

// What Flush has returned for is there when the process is gone without a Close; it
// waits even for a change that another goroutine is to report.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Memory)
		first, release := make(chan struct{}), make(chan struct{})
		hang := sync.OnceFunc(func() { close(first); <-release })
		j := mustOpen(t, newSpy(server), &durable.Options{BatchTime: time.Hour, Jar: &jar.Options{
			Changed: func(jar.Change) { hang() },
		}})
		go set(t, j, "example.com", "a=1")
		<-first
		set(t, j, "example.com", "b=2") // the other goroutine, which hangs, has to report this

		hasty, cancel := context.WithCancel(t.Context())
		cancel()
		if err := j.Flush(hasty); !errors.Is(err, context.Canceled) {
			t.Errorf("Flush with a context that is done = %v, want context.Canceled", err)
		}
		flushed := make(chan error, 1)
		go func() { flushed <- j.Flush(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-flushed:
			t.Errorf("Flush = %v before b was reported", err)
		default:
			close(release)
			if err := <-flushed; err != nil {
				t.Errorf("Flush = %v", err)
			}
		}
		crashed := mustOpen(t, newSpy(server), nil)
		if got := crashed.Header(request("example.com")); got != "a=1; b=2" {
			t.Errorf("after a crash, Cookie: %q, want a=1; b=2", got)
		}
		if err := j.Flush(t.Context()); err != nil {
			t.Errorf("Flush of nothing = %v", err)
		}
		mustClose(t, crashed)
		mustClose(t, j)
	})
}

// Flush while a batch is being written waits for the next one too.
func TestFlushMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy(new(backendtest.Memory))
		writing, release := make(chan struct{}), make(chan struct{})
		s.hook = sync.OnceFunc(func() { close(writing); <-release })
		j := mustOpen(t, s, nil)
		set(t, j, "example.com", "a=1")
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- j.Flush(t.Context()) }()
		<-writing
		set(t, j, "example.com", "b=2")
		go func() { second <- j.Flush(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-second:
			t.Errorf("Flush = %v before the batch was written", err)
		default:
		}
		close(release)
		if a, b := <-first, <-second; a != nil || b != nil {
			t.Errorf("Flush = %v and %v", a, b)
		}
		wantSizes(t, "after two Flushes", s, 1, 1)
		mustClose(t, j)
	})
}

var errDisk = errors.New("no space left on device")

// While the backend fails, the jar goes on, tries again ever more rarely, and writes
// everything when the backend is back.
func TestFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Memory)
		s := newSpy(server)
		var failures []error
		j := mustOpen(t, s, &durable.Options{Failed: func(err error) { failures = append(failures, err) }})
		set(t, j, "example.com", "before=1")
		if err := j.Flush(t.Context()); err != nil {
			t.Fatalf("Flush = %v", err)
		}
		server.Break(errDisk)
		set(t, j, "example.com", "during=secret")
		if err := j.Flush(t.Context()); !errors.Is(err, errDisk) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Flush = %v, want that of the backend without a value", err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(failures); n == 0 || !errors.Is(failures[n-1], errDisk) {
			t.Errorf("Options.Failed was called with %v, want the backend's error", failures)
		}
		last := time.Duration(0)
		for i := 3; i < len(s.times); i++ {
			wait := s.times[i].Sub(s.times[i-1])
			if want := min(max(2*last, 100*time.Millisecond), 30*time.Second); wait != want && last != 0 {
				t.Errorf("try %d came after %v, want %v", i, wait, want)
			}
			last = wait
		}
		if n := len(s.times); n < 8 || n > 20 || last != 30*time.Second {
			t.Errorf("in two minutes there were %d tries, the last after %v; want 8 to 20, and 30s", n, last)
		}

		// A crawl goes on: of what comes and goes meanwhile nothing stays behind.
		for i := range 1000 {
			set(t, j, fmt.Sprintf("h%d.example", i), "brief=1")
			set(t, j, fmt.Sprintf("h%d.example", i), "brief=; Max-Age=0")
		}
		set(t, j, "example.com", "later=2")
		set(t, j, "example.com", "before=; Max-Age=0")
		server.Break(nil)
		if err := j.Flush(t.Context()); err != nil {
			t.Errorf("Flush when the backend is back = %v", err)
		}
		sizes := s.sizes()
		if got := sizes[len(sizes)-2:]; !slices.Equal(got, []int{1, 3}) {
			t.Errorf("when the backend is back, it gets batches of %v, want that which failed, of 1, and one of 3", got)
		}
		mustClose(t, j)
		j = mustOpen(t, server.Open(), nil)
		if got := j.Header(request("example.com")); got != "during=secret; later=2" {
			t.Errorf("opened again, Cookie: %q, want during=secret; later=2", got)
		}
		mustClose(t, j)
	})
}

// Close writes what is pending; if it cannot, it says so, and nothing hangs.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
		server := new(backendtest.Memory)
		s := newSpy(server)
		var failures []error
		j := mustOpen(t, s, &durable.Options{Failed: func(err error) { failures = append(failures, err) }})
		set(t, j, "example.com", "a=1")
		mustClose(t, j)
		mustClose(t, j)
		wantSizes(t, "after Close", s, 1)
		if s.closed != 1 {
			t.Errorf("the backend was closed %d times, want once", s.closed)
		}
		set(t, j, "example.com", "b=2")
		set(t, j, "example.com", "c=3")
		if got := j.Header(request("example.com")); got != "a=1; b=2; c=3" {
			t.Errorf("after Close, Cookie: %q, want a=1; b=2; c=3: the jar goes on in memory", got)
		}
		if len(failures) != 1 || !errors.Is(failures[0], durable.ErrClosed) {
			t.Errorf("after Close, Options.Failed was called with %v, want ErrClosed once", failures)
		}
		if err := j.Flush(t.Context()); !errors.Is(err, durable.ErrClosed) {
			t.Errorf("Flush after Close = %v, want ErrClosed", err)
		}
		wantSizes(t, "after Close", s, 1)

		s = newSpy(server)
		j = mustOpen(t, s, nil)
		set(t, j, "example.com", "d=4")
		server.Break(errDisk)
		err := j.Close(t.Context())
		if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "1 changes are lost") {
			t.Errorf("Close = %v, want that one change is lost, and why", err)
		}
		if got := s.sizes(); len(got) < 5 || slices.ContainsFunc(got, func(n int) bool { return n != 1 }) {
			t.Errorf("Close of a broken backend without a deadline wrote batches of %v, want one change at least five times", got)
		}
		server.Break(nil)

		// An Apply that hangs is given up when the context of Close is done.
		s = newSpy(server)
		j = mustOpen(t, hanging{s}, nil)
		set(t, j, "example.com", "e=5")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := j.Close(ctx); err == nil || !strings.Contains(err.Error(), "1 changes are lost") {
			t.Errorf("Close of a backend that hangs = %v, want that one change is lost", err)
		}
	})
}
