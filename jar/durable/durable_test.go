package durable_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
	"uacookie/jar/internal/persist"
	"uacookie/jar/match"
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

func newSpy(s *backendtest.Server) *spy { return &spy{Backend: s.Open()} }

func (s *spy) Apply(ctx context.Context, batch []backend.Op) error {
	s.mu.Lock()
	s.batches = append(s.batches, slices.Clone(batch))
	s.times = append(s.times, time.Now())
	hook := s.hook
	s.mu.Unlock()
	if hook != nil {
		hook()
	}
	return s.Backend.Apply(ctx, batch)
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
	for _, v := range j.Receive(request(host), []string{line}) {
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
		s := newSpy(new(backendtest.Server))
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
		s := newSpy(new(backendtest.Server))
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
		server := new(backendtest.Server)
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
		s := newSpy(new(backendtest.Server))
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
		server := new(backendtest.Server)
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
		if got := sizes[len(sizes)-2:]; !slices.Equal(got, []int{1, 2}) {
			t.Errorf("when the backend is back, it gets batches of %v, want that which failed, of 1, and one of 2", got)
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
		server := new(backendtest.Server)
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
		wantSizes(t, "after Close of a broken backend", s, 1, 1, 1)
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

type hanging struct{ *spy }

func (hanging) Apply(ctx context.Context, _ []backend.Op) error {
	<-ctx.Done()
	return ctx.Err()
}

// A jar without a backend starts no goroutine: synctest would see it.
func TestNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, err := jar.New(&jar.Options{Changed: func(jar.Change) {}})
		if err != nil {
			t.Fatal(err)
		}
		kept := persist.Of(j)
		kept.Record(func(jar.Change, string) {})
		j.Receive(request("example.com"), []string{"a=1"})
		if err := kept.Settle(t.Context()); err != nil {
			t.Errorf("Settle = %v", err)
		}
	})
}

// A deaf backend fails the test whatever it is asked after Open.
type deaf struct {
	t    testing.TB
	open bool
}

func (d *deaf) touched(what string) error {
	if d.open {
		d.t.Errorf("reading the jar calls %s", what)
	}
	return nil
}
func (d *deaf) Load(context.Context) iter.Seq2[backend.Record, error] {
	return func(yield func(backend.Record, error) bool) {
		_ = d.touched("Load")
		for i := range 10 {
			yield(backend.Record{Cookie: cookie("www.example.com", fmt.Sprint("name", i))}, nil)
		}
	}
}
func (d *deaf) Apply(context.Context, []backend.Op) error { return d.touched("Apply") }
func (d *deaf) Close() error                              { return nil }

// Reading calls neither the backend nor a hook, and allocates no more than in a jar
// without a backend.
func TestReads(t *testing.T) {
	d := &deaf{t: t}
	changed := false
	j := mustOpen(t, d, &durable.Options{BatchCount: 1, Jar: &jar.Options{
		Now:     func() time.Time { return time.Now().Add(time.Hour) }, // so that last access moves
		Changed: func(jar.Change) { changed = true },
	}})
	d.open, changed = true, false
	u, other := &url.URL{Scheme: "https", Host: "www.example.com", Path: "/"}, request("example.org")
	known := &jar.Request{URL: u}
	buf := make([]byte, 0, 1024)
	for _, test := range []struct {
		name string
		most float64
		f    func()
	}{
		{"AppendHeader", 0, func() { buf = j.AppendHeader(buf[:0], known) }},
		{"AppendHeader for a host without cookies", 0, func() { buf = j.AppendHeader(buf[:0], other) }},
		{"Header", 1, func() { _ = j.Header(known) }},
		{"Cookies", 2, func() { _ = j.Cookies(u) }},
		{"Len", 0, func() { _ = j.Len() }},
	} {
		if got := testing.AllocsPerRun(100, test.f); got > test.most {
			t.Errorf("%s allocates %v times, want at most %v", test.name, got, test.most)
		}
	}
	if n := len(slices.Collect(j.All())); n != 10 {
		t.Errorf("All yields %d cookies, want 10", n)
	}
	if err := j.Flush(t.Context()); err != nil {
		t.Errorf("Flush = %v", err)
	}
	if changed {
		t.Error("reading calls Options.Changed")
	}
	d.open = false
	mustClose(t, j)
}

