package durable_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
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

func apply(t *testing.T, s *backendtest.Memory, records ...backend.Record) {
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
	server := new(backendtest.Memory)
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
		`cookie record broken for example.com: backend: malformed record`,
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
		server := new(backendtest.Memory)
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
		server.Break(nil)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := durable.Open(ctx, server.Open(), &durable.Options{Progress: func(int, int) { cancel() }})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Open, cancelled while it loads, = %v, want context.Canceled", err)
		}
		if _, err := durable.Open(t.Context(), newSpy(server), &durable.Options{OnDemand: true}); err == nil {
			t.Error("Open on demand = nil, want an error: it is for OpenShared")
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
	server, asked := new(backendtest.Memory), 0
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
		server := new(backendtest.Memory)
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
		s := newSpy(new(backendtest.Memory))
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
