package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	pace      = 200 * time.Millisecond // minimum time between two messages to a page
	heartbeat = 15 * time.Second       // maximum time between two messages, to notice a closed page
	patience  = 10 * time.Second       // timeout for writing a message

	workerBeat = time.Second // the same if the page shows the state of a worker
)

// events streams decisions to a page as server-sent events: first the recorded ones, then
// new ones as they are made, several in a message. A page that is too slow misses some, and
// the message says how many.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	wake := h.recorder.stream()
	if wake == nil {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer h.recorder.leave(wake)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(h.open, cancel)()
	last := lastSeen(r)
	w.Header().Set("Content-Type", "text/event-stream")

	beat := time.NewTicker(h.beat())
	defer beat.Stop()
	s := &stream{w: w, controller: http.NewResponseController(w)}
	for {
		decisions, missed := h.recorder.since(last)
		if len(decisions) > 0 {
			last = decisions[len(decisions)-1].number
		}
		m := message{Missed: missed, Cookies: h.jar.Len(), Worker: h.worker(), Decisions: make([]entry, len(decisions))}
		for i := range decisions {
			m.Decisions[i] = newEntry(&decisions[i])
		}
		if s.send(last, &m) != nil {
			return
		}
		select {
		case <-time.After(pace):
		case <-ctx.Done():
			return
		}
		select {
		case <-wake:
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// lastSeen returns the number of the last decision that a page received, or 0. The browser
// sends it as a header when it reconnects, the page's script as a query when the page is
// shown again.
func lastSeen(r *http.Request) uint64 {
	n, err := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		n, _ = strconv.ParseUint(r.URL.Query().Get("last"), 10, 64)
	}
	return n
}

// A stream is a response of server-sent events.
type stream struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

// send sends a message. Its id is the number of its last decision.
func (s *stream) send(number uint64, m *message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	// If the server does not support deadlines, ending a stalled stream is up to it.
	_ = s.controller.SetWriteDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(s.w, "id: %d\ndata: %s\n\n", number, data); err != nil {
		return err
	}
	return s.controller.Flush()
}
