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
)

// A link is a worker's connection to a Server that a test can disturb.
type link struct {
	*backendtest.Conn

	mu     sync.Mutex
	down   error  // of every call but Close
	poison string // a batch with a cookie of this name fails
	hang   string // LoadSite of this site hangs
	calls  []int  // Ops in each call of Apply
	cut    map[int]context.CancelFunc
	n      int
}

func newLink(s *backendtest.Server) *link {
	return &link{Conn: s.Open(), cut: map[int]context.CancelFunc{}}
}

// setDown makes every call fail, and cuts those who watch, until it is called with nil.
func (l *link) setDown(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = err
	if err != nil {
		for _, cut := range l.cut {
			cut()
		}
	}
}

func (l *link) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

func (l *link) Now(ctx context.Context) (time.Time, error) {
	if err := l.failure(); err != nil {
		return time.Time{}, err
	}
	return l.Conn.Now(ctx)
}

func (l *link) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	l.mu.Lock()
	down, poison, n := l.down, l.poison, 0
	for _, b := range batches {
		n += len(b.Ops)
	}
	l.calls = append(l.calls, n)
	l.mu.Unlock()
	answers := make([]backend.Answer, len(batches))
	for i, b := range batches {
		answers[i].Err = down
		if slices.ContainsFunc(b.Ops, func(o backend.Op) bool { return o.Cookie.Name == poison }) {
			answers[i].Err = errors.Join(down, errDisk)
		}
		if answers[i].Err == nil {
			answers[i] = l.Conn.Apply(ctx, batches[i:i+1])[0]
		}
	}
	return answers
}

func (l *link) LoadSite(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
	l.mu.Lock()
	down, hang := l.down, l.hang
	l.mu.Unlock()
	if site == hang {
		<-ctx.Done()
		return backend.Snapshot{}, ctx.Err()
	}
	if down != nil {
		return backend.Snapshot{}, down
	}
	return l.Conn.LoadSite(ctx, site, version)
}

func (l *link) Versions(ctx context.Context, sites []string) iter.Seq2[backend.Version, error] {
	if err := l.failure(); err != nil {
		return func(yield func(backend.Version, error) bool) { yield(backend.Version{}, err) }
	}
	return l.Conn.Versions(ctx, sites)
}

func (l *link) Watch(ctx context.Context) (iter.Seq2[backend.Event, error], error) {
	if err := l.failure(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	l.mu.Lock()
	l.n++
	l.cut[l.n] = cancel
	l.mu.Unlock()
	return l.Conn.Watch(ctx)
}

// A worker is a shared jar.
type worker struct {
	*durable.Jar
	t    testing.TB
	link *link

	mu       sync.Mutex
	failures []error
}

func join(t testing.TB, s *backendtest.Server, o *durable.Options) *worker {
	t.Helper()
	l := newLink(s)
	return joinBy(t, l, l, o)
}

// joinBy opens a worker through b, which uses l.
func joinBy(t testing.TB, l *link, b backend.Shared, o *durable.Options) *worker {
	t.Helper()
	if o == nil {
		o = new(durable.Options)
	}
	w := &worker{t: t, link: l}
	o.Failed = func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.failures = append(w.failures, err)
	}
	var err error
	if w.Jar, err = durable.OpenShared(t.Context(), b, o); err != nil {
		t.Fatalf("OpenShared = %v", err)
	}
	return w
}

// set has a host set a cookie.
func (w *worker) set(host, line string) {
	w.t.Helper()
	verdicts, err := w.Receive(w.t.Context(), request(host), []string{line})
	if err != nil {
		w.t.Errorf("Receive = %v", err)
	}
	for _, v := range verdicts {
		if err := v.Err(); err != nil {
			w.t.Errorf("%s: %v", host, err)
		}
	}
}

func (w *worker) sends(when, host, want string) {
	w.t.Helper()
	if got := w.Header(request(host)); got != want {
		w.t.Errorf("%s, Cookie for %s: %q, want %q", when, host, got, want)
	}
}

func (w *worker) flush() {
	w.t.Helper()
	if err := w.Flush(w.t.Context()); err != nil {
		w.t.Errorf("Flush = %v", err)
	}
}