func apply(t *testing.T, s *backendtest.Server, records ...backend.Record) {
	t.Helper()
	var batch []backend.Op
	for _, r := range records {
		batch = append(batch, backend.Op{Record: r})
	}
	if err := s.Open().Apply(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

func cookie(domain, name string) jar.Cookie {
	now := time.Now()
	return jar.Cookie{
		Name: name, Value: "secret", Domain: domain, HostOnly: true, Path: "/",
		Created: now, LastAccess: now, Order: 1,
	}
}

// Open skips and reports what it cannot use, and leaves it where it is; what has
// expired it deletes.
func TestOpen(t *testing.T) {
	server := new(backendtest.Server)
	good, broken, refused, expired := cookie("example.com", "good"), cookie("example.com", "broken"),
		cookie("example.com", "__Host-refused"), cookie("example.com", "expired")
	expired.Expires = time.Now().Add(-time.Hour)
	for _, c := range []jar.Cookie{good, broken, refused, expired} {
		apply(t, server, backend.Record{Cookie: c})
	}
	server.Corrupt(broken.Key())

	if _, err := durable.Open(t.Context(), server.Open(), nil); !errors.Is(err, backend.ErrMalformed) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Open without Options.Failed = %v, want the error about a record", err)
	}
	var failures, progress, refusals []string
	j := mustOpen(t, server.Open(), &durable.Options{
		Failed:   func(err error) { failures = append(failures, err.Error()) },
		Progress: func(loaded, total int) { progress = append(progress, fmt.Sprint(loaded, " of ", total)) },
		Jar:      &jar.Options{Refused: func(r *jar.Refusal) { refusals = append(refusals, r.Error()) }},
	})
	slices.Sort(failures)
	want := []string{
		`cookie record "__Host-refused" for example.com/: cookie "__Host-refused" from example.com refused: host-prefix`,
		`cookie record broken for example.com: malformed`,
	}
	if !slices.Equal(failures, want) {
		t.Errorf("Options.Failed was called with\n%q, want\n%q", failures, want)
	}
	if len(refusals) != 1 {
		t.Errorf("Jar.Refused was called with %q, want one refusal", refusals)
	}
	if want := []string{"4 of 4"}; !slices.Equal(progress, want) {
		t.Errorf("Options.Progress was called with %q, want %q", progress, want)
	}
	if got := j.Header(request("example.com")); got != "good=secret" {
		t.Errorf("Cookie: %q, want good=secret", got)
	}
	mustClose(t, j)
	if n, err := server.Open().Count(t.Context()); n != 3 || err != nil {
		t.Errorf("after Close, there are %d records, %v; want all but the expired one, 3", n, err)
	}
}

// If Open fails, it has closed the backend and left no goroutine.
func TestOpenFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Server)
		var all []backend.Record
		for i := range 5000 {
			all = append(all, backend.Record{Cookie: cookie(fmt.Sprintf("h%d.example", i), "n")})
		}
		apply(t, server, all...)
		server.Break(errDisk)
		s := newSpy(server)
		if _, err := durable.Open(t.Context(), s, nil); !errors.Is(err, errDisk) || s.closed != 1 {
			t.Errorf("Open = %v, and closed the backend %d times; want its error, and once", err, s.closed)
		}
		if _, err := durable.Open(t.Context(), server.Open(), nil); !errors.Is(err, errDisk) {
			t.Errorf("Open of a Watcher = %v, want its error", err)
		}
		server.Break(nil)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := durable.Open(ctx, server.Open(), &durable.Options{Progress: func(int, int) { cancel() }})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Open, cancelled while it loads, = %v, want context.Canceled", err)
		}
		if _, err := durable.Open(t.Context(), newSpy(server), &durable.Options{OnDemand: true}); err == nil {
			t.Error("Open on demand of a Backend that cannot load a site = nil, want an error")
		}
	})
}

// A list that counts how often it is asked.
type list struct {
	name  string
	asked *int
}

func (l list) PublicSuffix(domain string) string {
	*l.asked++
	return new(match.List).PublicSuffix(domain)
}
func (l list) String() string { return l.name }

// The suffix check is skipped for what was admitted by the same list.
func TestSuffixList(t *testing.T) {
	server, asked := new(backendtest.Server), 0
	open := func(name string) (*durable.Jar, int) {
		asked = 0
		j := mustOpen(t, server.Open(), &durable.Options{Jar: &jar.Options{PublicSuffixList: list{name, &asked}}})
		return j, asked
	}
	j, _ := open("list 1")
	for i := range 100 {
		set(t, j, fmt.Sprintf("www.h%d.example", i), fmt.Sprintf("a=1; Domain=h%d.example", i))
	}
	mustClose(t, j)
	j, same := open("list 1")
	mustClose(t, j)
	j, other := open("list 2")
	mustClose(t, j)
	if other < same+100 {
		t.Errorf("opened by the same list, it is asked %d times, by another %d; want 100 more", same, other)
	}
}

