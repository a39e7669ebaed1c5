package engine

import (
	"iter"
	"math/bits"
	"sync/atomic"

	"uacookie/internal/words"
)

// An Index holds the sites. The zero Index is empty and ready to use. It must not be copied
// after first use.
//
// Readers find a site by its hash, without a lock. A writer holds the lock of the site's
// shard while it edits a page and publishes it.
type Index struct {
	set         atomic.Pointer[shardSet] // nil until the first write
	partitioned atomic.Int32             // shards that have entries in a partition; readers load it
	totals      atomic.Pointer[totals]   // nil until [Index.CountTotals]
}

// Len returns the number of entries, including expired ones not yet removed.
func (x *Index) Len() int {
	if t := x.totals.Load(); t != nil {
		return int(t.count.Load())
	}
	n := int64(0)
	shards := x.shards()
	for i := range shards {
		n += shards[i].count.Load()
	}
	return int(n)
}

// HasPartitioned reports whether any entry is in a partition.
func (x *Index) HasPartitioned() bool { return x.partitioned.Load() > 0 }

// Partitioned returns the number of entries that are in a partition.
func (x *Index) Partitioned() int {
	if !x.HasPartitioned() {
		return 0
	}
	n := 0
	shards := x.shards()
	for i := range shards {
		n += int(shards[i].partitioned.Load())
	}
	return n
}

// LastOrder returns the highest order that was assigned or noted.
func (x *Index) LastOrder() uint64 {
	last := uint64(0)
	shards := x.shards()
	for i := range shards {
		last = max(last, shards[i].order.Load())
	}
	return last
}

// Find returns the page of a site, or nil if it has no entries. It takes no lock.
func (x *Index) Find(name string, p *Partition) *Page {
	hash := SiteHash(name, p)
	if sl := x.Probe(hash, name, p); sl.OK() {
		return sl.Page()
	}
	return nil
}

// Probe returns the slot of a site, or the zero Slot. A nil p stands for the zero Partition.
// It takes no lock. Instead of none it may return the slot of a site of that hash that has
// lost its entries, which the site may take.
func (x *Index) Probe(hash uint64, name string, p *Partition) Slot {
	set := x.set.Load()
	if set == nil {
		return Slot{}
	}
	return set.shard(hash).table.Load().probe(hash, name, p)
}

// Holds reports whether sl is a slot of the table in use, for writers.
func (sh *Shard) Holds(sl Slot) bool { return sl.t != nil && sl.t == sh.table.Load() }

// Current returns the slot and the page that the site of sl has now: a table may have been
// replaced since. The page is nil if the site has no entries.
func (x *Index) Current(sl Slot) (Slot, *Page) {
	p := sl.Page()
	if p == nil || x.Shard(sl.Hash()).Holds(sl) {
		return sl, p
	}
	partition := p.Partition()
	if sl = x.Probe(sl.Hash(), p.Name(), &partition); !sl.OK() {
		return sl, nil
	}
	return sl, sl.Page()
}

// Publish makes p the page that readers of its site find, if it is not so already, and
// keeps the counts. sl is the slot of the site, or the zero Slot if it has none yet; before
// is the number of entries that the site had, and access the last access of an entry that was
// added, or Never. The caller holds the lock of sh.
func (x *Index) Publish(sh *Shard, sl Slot, hash uint64, p *Page, before int, access int64) {
	after := p.Len()
	switch {
	case sl.OK():
		sl.set(p, after, access)
	case after == 0: // the first entry of a site was evicted at once
		return
	default:
		sh.add(hash, p, after)
	}
	if p.expires != Never {
		sh.nextExpiry, sh.passedExpiry = min(sh.nextExpiry, p.expires), min(sh.passedExpiry, p.expires)
	}
	if after == before {
		return
	}
	x.counted(sh, p, after-before)
	switch {
	case before == 0:
		sh.live++
	case after == 0:
		sh.live--
		// Sites come and go: release the slots of those that have gone.
		if len(sh.table.Load().cells) > minTable && sh.live < sh.used/4 {
			sh.rebuild()
		}
	}
}

// counted takes note of n more entries of a site, or fewer if n is negative.
func (x *Index) counted(sh *Shard, p *Page, n int) {
	sh.count.Store(sh.count.Load() + int64(n))
	if t := x.totals.Load(); t != nil {
		t.count.Add(int64(n))
	}
	if !p.IsPartitioned() {
		return
	}
	was := sh.partitioned.Load()
	is := was + int32(n)
	sh.partitioned.Store(is)
	switch {
	case was == 0:
		x.partitioned.Add(1)
	case is == 0:
		x.partitioned.Add(-1)
	}
}