func (w *worker) sync() {
	w.t.Helper()
	if err := w.Sync(w.t.Context()); err != nil {
		w.t.Errorf("Sync = %v", err)
	}
}

func (w *worker) load(host string) {
	w.t.Helper()
	if err := w.Load(w.t.Context(), &url.URL{Host: host}); err != nil {
		w.t.Errorf("Load = %v", err)
	}
}

func (w *worker) failed() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.failures)
}

// records returns what the server has, by host and name.
func records(t testing.TB, s *backendtest.Server) map[string]string {
	t.Helper()
	all := map[string]string{}
	for snapshot, err := range s.Open().Load(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range snapshot.Records {
			all[r.Cookie.Domain+" "+r.Cookie.Name] = r.Cookie.Value
		}
	}
	return all
}

// times runs a test in many bubbles: what depends on the scheduler must hold each time.
func times(t *testing.T, test func(t *testing.T)) {
	n := 100
	if testing.Short() {
		n = 20
	}
	for range n {
		synctest.Test(t, test)
		if t.Failed() {
			return
		}
	}
}

// A login is not lost when another worker drops the cookie that it replaces, since that
// has expired.
func TestLoginOverExpired(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, nil)
		a.set("example.com", "sid=old; Max-Age=1")
		a.flush()
		b.sync()
		time.Sleep(time.Second)
		a.set("example.com", "other=1") // sweeps sid
		time.Sleep(time.Millisecond)
		b.set("example.com", "sid=fresh; Max-Age=3600")
		b.flush()
		time.Sleep(2 * time.Second)
		a.sync()
		a.sends("a second later", "example.com", "other=1; sid=fresh")
		b.sync()
		b.sends("a second later", "example.com", "other=1; sid=fresh")
		c := join(t, s, nil)
		c.sends("opened later", "example.com", "other=1; sid=fresh")
		for _, w := range []*worker{a, b, c} {
			mustClose(t, w.Jar)
		}
	})
}

// What a worker's own limits make it evict stays for the others, whether it reads or writes.
func TestLimitsAreLocal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 1000 {
			a.set(fmt.Sprintf("h%d.example", i), "sid=1; Max-Age=864000")
		}
		a.flush()
		small := join(t, s, &durable.Options{Jar: &jar.Options{Limits: &jar.Limits{Total: 100}}})
		if n := small.Len(); n != 100 {
			t.Errorf("a jar with a limit of 100 has %d cookies", n)
		}
		small.set("new.example", "sid=1")
		small.flush()
		mustClose(t, small.Jar)
		synctest.Wait()
		if n := len(records(t, s)); n != 1001 {
			t.Errorf("the server has %d cookies, want 1001: limits are each worker's own", n)
		}
		if n := a.Len(); n != 1001 {
			t.Errorf("the other worker has %d cookies, want 1001", n)
		}
		mustClose(t, a.Jar)
	})
}

// Last accesses travel, in steps of an hour: while a jar is open, and when it is closed.
func TestLastAccessTravels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		a.set("example.com", "sid=1; Max-Age=31536000")
		want := func(when string, most time.Duration) {
			t.Helper()
			b := join(t, s, nil)
			for c := range b.All() {
				if old := time.Since(c.LastAccess); old > most {
					t.Errorf("%s, a second worker has %v as last used %v ago, want at most %v", when, c, old, most)
				}
			}
			mustClose(t, b.Jar)
		}
		time.Sleep(24 * time.Hour)
		a.Header(request("example.com"))
		time.Sleep(2 * time.Hour)
		want("while the first is open", 3*time.Hour)
		time.Sleep(24 * time.Hour)
		a.Header(request("example.com"))
		mustClose(t, a.Jar)
		want("when the first is closed", 0)
	})
}

