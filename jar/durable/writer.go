package durable

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/store"
)

type key = store.Key

// A writer hands over changes to a backend: the goroutine run does, until it is
// stopped, and write does when somebody calls it afterwards.
type writer struct {
	backend backend.Backend
	count   int
	time    time.Duration

	failing sync.Mutex // held while failed is called
	failed  func(error)

	ctx    context.Context // for Apply
	cancel context.CancelFunc
	kick   chan struct{} // has run look again; holds one
	done   chan struct{} // closed when run has returned

	mu sync.Mutex
	pending
	since   time.Time    // when the first pending change came
	batch   []backend.Op // handed over, and not yet known to be applied
	tries   int          // how often the batch has failed
	err     error        // and why, the last time
	retry   time.Time    // when to try again
	flushes []chan error // of those who wait; each holds one
	stopped bool
	told    bool  // of a change after Close
	deaf    error // why the backend is no longer watched
}

func newWriter(b backend.Backend, o *Options) *writer {
	w := &writer{
		backend: b, count: o.BatchCount, time: o.BatchTime, failed: o.Failed,
		kick: make(chan struct{}, 1), done: make(chan struct{}),
		pending: newPending(),
	}
	if w.count <= 0 {
		w.count = defaultBatchCount
	}
	if w.time <= 0 {
		w.time = defaultBatchTime
	}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// note is called for each change of the jar.
func (w *writer) note(c jar.Change, list string) {
	w.mu.Lock()
	if w.stopped {
		told := w.told
		w.told = true
		w.mu.Unlock()
		if !told {
			w.report(ErrClosed)
		}
		return
	}
	w.change(c, list)
	w.wake()
	w.mu.Unlock()
}

// remove has the backend delete a record that never came into the jar.
func (w *writer) remove(k key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops[k] = op{Op: deletion(k), known: true}
	w.wake()
}

// wake has run look again if there is a reason for it. The caller holds w.mu.
func (w *writer) wake() {
	switch n := len(w.ops); {
	case n == 0:
		w.since = time.Time{}
		return
	case w.since.IsZero():
		w.since = time.Now()
	case n < w.count:
		return
	}
	w.look()
}

// look has run look again.
func (w *writer) look() {
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// report tells of a failure. The caller holds no lock.
func (w *writer) report(err error) {
	if w.failed != nil {
		w.failing.Lock()
		defer w.failing.Unlock()
		w.failed(err)
	}
}

// flush returns when the backend has all that has been noted.
func (w *writer) flush(ctx context.Context) error {
	w.mu.Lock()
	switch {
	case w.stopped:
		w.mu.Unlock()
		return ErrClosed
	case len(w.ops) == 0 && len(w.batch) == 0:
		err := w.deaf
		w.mu.Unlock()
		return err
	}
	done := make(chan error, 1)
	w.flushes = append(w.flushes, done)
	w.look()
	w.mu.Unlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("durable: flush: %w", ctx.Err())
	}
}

// stop has run return.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.look()
}

// run writes whenever it is time to, until the writer is stopped.
func (w *writer) run() {
	defer close(w.done)
	for w.wait() {
		w.write()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer(w.flushes, ErrClosed)
	w.flushes = nil
}

// wait returns true when there is something to write, and false once the writer is
// stopped.
func (w *writer) wait() bool {
	for {
		w.mu.Lock()
		at, stopped := w.due(), w.stopped
		w.mu.Unlock()
		switch {
		case stopped:
			return false
		case at <= 0:
			return true
		}
		timer := time.NewTimer(at)
		select {
		case <-timer.C:
		case <-w.kick:
		}
		timer.Stop()
	}
}

// due returns in how long it is time to write. The caller holds w.mu.
func (w *writer) due() time.Duration {
	switch {
	case len(w.flushes) > 0:
		return 0
	case len(w.batch) > 0:
		return time.Until(w.retry)
	case len(w.ops) >= w.count:
		return 0
	case len(w.ops) > 0:
		return time.Until(w.since.Add(w.time))
	}
	return math.MaxInt64
}

// A batch that failed is tried again after retryFirst, then after twice the time
// before, up to retryMost.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 30 * time.Second
)

// write applies the batch that failed, or else what is pending, and reports whether
// the backend has it. It is called by one goroutine at a time.
func (w *writer) write() bool {
	w.mu.Lock()
	var served []chan error
	if len(w.batch) == 0 {
		w.batch = w.take()
		w.since = time.Time{}
		served, w.flushes = w.flushes, nil
	}
	batch := w.batch
	w.mu.Unlock()

	var err error
	if len(batch) > 0 {
		err = w.backend.Apply(w.ctx, batch)
	}
	if err != nil {
		err = fmt.Errorf("durable: write %d changes: %w", len(batch), err)
		w.report(err)
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err = err; err == nil {
		w.batch, w.tries = nil, 0
		w.answer(served, w.deaf)
		return true
	}
	w.retry = time.Now().Add(min(retryFirst<<min(w.tries, 16), retryMost))
	w.tries++
	w.answer(served, err)
	w.answer(w.flushes, err)
	w.flushes = nil
	return false
}

// drain writes the batch that failed, if one did, and what has come since.
func (w *writer) drain() bool {
	for range 2 {
		if !w.write() {
			return false
		}
	}
	return true
}

// answer tells those who wait in flush.
func (w *writer) answer(flushes []chan error, err error) {
	for _, done := range flushes {
		done <- err
	}
}

// left returns an error if anything was never written.
func (w *writer) left() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.batch) + len(w.ops)
	if n > 0 {
		return fmt.Errorf("durable: close: %d changes are lost: %w", n, w.err)
	}
	return w.deaf
}
