package store

import (
	"math"

	"uacookie/jar/store/internal/engine"
)

// enforceTotal evicts cookies until at most l.Total are left.
//
// Deviation: RFC 6265bis, Section 5.7 has the least recently accessed cookie of
// the whole store go first. Keeping all cookies in that order would cost every
// read a lock. Instead the least recently accessed of a sample of sites goes, still by
// the order of the removal priorities.
func (s *Store) enforceTotal(l *Limits, now int64) {
	for s.Len() > l.Total {
		v, _ := s.victim(l, now)
		if !v.entry.OK() {
			return
		}
		cause := CauseEvicted
		if v.class == classExpired {
			cause = CauseExpired
		}
		s.removeFrom(v.slot, cause, v.entry.Same)
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
	slot   engine.Slot
	entry  engine.Entry
	class  int
	access int64 // when it was last accessed, as of when it was looked at
}

// before reports whether v goes before w.
func (v *victim) before(w *victim) bool {
	switch {
	case !w.entry.OK():
		return true
	case v.class != w.class:
		return v.class < w.class
	case v.access != w.access:
		return v.access < w.access
	}
	return engine.CompareAge(v.entry.Item, w.entry.Item) < 0
}

// victim returns the cookie to evict next, from a sample, and the number of sites in it.
// It takes no lock.
func (s *Store) victim(l *Limits, now int64) (best victim, sites int) {
	var buf [engine.SampleSites]engine.Candidate
	sites = s.index.Sample(&buf, now, l.crowdedAt())
	sample := buf[:sites]
	// Sites that may have a cookie of an early class are looked at, and of the others
	// the one with the oldest access, until no other can have an older one.
	for len(sample) > 0 {
		first := oldestOf(sample)
		oldest := sample[first].Oldest
		if best.entry.OK() && oldest != engine.LookFirst && (best.class != classAny || oldest > best.access) {
			break
		}
		sl := sample[first].Slot
		if v := l.victimOf(sl.Page(), now); v.entry.OK() && v.before(&best) {
			best, best.slot = v, sl
		}
		sample[first] = sample[len(sample)-1]
		sample = sample[:len(sample)-1]
	}
	return best, sites
}

// oldestOf returns the index of the candidate with the oldest access.
func oldestOf(sample []engine.Candidate) (first int) {
	oldest := sample[0].Oldest
	for i := range sample {
		if o := sample[i].Oldest; o < oldest {
			first, oldest = i, o
		}
	}
	return first
}

// crowdedAt returns the number of cookies of a domain past which it has too many: all but
// one of them share it with more than Domain others.
func (l *Limits) crowdedAt() int {
	if l.Domain <= 0 {
		return math.MaxInt
	}
	return l.Domain + 1
}

// victimOf returns the cookie of a site to evict first, or none if p is nil: the site may
// have lost its last cookie by now.
func (l *Limits) victimOf(p *engine.Page, now int64) (best victim) {
	if p == nil {
		return victim{}
	}
	var buf [engine.MaxPageEntries]engine.Entry
	all := p.AppendEntries(buf[:0])
	var sharing map[string]int // cookies of each domain
	if len(all) > l.crowdedAt() {
		sharing = make(map[string]int)
		for _, e := range all {
			sharing[e.Domain()]++
		}
	}
	for _, e := range all {
		v := victim{entry: e, class: classAny, access: e.Item.Access()}
		switch {
		case expired(e.Item, now):
			v.class = classExpired
		case sharing == nil || sharing[e.Domain()] <= l.crowdedAt():
		case has(e.Item, flagSecure):
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
