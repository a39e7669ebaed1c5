package durable_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"uacookie/jar/backend/backendtest"
)

// A signal ends the context of the whole program, which may be the one that is given to
// Close: what is pending is written all the same. If the backend hangs, Close gives up
// after a time of its own.
func TestCloseAfterSignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, signal := context.WithCancel(t.Context())
		server := new(backendtest.Memory)
		j := mustOpen(t, newSpy(server), nil)
		set(t, j, "example.com", "a=1")
		signal()
		if err := j.Close(ctx); err != nil {
			t.Errorf("Close with a context that is done = %v, want nil", err)
		}
		again := mustOpen(t, newSpy(server), nil)
		if got := again.Header(request("example.com")); got != "a=1" {
			t.Errorf("opened again, Cookie: %q, want a=1", got)
		}
		mustClose(t, again)

		j = mustOpen(t, hanging{newSpy(server)}, nil)
		set(t, j, "example.com", "b=2")
		start := time.Now()
		if err := j.Close(ctx); err == nil || !strings.Contains(err.Error(), "1 changes are lost") {
			t.Errorf("Close of a backend that hangs = %v, want that one change is lost", err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("Close of a backend that hangs took %v, want about five seconds", took)
		}
	})
}
