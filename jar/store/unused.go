package store

import (
	"math"
	"slices"
	"time"
)

// purgeUnused keeps Limits.Total where TotalUnused is set. To purge it looks at the
// whole store, and then not again before the oldest cookie left has gone unused for
// long enough.
func (s *Store) purgeUnused(l *Limits, now time.Time) {
	unused := now.Add(-l.TotalUnused).UnixMicro()
	count := s.index.Len() - s.index.Partitioned()
	if count <= l.Total || s.oldestAccess.Load() >= unused {
		return
	}
	s.DeleteExpired(now)

	var old []victim
	oldest, left := int64(math.MaxInt64), 0
	for sl, p := range s.index.Sites() {
		if p.IsPartitioned() {
			continue
		}
		for e := range p.All() {
			left++
			at := e.Item.Access()
			if at >= unused {
				oldest = min(oldest, at)
				continue
			}
			class := classInsecure
			if has(e.Item, flagSecure) {
				class = classCrowded
			}
			old = append(old, victim{sl, e, class, at})
		}
	}
	slices.SortFunc(old, func(v, w victim) int {
		if v.before(&w) {
			return -1
		}
		return 1
	})
	goal := l.TotalPurged
	if left <= l.Total { // the expired ones were enough
		goal = left
	}
	for _, v := range old {
		if left <= goal {
			oldest = min(oldest, v.access)
			continue
		}
		left -= s.removeFrom(v.slot, CauseEvicted, v.entry.Same)
	}
	s.oldestAccess.Store(oldest)
}
