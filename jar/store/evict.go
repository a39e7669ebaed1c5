package store

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// sampleSites is how many sites are compared to find one cookie to evict at
// Limits.Total, and sampleSlots how many slots are looked at to find them, unless
// none of these holds a site.
const (
	sampleSites = 16
	sampleSlots = 256
)

// enforceTotal evicts cookies until at most l.Total are left.
//
// Deviation: RFC 6265bis, Section 5.7 has the least recently accessed cookie of
// the whole store go first. Keeping all cookies in that order would cost every
// read a lock; the stalest of a sample of sites goes instead, still by the order
// of the removal priorities.
func (s *Store) enforceTotal(l *Limits, now time.Time) {
	for s.count.Load() > int64(l.Total) {
		v, ok := s.victim(l, now)
		if !ok {
			return
		}
		cause := Evicted
		if v.class == classExpired {
			cause = Expired
		}
		s.removeFrom(v.shard, v.site, cause, func(e *entry) bool { return e == v.entry })
	}
}

// The classes in which cookies are removed.
// See RFC 6265bis, Section 5.7, removal.
const (
	classExpired  = iota + 1 // 1
	classInsecure            // 2: not Secure, of a domain with too many
	classCrowded             // 3: of a domain with too many
	classAny                 // 4
)

// A victim is a cookie that may be evicted.
type victim struct {
	shard *shard
	site  *site
	entry *entry
	class int
}

// before reports whether v goes before w.
func (v victim) before(w victim) bool {
	return w.entry == nil || cmp.Or(
		cmp.Compare(v.class, w.class),
		cmp.Compare(v.entry.access.Load(), w.entry.access.Load()),
		compareAge(v.entry, w.entry),
	) < 0
}

// victim returns the cookie to evict next, from a sample that moves on with each
// call. It takes no lock.
func (s *Store) victim(l *Limits, now time.Time) (best victim, ok bool) {
	sites, slots := 0, 0
	start := s.hand.Add(1)
	for i := range uint64(shardCount) {
		sh := &s.shards[(start+i)%shardCount]
		t := sh.table.Load()
		if t == nil {
			continue
		}
		// Where in the shard to begin changes each time the hand comes round.
		at := start / shardCount * sampleSites
		for j := range uint64(len(t.slots)) {
			if slots++; slots > sampleSlots && best.entry != nil || sites == sampleSites {
				return best, true
			}
			st := t.slots[(at+j)%uint64(len(t.slots))].Load()
			if st == nil {
				continue
			}
			if v := st.victim(l, now); v.entry != nil {
				sites++
				if v.shard = sh; v.before(best) {
					best = v
				}
			}
		}
	}
	return best, best.entry != nil
}

// victim returns the cookie of the site to evict first.
func (st *site) victim(l *Limits, now time.Time) (best victim) {
	entries := st.record.Load().entries
	var sharing map[string]int
	if len(entries) > l.Domain {
		sharing = make(map[string]int)
		for _, e := range entries {
			sharing[e.cookie.Domain]++
		}
	}
	for _, e := range entries {
		v := victim{site: st, entry: e, class: classAny}
		switch crowded := sharing[e.cookie.Domain]-1 > l.Domain; {
		case e.cookie.Expired(now):
			v.class = classExpired
		case crowded && !e.cookie.Secure:
			v.class = classInsecure
		case crowded:
			v.class = classCrowded
		}
		if v.before(best) {
			best = v
		}
	}
	return best
}

// purgeUnused keeps Limits.Total where TotalUnused is set. To purge it looks at the
// whole store, and then not again before the oldest cookie left has gone unused for
// long enough.
func (s *Store) purgeUnused(l *Limits, now time.Time) {
	unused := now.Add(-l.TotalUnused).UnixMicro()
	count := s.count.Load() - s.partitioned.Load()
	if count <= int64(l.Total) || s.oldestAccess.Load() >= unused {
		return
	}
	s.DeleteExpired(now)

	var old []victim
	oldest, left := int64(math.MaxInt64), 0
	for i := range s.shards {
		for st := range s.shards[i].sites() {
			if st.partition != (Partition{}) {
				continue
			}
			for _, e := range st.record.Load().entries {
				left++
				at := e.access.Load()
				if at >= unused {
					oldest = min(oldest, at)
					continue
				}
				class := classInsecure
				if e.cookie.Secure {
					class = classCrowded
				}
				old = append(old, victim{&s.shards[i], st, e, class})
			}
		}
	}
	slices.SortFunc(old, func(v, w victim) int {
		if v.before(w) {
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
			oldest = min(oldest, v.entry.access.Load())
			continue
		}
		left -= s.removeFrom(v.shard, v.site, Evicted, func(e *entry) bool { return e == v.entry })
	}
	s.oldestAccess.Store(oldest)
}
