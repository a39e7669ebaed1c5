package backendtest

import (
	"sync"
	"time"

	"uacookie/jar/backend"
)

// A watcher is one Watch.
type watcher struct {
	mu     sync.Mutex
	events []timedEvent
	err    error
	more   chan struct{} // holds one
}

type timedEvent struct {
	backend.Event
	due time.Time
}

func (w *watcher) add(e timedEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
	w.signal()
}

func (w *watcher) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	w.signal()
}

func (w *watcher) signal() {
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// take returns what has come since the last call.
func (w *watcher) take() ([]timedEvent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events
	w.events = nil
	return events, w.err
}