// sweepSlots is the number of slots that each insertion looks through for expired entries,
// so that they go from sites that are not written to as well. While a table grows to twice
// its size it takes in 3/8 of the new size: with three slots or more a write, the sweep
// gets round before the table is rebuilt.
const sweepSlots = 4

// Sweep calls expire for those of the next few slots that may have entries that expired by
// now, if the shard may have any. The function removes them. The caller holds the lock.
func (sh *Shard) Sweep(now int64, expire func(Slot)) {
	t := sh.table.Load()
	if t == nil || sh.nextExpiry > now {
		return
	}
	for range sweepSlots {
		sl := Slot{t, int(sh.sweepPos)}
		if count, expires := sl.summary().load(); count > 0 {
			if expires <= now {
				expire(sl)
				if sh.table.Load() != t { // the last entry of a site has gone
					return
				}
				_, expires = sl.summary().load()
			}
			sh.passedExpiry = min(sh.passedExpiry, expires)
		}
		if sh.sweepPos++; int(sh.sweepPos) == len(t.summaries) {
			sh.sweepPos, sh.nextExpiry, sh.passedExpiry = 0, sh.passedExpiry, Never
		}
	}
}

// SweepAll calls expire for each slot of the shard that may have entries that expired by
// now. It looks at none if the shard has none. The caller holds the lock.
func (sh *Shard) SweepAll(now int64, expire func(Slot)) {
	t := sh.table.Load()
	if t == nil || sh.nextExpiry > now {
		return
	}
	first := int64(Never)
	for i := 0; i < len(t.summaries); i++ {
		sl := Slot{t, i}
		count, expires := sl.summary().load()
		if count == 0 {
			continue
		}
		if expires <= now {
			expire(sl)
			if next := sh.table.Load(); next != t { // the last entry of a site has gone
				t, i, first = next, -1, Never
				continue
			}
			p := sl.Page()
			if p == nil {
				continue
			}
			expires = p.expires // the summary is only to the second
		}
		first = min(first, expires)
	}
	sh.sweepPos, sh.nextExpiry, sh.passedExpiry = 0, first, Never
}

// WithHash yields the slots of the sites with this hash. There is hardly ever more than one.
// It is for writers.
func (sh *Shard) WithHash(hash uint64) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		t := sh.table.Load()
		if t == nil {
			return
		}
		tag := tagOf(hash)
		for g := t.group(hash); ; g = (g + 1) & (len(t.tags) - 1) {
			for same := words.First(t.tags[g], tag); same != 0; same &= same - 1 {
				sl := Slot{t, g*groupSize + bits.TrailingZeros64(same)/8}
				if sl.Hash() == hash && sl.Page() != nil && !yield(sl) {
					return
				}
			}
			if words.First(t.tags[g], 0) != 0 {
				return
			}
		}
	}
}

// Sites yields the sites that have entries, each as of when it is reached. The slots may be
// of a table that has been replaced meanwhile: see [Index.Current].
func (x *Index) Sites() iter.Seq2[Slot, *Page] {
	return func(yield func(Slot, *Page) bool) {
		shards := x.shards()
		for i := range shards {
			t := shards[i].table.Load()
			if t == nil {
				continue
			}
			for i := range t.cells {
				sl, p := x.Current(Slot{t, i})
				if p != nil && !p.Empty() && !yield(sl, p) {
					return
				}
			}
		}
	}
}

// Add adds a site that the index does not have, for an index that is not yet in use.
func (x *Index) Add(hash uint64, p *Page) {
	sh := x.Lock(hash)
	x.Publish(sh, Slot{}, hash, p, 0, Never)
	x.Unlock(sh)
}

// Replace replaces the contents of x by those of next, which must not be used afterwards. The
// caller has locked x by LockAll.
func (x *Index) Replace(next *Index) {
	next.LockAll()
	next.noteOrder(x.LastOrder())
	if t := x.totals.Load(); t != nil {
		t.count.Store(int64(next.Len()))
	}
	x.partitioned.Store(next.partitioned.Load())
	old := x.set.Load()
	x.set.Store(next.set.Load())
	old.unlock() // a writer who waited for it sees that it was replaced
}
