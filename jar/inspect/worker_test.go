package inspect

import (
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A fakeWorker is a worker with this lag.
type fakeWorker struct{ lag atomic.Int64 }

func (w *fakeWorker) Lag() time.Duration { return time.Duration(w.lag.Load()) }
func (w *fakeWorker) HotSites() int      { return 50_001 }
func (w *fakeWorker) Pending() int       { return 1234 }

// The page of a worker shows what is pending, its hot sites and its lag, and no other page
// does.
func TestWorker(t *testing.T) {
	j, w := mustJar(t, nil), new(fakeWorker)
	h := New(j, &Options{Worker: w})
	for _, tt := range []struct {
		lag  time.Duration
		want string
	}{
		{0, "none"}, {time.Nanosecond, "0.1 s"}, {time.Second, "1.0 s"}, {1234 * time.Millisecond, "1.3 s"}, {90 * time.Second, "1m30s"},
	} {
		w.lag.Store(int64(tt.lag))
		body := get(t, h, "/")
		for _, want := range []string{`<b id="w-pending">1,234</b> pending`, `<b id="w-hot">50,001</b> hot sites`, `lag: <b id="w-lag">` + tt.want + `</b>`} {
			if !strings.Contains(body, want) {
				t.Errorf("with a lag of %v the page does not have %s", tt.lag, want)
			}
		}
	}
	if body := get(t, New(j, nil), "/"); strings.Contains(body, "hot sites") {
		t.Error("the page of a jar that is alone has the state of a worker")
	}
}

// The state of a worker changes on an open page, also while there are no decisions.
func TestWorkerStream(t *testing.T) {
	j, w := mustJar(t, nil), new(fakeWorker)
	h := New(j, &Options{Worker: w})
	s := httptest.NewServer(h)
	defer s.Close()
	defer h.Close()
	e := listen(t, s, "", "")
	if _, m, ok := e.next(); !ok || m.Worker == nil || *m.Worker != (workerState{"1,234", "50,001", "none"}) {
		t.Fatalf("the first message has the worker %+v", m.Worker)
	}
	w.lag.Store(int64(2 * time.Second))
	if _, m, ok := e.next(); !ok || m.Worker == nil || m.Worker.Lag != "2.0 s" || len(m.Decisions) > 0 {
		t.Errorf("the next message is %+v with the worker %+v", m, m.Worker)
	}
}
