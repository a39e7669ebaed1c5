package store

import (
	"math"
	"sync/atomic"
)

// sampleSites is how many sites are compared to find one cookie to evict at
// Limits.Total, and sampleSlots how many slots are looked at to find them, unless
// none of these holds a site. They are compared sampleTimes times before others are.
const (
	sampleSites = 15
	sampleSlots = 256
	sampleTimes = 10
)

// A hand says where a sample starts: its shard, its slot, and in the lowest eight bits
// how often there was one.
type hand uint64

func handAt(shard uint64, slot int) hand { return hand(shard<<40 | uint64(slot)<<8) }

func (h hand) shard() uint64 { return uint64(h >> 40) }
func (h hand) slot() int     { return int(uint32(h >> 8)) }
func (h hand) times() int    { return int(uint8(h)) }

// enforceTotal evicts cookies until at most l.Total are left.
//
// Deviation: RFC 6265bis, Section 5.7 has the least recently accessed cookie of
// the whole store go first. Keeping all cookies in that order would cost every
// read a lock; the stalest of a sample of sites goes instead, still by the order
// of the removal priorities.
func (s *Store) enforceTotal(l *Limits, now int64) {
	for s.count.Load() > int64(l.Total) {
		v, _ := s.victim(l, now)
		if v.entry.item == nil {
			return
		}
		cause := Evicted
		if v.class == classExpired {
			cause = Expired
		}
		s.removeFrom(v.slot, cause, v.entry.same)
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
	slot   slot
	entry  entry
	class  int
	access int64 // as of when it was looked at
}

// before reports whether v goes before w.
func (v *victim) before(w *victim) bool {
	switch {
	case w.entry.item == nil:
		return true
	case v.class != w.class:
		return v.class < w.class
	case v.access != w.access:
		return v.access < w.access
	}
	return compareAge(v.entry.item, w.entry.item) < 0
}

// victim returns the cookie to evict next, from a sample, and of how many sites that is.
// It takes no lock.
func (s *Store) victim(l *Limits, now int64) (best victim, sites int) {
	var buf [sampleSites]candidate
	sites = s.sample(&buf, l, now)
	sample := buf[:sites]
	// Sites that may have a cookie of an early class are looked at, and of the others
	// the one with the oldest access, until no other can have an older one.
	for len(sample) > 0 {
		first := oldestOf(sample)
		oldest := sample[first].oldest
		if best.entry.item != nil && oldest != soon && (best.class != classAny || oldest > best.access) {
			break
		}
		sl := sample[first].slot
		if v := sl.page().victim(l, now); v.entry.item != nil && v.before(&best) {
			best, best.slot = v, sl
		}
		sample[first] = sample[len(sample)-1]
		sample = sample[:len(sample)-1]
	}
	return best, sites
}

// A candidate is the slot of a site that may have the cookie to evict next.
type candidate struct {
	slot   slot
	oldest int64 // no cookie's last access is earlier; soon if one may be of an early class
}

const soon = math.MinInt64

// oldestOf returns which candidate has the oldest access.
func oldestOf(sample []candidate) (first int) {
	oldest := sample[0].oldest
	for i := range sample {
		if o := sample[i].oldest; o < oldest {
			first, oldest = i, o
		}
	}
	return first
}

// sample finds sites that have cookies, and returns how many: the same ones a few times,
// and then those that follow, which is where memory is fast.
func (s *Store) sample(found *[sampleSites]candidate, l *Limits, now int64) int {
	start := hand(s.hand.Load())
	shard, at, slots, n := start.shard(), start.slot(), sampleSlots, 0
	later := (briefOf(0, now)>>32 + 1) << 32 // where a brief is less, a cookie may have expired
	for range shardCount + 1 {               // to where it begins
		t := s.shards[shard].table.Load()
		for t != nil && at < len(t.notes) {
			if n == sampleSites || slots == 0 && n > 0 {
				next := start + 1
				if next.times() == sampleTimes {
					next = handAt(shard, at)
				}
				s.hand.Store(uint64(next)) // if two do so at once, one counts
				return n
			}
			if slots == 0 {
				slots = sampleSlots
			}
			till := min(at+slots, len(t.notes))
			more, next := t.candidates(found[n:], at, till, later, l)
			n, slots, at = n+more, slots-(next-at), next
		}
		shard, at = (shard+1)%shardCount, 0
	}
	return n
}

// candidates finds the sites that have cookies in the slots from at to till, until found
// is full. It returns how many, and the slot to go on from.
func (t *table) candidates(found []candidate, at, till int, later uint64, l *Limits) (n, next int) {
	for ; at < till && n < len(found); at++ {
		note := &t.notes[at]
		brief := atomic.LoadUint64(&note.brief)
		if uint32(brief) == 0 {
			continue
		}
		oldest := atomic.LoadInt64(&note.oldest)
		if brief < later || l.crowded(int(uint32(brief))) {
			oldest = soon
		}
		found[n] = candidate{slot{t, at}, oldest}
		n++
	}
	return n, at
}

// crowded reports whether a domain of that many cookies has too many.
func (l *Limits) crowded(n int) bool { return l.Domain > 0 && n-1 > l.Domain }

// victim returns the cookie of p to evict first, or none if p is nil: it may have lost its
// last one by now.
func (p *page) victim(l *Limits, now int64) (best victim) {
	if p == nil {
		return victim{}
	}
	var buf [pageSize]entry
	all := p.entries(buf[:0])
	var sharing map[string]int
	if l.crowded(len(all)) {
		sharing = make(map[string]int)
		for _, e := range all {
			sharing[e.domain()]++
		}
	}
	for _, e := range all {
		v := victim{entry: e, class: classAny, access: e.access()}
		switch {
		case e.expired(now):
			v.class = classExpired
		case sharing == nil || !l.crowded(sharing[e.domain()]):
		case e.is(flagSecure):
			v.class = classCrowded
		default:
			v.class = classInsecure
		}
		if v.before(&best) {
			best = v
		}
	}
	return best
}
