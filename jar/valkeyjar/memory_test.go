package valkeyjar_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
	"uacookie/jar/valkeyjar"
)

// fill puts four cookies into each of n sites, from 8 goroutines.
func fill(t testing.TB, b backend.Shared, n int) {
	t.Helper()
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"session_id", "csrf", "_ga", "preferences"}
	var group sync.WaitGroup
	const parts, batch = 8, 100
	for part := range parts {
		group.Go(func() {
			for at := part * batch; at < n; at += parts * batch {
				var batches []backend.Batch
				for i := at; i < min(at+batch, n); i++ {
					site := fmt.Sprintf("site%07d.example", i)
					s := backend.Batch{Site: site}
					for j, name := range names {
						s.Ops = append(s.Ops, backend.Op{Record: backend.Record{
							List:  "Standard golang.org/x/net/publicsuffix",
							Stamp: backend.Stamp{Time: uint64(now.UnixMicro()), Counter: uint32(i), Writer: 0x1234567890abcdef},
							Cookie: store.Cookie{
								Name: name, Value: fmt.Sprintf("%032x", i*4+j), Domain: site, HostOnly: true, Path: "/", Secure: true, HttpOnly: true,
								SameSite: store.SameSiteLax, Created: now, LastAccess: now, Expires: now.Add(30 * 24 * time.Hour), Order: uint64(i*4 + j),
							},
						}})
					}
					batches = append(batches, s)
				}
				for _, a := range b.Apply(t.Context(), batches) {
					if a.Err != nil {
						t.Error(a.Err)
						return
					}
				}
			}
		})
	}
	group.Wait()
}

// cpu returns the CPU time that a server has used.
func cpu(t testing.TB, s *server) time.Duration {
	return time.Duration((info(t, s, "cpu", "used_cpu_user") + info(t, s, "cpu", "used_cpu_sys")) * float64(time.Second))
}

func used(t testing.TB, s *server) int { return int(info(t, s, "memory", "used_memory")) }

// info returns a number from what a server says of itself.
func info(t testing.TB, s *server, section, field string) float64 {
	t.Helper()
	client := s.client()
	text, err := client.Do(t.Context(), client.B().Info().Section(section).Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ = strings.Cut(text, field+":")
	text, _, _ = strings.Cut(text, "\r\n")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A cookie takes at most 240 bytes of the server, with four in a site, values of 32 bytes,
// and without the logs. The logs take at most 16 MB.
func TestMemory(t *testing.T) {
	sites := 10_000
	if os.Getenv("SOAK") != "" {
		sites = 250_000
	}
	for _, tt := range []struct {
		what string
		keys []valkeyjar.Key
		most int
	}{{"unsealed", nil, 240}, {"sealed", []valkeyjar.Key{key(1)}, 280}} {
		s := startServer(t, "--appendonly", "no")
		b := open(t, s.url(), valkeyjar.Options{Keys: tt.keys})
		empty := used(t, s)
		start, busy := time.Now(), cpu(t, s)
		fill(t, b, sites)
		took := time.Since(start)
		busy = (cpu(t, s) - busy) / time.Duration(sites)
		full := used(t, s)
		client := s.client()
		for shard := range 256 {
			if err := client.Do(t.Context(), client.B().Del().Key(fmt.Sprintf("uacookie{%02x}log", shard)).Build()).Error(); err != nil {
				t.Fatal(err)
			}
		}
		without := used(t, s)
		each := (without - empty) / (4 * sites)
		t.Logf("%s: %d cookies, %d bytes each; the logs take %d bytes; %.0f Ops/s; a batch of four takes %v of the server's CPU", tt.what, 4*sites, each, full-without, float64(4*sites)/took.Seconds(), busy)
		if each > tt.most {
			t.Errorf("%s, a cookie takes %d bytes, want at most %d", tt.what, each, tt.most)
		}
		if full-without > 16<<20 {
			t.Errorf("the logs take %d bytes", full-without)
		}
	}
}

// What it costs the server to tell a worker of a change, and to be asked for its heads.
func TestFanOut(t *testing.T) {
	const workers = 20
	n := 500
	if soak() {
		n = 5000
	}
	s := startServer(t, "--appendonly", "no")
	b := open(t, s.url(), valkeyjar.Options{})
	costs := map[int]time.Duration{}
	for _, watching := range []int{0, workers} {
		var group sync.WaitGroup
		for range watching {
			events, err := open(t, s.url(), valkeyjar.Options{}).Watch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			group.Go(func() {
				seen := 0
				for e, err := range events {
					if err != nil {
						t.Error(err)
						return
					}
					if e.Site != "" {
						seen++
					}
					if seen == n {
						return
					}
				}
			})
		}
		before := cpu(t, s)
		for i := range n {
			put(t, b, "sid", fmt.Sprint(i))
		}
		group.Wait()
		costs[watching] = (cpu(t, s) - before) / time.Duration(n)
	}
	t.Logf("a put takes %v of the server's CPU, and %v more for each worker that hears of it", costs[0], (costs[workers]-costs[0])/workers)
}