// Close keeps when a cookie was last used, though using one is no change.
func TestLastAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Server)
		j := mustOpen(t, newSpy(server), nil)
		set(t, j, "example.com", "used=1")
		set(t, j, "example.org", "unused=1")
		if err := j.Flush(t.Context()); err != nil {
			t.Fatalf("Flush = %v", err)
		}
		time.Sleep(time.Hour)
		used := time.Now()
		_ = j.Header(request("example.com"))
		mustClose(t, j)

		s := newSpy(server)
		j = mustOpen(t, s, nil)
		for c := range j.All() {
			if want := c.Name == "used"; c.LastAccess.Equal(used) != want {
				t.Errorf("last access of %v = %v, used at %v: want %t", c, c.LastAccess, used, want)
			}
		}
		mustClose(t, j)
		wantSizes(t, "if nothing was used", s)
	})
}

// A Clone is a jar in memory.
func TestClone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy(new(backendtest.Server))
		j := mustOpen(t, s, nil)
		set(t, j, "example.com", "a=1")
		clone := j.Clone()
		clone.Clear()
		mustClose(t, j)
		if len(s.batches) != 1 || s.batches[0][0].Delete {
			t.Errorf("the backend got %v, want the cookie", s.batches)
		}
	})
}

// What was done here, and is still pending, stays when something older is heard of
// from another jar; and when the backend is gone, one hears of that.
func TestHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Server)
		var failures []error
		j := mustOpen(t, server.Open(), &durable.Options{
			BatchTime: time.Hour,
			Failed:    func(err error) { failures = append(failures, err) },
		})
		set(t, j, "example.com", "mine=1")
		theirs := cookie("example.com", "mine")
		theirs.Value = "older"
		unknown := cookie("example.com", "new")
		unknown.Order = 2
		apply(t, server, backend.Record{Cookie: theirs}, backend.Record{Cookie: unknown})
		synctest.Wait()
		if got := j.Header(request("example.com")); got != "mine=1; new=secret" {
			t.Errorf("Cookie: %q, want mine=1; new=secret", got)
		}
		if n := server.Applied(); n != 1 {
			t.Errorf("the server has %d batches, want 1: what is heard is not told again", n)
		}
		if err := j.Flush(t.Context()); err != nil {
			t.Errorf("Flush = %v", err)
		}
		server.Break(errDisk)
		synctest.Wait()
		server.Break(nil)
		if len(failures) != 1 || !errors.Is(failures[0], errDisk) {
			t.Errorf("Options.Failed was called with %v, want that nothing more is heard", failures)
		}
		if err := j.Flush(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("Flush = %v, want that nothing more is heard", err)
		}
		if err := j.Close(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("Close = %v, want that nothing more was heard", err)
		}
	})
}

// A site that could not be loaded is loaded by the next call; one that was is not
// loaded again.
func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := new(backendtest.Server)
		good, broken := cookie("www.example.com", "good"), cookie("example.com", "broken")
		apply(t, server, backend.Record{Cookie: good}, backend.Record{Cookie: broken}, backend.Record{Cookie: cookie("example.org", "other")})
		server.Corrupt(broken.Key())
		u := &url.URL{Scheme: "https", Host: "www.example.com:8443"}

		loader := struct{ backend.SiteLoader }{server.Open()} // which does not watch
		j := mustOpen(t, loader, &durable.Options{OnDemand: true})
		if err := j.Load(t.Context(), u); !errors.Is(err, backend.ErrMalformed) {
			t.Errorf("Load of a broken record without Options.Failed = %v, want the error about it", err)
		}
		mustClose(t, j)

		var failures []error
		loader = struct{ backend.SiteLoader }{server.Open()}
		j = mustOpen(t, loader, &durable.Options{OnDemand: true, Failed: func(err error) { failures = append(failures, err) }})
		if err := j.Load(t.Context(), &url.URL{Host: "not a host"}); err == nil {
			t.Error("Load of what is no host = nil, want an error")
		}
		server.Break(errDisk)
		if err := j.Load(t.Context(), u); !errors.Is(err, errDisk) {
			t.Errorf("Load of a broken backend = %v, want its error", err)
		}
		server.Break(nil)
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				if err := j.Load(t.Context(), u); err != nil {
					t.Errorf("Load = %v", err)
				}
			})
		}
		callers.Wait()
		if got := j.Header(request("www.example.com")); got != "good=secret" {
			t.Errorf("Cookie: %q, want good=secret", got)
		}
		if n := j.Len(); n != 1 {
			t.Errorf("the jar has %d cookies, want 1: nobody asked for example.org", n)
		}
		if len(failures) != 1 || !errors.Is(failures[0], backend.ErrMalformed) {
			t.Errorf("Options.Failed was called with %v, want the broken record once", failures)
		}
		mustClose(t, j)
	})
}
