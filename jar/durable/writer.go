package durable

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/store"
)

type key = store.Key

// A writer writes changes to a backend: run does, until the writer is stopped, and Close
// does afterwards.
type writer struct {
	// change notes a change of the jar in pending. It is called with mu held.
	change func(c jar.Change, list string)

	// apply writes batches, and returns an error for each: nil if the batch is stored.
	apply func(context.Context, []backend.Batch) []error

	// outdated reports whether an Op that failed need not be written any more. It is
	// called with mu held, and may be nil.
	outdated func(key, *op) bool

	// prepare is called before changes are written, and may be nil.
	prepare func()

	// siteOf returns the site of a cookie's domain.
	siteOf func(domain string) string

	count   int           // write when this number of cookies has changed
	time    time.Duration // or this long after the first change
	most    int           // Ops in a batch
	bySite  bool          // a batch has one site
	timeout time.Duration // of a call of apply; zero means none

	failing sync.Mutex // held while failed is called
	failed  func(error)

	ctx    context.Context // for apply
	cancel context.CancelFunc
	signal chan struct{} // wakes run; holds one
	done   chan struct{} // closed when run has returned

	mu sync.Mutex
	pending
	since   time.Time      // when the first pending change came
	flying  map[key]op     // Ops that are being written, or wait in the same pass
	tries   int            // how often the backend has failed in a row
	err     error          // and why, the last time
	retry   time.Time      // when to try again
	flushes []chan<- error // waiting; each holds one
	stopped bool
	warned  bool // of a change after Close
}

func newWriter(o *Options) *writer {
	w := &writer{
		count: o.BatchCount, time: o.BatchTime, failed: o.Failed,
		signal: make(chan struct{}, 1), done: make(chan struct{}),
		pending: newPending(), flying: map[key]op{},
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
		warned := w.warned
		w.warned = true
		w.mu.Unlock()
		if !warned {
			w.report(ErrClosed)
		}
		return
	}
	w.change(c, list)
	w.schedule()
	w.mu.Unlock()
}

// remove deletes a record that never came into the jar.
func (w *writer) remove(k key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops[k] = op{Op: deletion(k), known: true}
	w.schedule()
}

// schedule wakes run if the pending changes are a reason to. The caller holds w.mu.
func (w *writer) schedule() {
	switch n := len(w.ops); {
	case n == 0:
		w.since = time.Time{}
		return
	case w.since.IsZero():
		w.since = time.Now()
	case n < w.count:
		return
	}
	w.wake()
}

// wake makes run look again.
func (w *writer) wake() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// report passes a failure to Options.Failed. The caller holds no lock.
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
	case len(w.ops)+len(w.aside)+len(w.flying) == 0:
		w.mu.Unlock()
		return nil
	}
	done := make(chan error, 1)
	w.flushes = append(w.flushes, done)
	w.wake()
	w.mu.Unlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("durable: flush: %w", ctx.Err())
	}
}

// stop makes run return.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.wake()
}

// run writes whenever it is time to, until the writer is stopped.
func (w *writer) run() {
	defer close(w.done)
	for w.wait() {
		_ = w.write(false) // which has reported it
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	answer(w.flushes, ErrClosed)
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
		case <-w.signal:
		}
		timer.Stop()
	}
}

// due returns in how long it is time to write. The caller holds w.mu.
func (w *writer) due() time.Duration {
	if len(w.flushes) > 0 {
		return 0
	}
	due := time.Duration(math.MaxInt64)
	switch {
	case len(w.ops) == 0:
	case w.tries > 0:
		due = time.Until(w.retry)
	case len(w.ops) >= w.count:
		return 0
	default:
		due = time.Until(w.since.Add(w.time))
	}
	for _, o := range w.aside {
		due = min(due, time.Until(o.retry))
	}
	return due
}

// What failed is tried again after retryFirst, then after twice the time before, up to
// retryMost.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 30 * time.Second
)

// backoff returns how long to wait after a number of failures.
func backoff(failures int) time.Duration { return min(retryFirst<<min(failures, 16), retryMost) }

// retryNow makes run try what has failed again at once.
func (w *writer) retryNow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retry = time.Time{}
	for k, o := range w.aside {
		o.retry = time.Time{}
		w.aside[k] = o
	}
	w.wake()
}

// answer ends calls of flush.
func answer(flushes []chan<- error, err error) {
	for _, done := range flushes {
		done <- err
	}
}

// left returns an error if anything was never written.
func (w *writer) left() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.ops) + len(w.aside) + len(w.flying); n > 0 {
		err := w.err
		if err == nil {
			err = errors.New("there was no time to write them")
		}
		return fmt.Errorf("durable: close: %d changes are lost: %w", n, err)
	}
	return nil
}
