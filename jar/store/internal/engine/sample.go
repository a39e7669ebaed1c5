package engine

import (
	"math"
	"sync/atomic"
)

// SampleSites is the number of sites in a sample. To find them, sampleSlots slots are looked
// at, or more until there is one site. The next samples are of the same sites, sampleUses
// times in all, while their pages are in the processor's cache.
const (
	SampleSites = 15
	sampleSlots = 256
	sampleUses  = 10
)

// A samplePosition is the clock hand of the sampler: the shard and the slot where the
// sample starts, and in the low eight bits how often it was used.
type samplePosition uint64

func samplePositionAt(shard uint64, slot int) samplePosition {
	return samplePosition(shard<<40 | uint64(slot)<<8)
}

func (at samplePosition) shard() uint64 { return uint64(at >> 40) }
func (at samplePosition) slot() int     { return int(uint32(at >> 8)) }
func (at samplePosition) uses() int     { return int(uint8(at)) }

// A Candidate is a site of a sample.
type Candidate struct {
	Slot   Slot
	Oldest int64 // no later than the last access of any entry; LookFirst if it must be looked at
}

// LookFirst is the Oldest of a site that may have an entry which goes before others
// whatever its last access: one that has expired, or one of a crowded site.
const LookFirst = math.MinInt64

// Sample sets found to a sample of the sites that have entries, and returns their number. A
// site with more than crowded entries, or with one that may have expired by now, is marked
// LookFirst. It takes no lock. See "sampled LRU" in the package comment.
func (x *Index) Sample(found *[SampleSites]Candidate, now int64, crowded int) int {
	totals := x.totals.Load()
	if totals == nil {
		totals = x.makeTotals()
	}
	start := samplePosition(totals.samplePos.Load())
	shards := x.shards()
	shard, at, slots, n := start.shard()%uint64(len(shards)), start.slot(), sampleSlots, 0
	later := (pack(0, now)>>32 + 1) << 32 // a summary below it may have expired entries
	for range len(shards) + 1 {           // once round, to where the sample starts
		t := shards[shard].table.Load()
		for t != nil && at < len(t.summaries) {
			if n == SampleSites || slots == 0 && n > 0 {
				next := start + 1
				if next.uses() == sampleUses {
					next = samplePositionAt(shard, at)
				}
				totals.samplePos.Store(uint64(next)) // of two samplers at once, one counts
				return n
			}
			if slots == 0 {
				slots = sampleSlots
			}
			end := min(at+slots, len(t.summaries))
			more, next := t.candidates(found[n:], at, end, later, crowded)
			n, slots, at = n+more, slots-(next-at), next
		}
		shard, at = (shard+1)%uint64(len(shards)), 0
	}
	return n
}

// candidates sets found to the sites that have entries in the slots from at to end. It
// returns their number, and the slot to go on from.
func (t *table) candidates(found []Candidate, at, end int, later uint64, crowded int) (n, next int) {
	for ; at < end && n < len(found); at++ {
		s := &t.summaries[at]
		packed := atomic.LoadUint64(&s.packed)
		count := int(uint32(packed))
		if count == 0 {
			continue
		}
		oldest := s.loadOldest()
		if packed < later || count > crowded {
			oldest = LookFirst
		}
		found[n] = Candidate{Slot{t, at}, oldest}
		n++
	}
	return n, at
}
