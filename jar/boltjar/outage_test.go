package boltjar_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/durable"
)

// A faulty Backend fails each Apply while it is down, and each with a cookie named poison.
type faulty struct {
	backend.Backend

	mu    sync.Mutex
	down  error
	sizes []int // of the batches that were applied
}

var errFaulty = errors.New("the disk is on fire")

func (f *faulty) Apply(ctx context.Context, batch []backend.Op) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.down != nil:
		return f.down
	case slices.ContainsFunc(batch, func(o backend.Op) bool { return o.Cookie.Name == "poison" }):
		return errFaulty
	}
	f.sizes = append(f.sizes, len(batch))
	return f.Backend.Apply(ctx, batch)
}

// After an outage the batches are bounded, one cookie that always fails holds up no other,
// and all that was flushed is in the file.
func TestOutage(t *testing.T) {
	const n = 3000
	for range 2 {
		path := filepath.Join(t.TempDir(), "cookies.db")
		f := &faulty{Backend: mustOpen(t, path), down: errFaulty}
		j, err := durable.Open(t.Context(), f, &durable.Options{BatchCount: 20})
		if err != nil {
			t.Fatal(err)
		}
		set := func(host, line string) {
			u := &url.URL{Scheme: "https", Host: host, Path: "/"}
			for _, v := range j.Jar.Receive(&jar.Request{URL: u}, []string{line}) {
				if v.Err() != nil {
					t.Error(v.Err())
				}
			}
		}
		for i := range n {
			set(fmt.Sprintf("h%d.example", i/3), fmt.Sprintf("n%d=1", i%3))
		}
		set("h1.example", "poison=1")
		if err := j.Flush(t.Context()); !errors.Is(err, errFaulty) {
			t.Errorf("Flush while the backend fails = %v, want %v", err, errFaulty)
		}
		f.mu.Lock()
		f.down = nil
		f.mu.Unlock()
		set("late.example", "sid=1")
		for tries := 0; ; tries++ {
			err := j.Flush(t.Context())
			if !errors.Is(err, errFaulty) || tries == 20 {
				t.Fatalf("after %d tries, Flush with a cookie that fails = %v, want %v for that one alone", tries, err, errFaulty)
			}
			if strings.Contains(err.Error(), "write 1 changes") {
				break
			}
		}
		f.mu.Lock()
		most := slices.Max(f.sizes)
		f.mu.Unlock()
		if most > 200 {
			t.Errorf("a batch has %d Ops, want at most 200, ten times BatchCount", most)
		}
		if err := j.Close(brief(t)); err == nil || !strings.Contains(err.Error(), "1 changes are lost") {
			t.Errorf("Close = %v, want that the cookie that fails is lost", err)
		}
		b := mustOpen(t, path)
		if got, err := load(b); err != nil || got != n+1 {
			t.Errorf("the file has %d cookies, %v; want all but the one that fails, %d", got, err, n+1)
		}
		mustClose(t, b)
	}
}

// brief returns a context with a deadline for what fails anyway.
func brief(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
