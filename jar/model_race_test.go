package jar_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// Concurrent calls on one site have the effect of sequential calls in the order of the changes
// reported: the model applies them in that order and ends with the same cookies.
func TestOneSiteHistory(t *testing.T) {
	now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	var history []jar.Change
	j := mustJar(t, &jar.Options{
		Now: func() time.Time { return now },
		Changed: func(c jar.Change) {
			mu.Lock()
			defer mu.Unlock()
			history = append(history, c)
		},
		Limits: &jar.Limits{Site: 40, SitePurged: 30},
	})
	u := testkit.URL(t, "https://www.example.com/a/b")
	var group sync.WaitGroup
	for g := range uint64(4) {
		group.Go(func() {
			rng := rand.New(rand.NewPCG(g, 2))
			for range 500 {
				line := fmt.Sprintf("c%d=%d-%d; Path=%s", rng.IntN(60), g, rng.IntN(1000), pick(rng, []string{"/", "/a", "/a/b"}))
				switch rng.IntN(4) {
				case 0:
					line += "; Max-Age=0"
				case 1:
					line += "; Domain=example.com"
				}
				j.Receive(&jar.Request{URL: u}, []string{line})
				j.Header(&jar.Request{URL: u})
			}
		})
	}
	group.Wait()

	m := &modelJar{now: now, limit: 40, purged: 30}
	r := &modelRequest{url: u, method: "GET"}
	mu.Lock()
	defer mu.Unlock()
	for _, c := range history {
		line := fmt.Sprintf("%s=%s; Path=%s", c.Cookie.Name, c.Cookie.Value, c.Cookie.Path)
		if !c.Cookie.HostOnly {
			line += "; Domain=" + c.Cookie.Domain
		}
		switch c.Cause {
		case jar.CauseStored:
			m.receive(r, line)
		case jar.CauseExpiredOverwrite:
			m.receive(r, line+"; Max-Age=0")
		}
	}
	got, want := j.Header(&jar.Request{URL: u}), m.header(r)
	if got != want {
		t.Errorf("after %d changes Header = %q, the model has %q", len(history), got, want)
	}
	if n := len(slices.Collect(j.All())); n == 0 || n != strings.Count(got, "=") {
		t.Errorf("All has %d cookies, Header %d", n, strings.Count(got, "="))
	}
}
