package store

import (
	"math"

	"uacookie/jar/store/internal/engine"
)

// enforceTotal evicts cookies until at most l.Total are left.
//
// Deviation: by RFC 6265bis, Section 5.7, the least recently accessed cookie of the whole
// store is removed first. To keep all cookies in that order, every read would need a lock.
// Instead this function evicts from a sample of sites, by the same removal priorities and
// then the least recently accessed cookie.
func (s *Store) enforceTotal(l *Limits, now int64) {
	s.index.CountTotals()
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
	access int64 // its last access when it was sampled
}

// before reports whether v is evicted before w.
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
	// Look at all sites that may have a cookie of an early class. Of the other sites, look
	// at the one with the oldest access next, until no other can have an older cookie.
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

// crowdedAt returns the highest number of cookies of one domain that is not crowded. With
// one more, each cookie shares the domain with more than Domain others.
func (l *Limits) crowdedAt() int {
	if l.Domain <= 0 {
		return math.MaxInt
	}
	return l.Domain + 1
}

// victimOf returns the cookie of a site to evict first. It returns the zero victim if p is
// nil, since the site may have lost its last cookie meanwhile.
func (l *Limits) victimOf(p *engine.Page, now int64) (best victim) {
	if p == nil {
		return victim{}
	}
	var buf [engine.MaxPageEntries]engine.Entry
	all := p.AppendEntries(buf[:0])
	var sharing map[string]int // the number of cookies by domain
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
