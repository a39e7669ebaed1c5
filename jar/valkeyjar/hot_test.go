package valkeyjar_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/durable"
	"uacookie/jar/valkeyjar"
)

// A Header of a site that is in memory costs a worker what it costs a jar in memory: reading
// asks neither the server nor the worker's lock. The sites are of a server, four cookies each.
func TestHotHeader(t *testing.T) {
	const sites = 1000
	rounds, calls := 3, 2000
	if soak() {
		rounds, calls = 50, 100_000
	}
	s := startServer(t, "--appendonly", "no")
	filler := open(t, s.url(), valkeyjar.Options{})
	fill(t, filler, sites)
	worker := share(t, s.url(), durable.Options{OnDemand: true, Hot: 50_000})
	requests := make([]*jar.Request, sites)
	for i := range requests {
		requests[i] = &jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("site%07d.example", i), Path: "/"}}
		if err := worker.Load(t.Context(), requests[i].URL); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := jar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for c := range worker.All() {
		if v := plain.Accept(c); !v.OK() {
			t.Fatal(v)
		}
	}
	var buffer []byte
	kinds := []struct {
		what string
		read func(*jar.Request) []byte
		best time.Duration
	}{
		{"a jar in memory", func(r *jar.Request) []byte { return plain.AppendHeader(buffer[:0], r) }, 0},
		{"a worker", func(r *jar.Request) []byte { return worker.AppendHeader(buffer[:0], r) }, 0},
		{"a worker that calls Load before", func(r *jar.Request) []byte {
			if err := worker.Load(t.Context(), r.URL); err != nil {
				t.Error(err)
			}
			return worker.AppendHeader(buffer[:0], r)
		}, 0},
	}
	want := len(plain.Header(requests[0]))
	for range rounds { // in turn, so that all have the machine as it is
		for i := range kinds {
			k := &kinds[i]
			start := time.Now()
			for n := range calls {
				if buffer = k.read(requests[n%sites]); len(buffer) != want {
					t.Fatalf("%s has the header %q, want one of %d bytes", k.what, buffer, want)
				}
			}
			if took := time.Since(start) / time.Duration(calls); k.best == 0 || took < k.best {
				k.best = took
			}
		}
	}
	for _, k := range kinds {
		t.Logf("a Header of %s takes %v", k.what, k.best)
	}
	if soak() && !testkit.Race && kinds[1].best > kinds[0].best*11/10 {
		t.Errorf("a Header of a worker takes %v, want at most a tenth more than %v", kinds[1].best, kinds[0].best)
	}
}
