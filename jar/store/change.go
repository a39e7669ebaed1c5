package store

import (
	"log/slog"
	"sync"
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

// A Cause says what a Change is: after Inserted the cookie is in the store,
// after every other Cause it is not.
type Cause uint8

// The causes.
const (
	_ Cause = iota

	// Inserted: the cookie is new, or takes the place of one Overwritten.
	Inserted
	// Overwritten: a cookie of the same identity took its place.
	Overwritten
	// ExpiredOverwrite: a cookie of the same identity that had already expired
	// took its place, which is how servers delete.
	ExpiredOverwrite
	// Deleted: the owner of the store removed it.
	Deleted
	// Expired: its time was up.
	Expired
	// Evicted: a limit was reached.
	Evicted
	// Disowned: its domain became a public suffix when the list was replaced.
	Disowned
)

// String returns the cause's stable text.
func (c Cause) String() string {
	if int(c) < len(causes) {
		return causes[c]
	}
	return "unknown"
}

var causes = [...]string{
	"unknown", "inserted", "overwritten", "expired-overwrite",
	"deleted", "expired", "evicted", "disowned",
}

// A feed delivers changes to one function: queued while a site is locked,
// delivered when it is not, by one goroutine at a time.
type feed struct {
	mu    sync.Mutex
	queue []Change
	busy  bool // a goroutine is delivering
}

// report queues a change. The caller holds the lock of the cookie's shard, so
// that the changes of a site are in order.
func (s *Store) report(cause Cause, e entry) {
	if s.Changed != nil {
		s.feed.add(Change{cause, e.cookie()})
	}
}

func (f *feed) add(c Change) {
	f.mu.Lock()
	f.queue = append(f.queue, c)
	f.mu.Unlock()
}

// deliver calls s.Changed for what is queued, unless another goroutine, or a
// call of Changed that led here, is at it: that one will deliver this too.
// The caller holds no lock.
func (s *Store) deliver() {
	if s.Changed == nil {
		return
	}
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

// call calls s.Changed for each change with the feed unlocked.
func (s *Store) call(batch []Change) {
	s.feed.mu.Unlock()
	defer s.feed.mu.Lock()
	for _, c := range batch {
		s.Changed(c)
	}
}
