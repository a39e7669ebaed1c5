package store

import (
	"context"
	"log/slog"
	"sync"

	"uacookie/jar/store/internal/engine"
)

// A Change is one thing that happened to one cookie of a store.
type Change struct {
	Cause  Cause
	Cookie Cookie
}

// LogValue implements slog.LogValuer, without the cookie's value.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("cause", c.Cause.String()), slog.Any("cookie", c.Cookie))
}

// A Cause says what a Change is: after CauseStored the cookie is in the store,
// after every other Cause it is not.
type Cause uint8

// The causes.
const (
	_ Cause = iota

	// CauseStored: the cookie is new, or replaces one, see CauseOverwritten.
	CauseStored
	// CauseOverwritten: a cookie of the same identity took its place.
	CauseOverwritten
	// CauseExpiredOverwrite: a cookie of the same identity that had already expired
	// took its place, which is how servers delete.
	CauseExpiredOverwrite
	// CauseDeleted: the owner of the store removed it.
	CauseDeleted
	// CauseExpired: its time was up.
	CauseExpired
	// CauseEvicted: a limit was reached.
	CauseEvicted
	// CauseDisowned: its domain became a public suffix when the list was replaced.
	CauseDisowned
)

// String returns the cause's stable text.
func (c Cause) String() string {
	if int(c) < len(causes) {
		return causes[c]
	}
	return "unknown"
}

var causes = [...]string{
	"unknown", "stored", "overwritten", "expired-overwrite",
	"deleted", "expired", "evicted", "disowned",
}

// A feed delivers changes to one function: queued while a site is locked,
// delivered when it is not, by one goroutine at a time.
type feed struct {
	mu    sync.Mutex
	queue []Change
	busy  bool // a goroutine is delivering

	queued, delivered uint64        // changes, ever
	progress          chan struct{} // closed when more are delivered; nil if nobody waits
}

// report queues a change. The caller holds the lock of the cookie's shard, so
// that the changes of a site are in order.
func (s *Store) report(cause Cause, e engine.Entry) {
	if s.Changed != nil {
		s.left(cause, e)
	}
}

func (s *Store) left(cause Cause, e engine.Entry) { s.feed.add(Change{cause, cookie(e)}) }

// inserted queues the change that a cookie came. The caller holds the lock of its shard.
func (s *Store) inserted(c *Cookie) {
	if s.Changed != nil {
		s.feed.add(Change{CauseStored, *c})
	}
}

func (f *feed) add(c Change) {
	f.mu.Lock()
	f.queue = append(f.queue, c)
	f.queued++
	f.mu.Unlock()
}

// deliver calls s.Changed for what is queued, unless another goroutine, or a
// call of Changed that led here, is at it: that one will deliver this too.
// The caller holds no lock.
func (s *Store) deliver() {
	if s.Changed != nil {
		s.deliverQueue()
	}
}

func (s *Store) deliverQueue() {
	f := &s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy {
		return
	}
	f.busy = true
	defer func() { f.busy = false }() // even if Changed panics
	for len(f.queue) > 0 {
		batch := f.queue
		f.queue = nil
		s.call(batch)
	}
}

// call calls s.Changed for each change with the feed unlocked. If that panics, those
// that follow go back to the front of the queue.
func (s *Store) call(batch []Change) {
	f, done := &s.feed, 0
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		if f.delivered += uint64(done); done < len(batch) {
			f.queue = append(batch[done:], f.queue...)
		}
		if f.progress != nil {
			close(f.progress)
			f.progress = nil
		}
	}()
	for _, c := range batch {
		done++
		s.Changed(c)
	}
}

// Settle waits until Changed has returned for every change made by a call that
// returned before Settle was called, and returns nil; or until ctx is done, and
// returns its error. Called by Changed itself, it waits for ctx.
func (s *Store) Settle(ctx context.Context) error {
	f := &s.feed
	f.mu.Lock()
	last := f.queued
	for f.delivered < last {
		if f.progress == nil {
			f.progress = make(chan struct{})
		}
		progress := f.progress
		f.mu.Unlock()
		s.deliver() // unless another goroutine is at it
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
		f.mu.Lock()
	}
	f.mu.Unlock()
	return nil
}
