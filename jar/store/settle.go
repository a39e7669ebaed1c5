package store

import (
	"context"
	"time"
)

// settleInterval is how often Settle looks whether another goroutine has delivered.
const settleInterval = 200 * time.Microsecond

// Settle waits until Changed has returned for every change made by a call that
// returned before Settle was called, and returns nil; or until ctx is done, and
// returns its error. Called by Changed itself, it waits for ctx.
func (s *Store) Settle(ctx context.Context) error {
	s.deliver()
	// If another goroutine is delivering, it has one batch in hand and takes the
	// queue when that is done. Once it has taken the queue twice, both the batch of
	// now and the queue of now are delivered.
	var tick *time.Ticker
	for taken, last := 0, 0; ; {
		s.feed.mu.Lock()
		n, busy := len(s.feed.queue), s.feed.busy
		s.feed.mu.Unlock()
		if n < last { // the queue only grows until it is taken
			taken++
		}
		if last = n; !busy || taken == 2 {
			return nil
		}
		if tick == nil {
			tick = time.NewTicker(settleInterval)
			defer tick.Stop()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
