package store

import (
	"context"
	"log/slog"
	"sync"

	"uacookie/jar/store/internal/engine"
)

// A Change reports that a cookie was stored in or removed from a store, and why.
type Change struct {
	Cause  Cause
	Cookie Cookie
}

// LogValue implements slog.LogValuer. It leaves out the cookie's value.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("cause", c.Cause.String()), slog.Any("cookie", c.Cookie))
}

// A Cause is the reason for a Change. After CauseStored the cookie is in the store;
// after every other Cause it is not.
type Cause uint8

// The causes.
const (
	_ Cause = iota

	// CauseStored: the cookie was stored. If it replaced another one, a change with
	// CauseOverwritten reports the other cookie.
	CauseStored
	// CauseOverwritten: a cookie of the same identity replaced this one.
	CauseOverwritten
	// CauseExpiredOverwrite: a server deleted the cookie, by setting one of the same
	// identity that had already expired.
	CauseExpiredOverwrite
	// CauseDeleted: the owner of the store removed the cookie.
	CauseDeleted
	// CauseExpired: the cookie reached its expiry.
	CauseExpired
	// CauseEvicted: the cookie was removed to keep a limit.
	CauseEvicted
	// CauseDisowned: the public suffix list was replaced, and by the new list the
	// cookie's domain is a public suffix.
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

// A feed delivers changes to one function. Changes are queued while a shard is locked,
// and delivered after it is unlocked, by one goroutine at a time.
type feed struct {
	mu    sync.Mutex
	queue []Change
	busy  bool // a goroutine is delivering

	queued, delivered uint64        // number of changes since the store was made
	progress          chan struct{} // closed when more are delivered; nil if no Settle waits
}

// report queues the change that a cookie was removed. The caller holds the lock of the
// cookie's shard, which keeps the changes of a site in order.
func (s *Store) report(cause Cause, e engine.Entry) {
	if s.Changed != nil {
		s.left(cause, e)
	}
}

func (s *Store) left(cause Cause, e engine.Entry) { s.changes().add(Change{cause, cookie(e)}) }

// inserted queues the change that c was stored. The caller holds the lock of its shard.
func (s *Store) inserted(c *Cookie) {
	if s.Changed != nil {
		s.changes().add(Change{CauseStored, *c})
	}
}

// changes returns the feed, and allocates it at the first call.
func (s *Store) changes() *feed {
	if f := s.feed.Load(); f != nil {
		return f
	}
	s.feed.CompareAndSwap(nil, new(feed))
	return s.feed.Load()
}

func (f *feed) add(c Change) {
	f.mu.Lock()
	f.queue = append(f.queue, c)
	f.queued++
	f.mu.Unlock()
}

// deliver calls s.Changed for each queued change. If another goroutine is delivering, or
// if Changed itself called the store, deliver returns at once: the call that is already
// delivering delivers these changes, too. The caller holds no lock.
func (s *Store) deliver() {
	if s.Changed != nil {
		s.deliverQueue()
	}
}

func (s *Store) deliverQueue() {
	f := s.feed.Load()
	if f == nil {
		return
	}
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

// call calls s.Changed for each change of a batch with the feed unlocked. If Changed
// panics, the changes after that one go back to the front of the queue.
func (s *Store) call(batch []Change) {
	f, done := s.changes(), 0
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
// returned before Settle was called. It returns the error of ctx if ctx is done first.
// Changed must not call Settle: it would wait until ctx is done.
func (s *Store) Settle(ctx context.Context) error {
	f := s.feed.Load()
	if f == nil {
		return nil
	}
	f.mu.Lock()
	last := f.queued
	for f.delivered < last {
		if f.progress == nil {
			f.progress = make(chan struct{})
		}
		progress := f.progress
		f.mu.Unlock()
		s.deliver() // returns at once if another goroutine is delivering
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