// Chromium's limit is about last accesses. It finds the cookies that another worker uses,
// and deletes nothing for others.
func TestUnusedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 4000 {
			a.set(fmt.Sprintf("h%d.site%d.example", i/20%5, i/100), fmt.Sprintf("n%d=1; Max-Age=31536000", i%20))
		}
		mustClose(t, a.Jar)
		for range 5 {
			time.Sleep(8 * 24 * time.Hour)
			a = join(t, s, nil)
			for i := range 200 {
				a.Header(request(fmt.Sprintf("h%d.site%d.example", i%5, i/5)))
			}
			mustClose(t, a.Jar)
		}
		b := join(t, s, &durable.Options{Jar: &jar.Options{UserAgent: jar.Chromium}})
		if n := b.Len(); n != 4000 {
			t.Errorf("the second worker has %d cookies, want all 4000: each was used just now", n)
		}
		b.set("new.example", "sid=1")
		mustClose(t, b.Jar)
		if n := len(records(t, s)); n != 4001 {
			t.Errorf("the server has %d cookies, want 4001", n)
		}
	})
}

// A worker keeps no more cookies than Options.Hot says, and loses nothing by it.
func TestHot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 300 {
			for n := range 10 {
				a.set(fmt.Sprintf("www.h%d.example", i), fmt.Sprintf("n%d=1; Domain=h%d.example", n, i))
			}
		}
		a.flush()
		b := join(t, s, &durable.Options{OnDemand: true, Hot: 500})
		for round := range 2 {
			for i := range 300 {
				host := fmt.Sprintf("h%d.example", i)
				b.load(host)
				if got := strings.Count(b.Header(request(host)), "n"); got != 10 {
					t.Fatalf("round %d, a request to %s carries %d of ten cookies", round, host, got)
				}
				if n := b.Len(); n > 500 {
					t.Fatalf("round %d, site %d: the jar has %d cookies, want at most 500", round, i, n)
				}
				if i%10 == 0 {
					b.set(host, "last=1")
					b.flush()
				}
			}
		}
		mustClose(t, b.Jar)
		if n := len(records(t, s)); n != 300*10+30 {
			t.Errorf("the server has %d cookies, want 3030: letting go of a site deletes nothing", n)
		}
		mustClose(t, a.Jar)
	})
}

// A site with changes that are not yet written stays.
func TestHotKeepsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true, Hot: 1, BatchTime: time.Hour})
		b.set("mine.example", "sid=1")
		b.link.setDown(errDisk)
		b.link.setDown(nil)
		a.set("one.example", "x=1")
		a.set("two.example", "x=1")
		a.flush()
		b.load("one.example")
		b.load("two.example")
		b.sends("not yet written", "mine.example", "sid=1")
		b.sends("let go", "one.example", "")
		mustClose(t, b.Jar)
		if got := records(t, s)["mine.example sid"]; got != "1" {
			t.Errorf("the server has mine.example sid=%q, want 1", got)
		}
		mustClose(t, a.Jar)
	})
}

// Sites without cookies are let go, too.
func TestHotEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := join(t, new(backendtest.Server), &durable.Options{OnDemand: true, Hot: 100})
		before := heap()
		for i := range 20_000 {
			w.load(fmt.Sprintf("h%d.example", i))
		}
		if grown := heap() - before; grown > 1<<20 {
			t.Errorf("after loading 20,000 sites without cookies the heap has grown by %d bytes, want at most 1 MB", grown)
		}
		mustClose(t, w.Jar)
	})
}

// A site that was let go is loaded as it is then.
func TestHotIsFresh(t *testing.T) {
	times(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a, b := join(t, s, nil), join(t, s, &durable.Options{OnDemand: true, Hot: 1})
		a.set("one.example", "sid=1")
		a.set("two.example", "x=1")
		a.set("three.example", "x=1")
		a.flush()
		synctest.Wait()
		b.load("one.example")
		b.load("two.example")
		b.load("three.example")
		b.sends("let go", "one.example", "")
		a.set("one.example", "sid=2")
		a.flush()
		b.load("one.example")
		b.sends("loaded again", "one.example", "sid=2")
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}

// The host of a public suffix has its own cookies, and not those of all sites below it.
func TestLoadPublicSuffix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(backendtest.Server)
		a := join(t, s, nil)
		for i := range 1000 {
			a.set(fmt.Sprintf("h%d.com", i), "sid=1")
		}
		a.set("com", "own=1")
		a.flush()
		b := join(t, s, &durable.Options{OnDemand: true})
		b.load("com")
		if n := b.Len(); n != 1 {
			t.Errorf("Load(http://com/) loads %d cookies, want 1", n)
		}
		mustClose(t, a.Jar)
		mustClose(t, b.Jar)
	})
}
