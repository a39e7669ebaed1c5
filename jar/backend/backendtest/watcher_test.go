package backendtest

import (
	"context"
	"testing"
	"testing/synctest"
)

// A Watch whose iterator is never used ends with its context.
func TestUnusedWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(Server)
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := s.Open().Watch(ctx); err != nil || len(s.watchers) != 1 {
			t.Fatalf("Watch = %v, with %d watchers", err, len(s.watchers))
		}
		cancel()
		synctest.Wait()
		if n := len(s.watchers); n != 0 {
			t.Errorf("after the end of its context there are %d watchers, want none", n)
		}
	})
}
