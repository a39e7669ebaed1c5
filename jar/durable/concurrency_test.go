package durable_test

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// Readers, writers, iterators, Clear, Clone, the end of a session, eviction, flushing and
// a backend, all at once, for the race detector. When all is flushed, another jar that
// opens the backend has the same cookies.
func TestEverythingAtOnce(t *testing.T) {
	rounds := 100
	if os.Getenv("SOAK") != "" { // make soak
		rounds = 5000
	}
	server := new(backendtest.Memory)
	j := mustOpen(t, server.Open(), &durable.Options{
		Jar:        &jar.Options{Limits: &jar.Limits{Site: 12, SitePurged: 8, Total: 60, Domain: 4}},
		BatchCount: 7, BatchTime: time.Microsecond,
		Failed: func(err error) { t.Errorf("Failed(%v)", err) },
	})
	request := func(i int) *jar.Request {
		return &jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("h%d.site%d.test", i%3, i%7)}}
	}
	var group sync.WaitGroup
	run := func(f func(i int)) {
		group.Go(func() {
			for i := range rounds {
				f(i)
			}
		})
	}
	for g := range 2 {
		run(func(i int) {
			attribute := []string{"", "; Max-Age=0", fmt.Sprintf("; Domain=site%d.test", i%7), "; Path=/", "; Secure; Partitioned"}[(i+g)%5]
			j.Jar.Receive(request(i), []string{fmt.Sprintf("c%d=%d-%d%s", i%20, g, i, attribute)})
		})
		run(func(i int) {
			j.Header(request(i))
			j.Explain(request(i))
			for range j.All() {
			}
		})
	}
	run(func(i int) {
		switch i % 20 {
		case 5:
			j.Clear()
		case 10:
			j.EndSession()
		case 15:
			j.Clone()
		default:
			j.Delete(func(c jar.Cookie) bool { return c.Name == fmt.Sprintf("c%d", i%20) })
		}
	})
	run(func(i int) {
		if err := j.Flush(t.Context()); err != nil {
			t.Errorf("Flush = %v", err)
		}
	})
	group.Wait()
	if err := j.Flush(t.Context()); err != nil {
		t.Fatalf("Flush = %v", err)
	}

	all := func(j *durable.Jar) []string {
		var all []string
		for c := range j.All() {
			all = append(all, fmt.Sprintf("%v=%s", c.Key(), c.Value))
		}
		slices.Sort(all)
		return all
	}
	want := all(j)
	again := mustOpen(t, server.Open(), nil)
	if got := all(again); !slices.Equal(got, want) {
		t.Errorf("opened again there is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, open := range []*durable.Jar{j, again} {
		if err := open.Close(t.Context()); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
}
