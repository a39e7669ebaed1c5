package engine

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Shard holds the sites whose hashes select it. Writers wait for each other only if their
// sites share a shard, and the cache line that they write is not the one that readers load.
type Shard struct {
	shardHead
	_ [cacheLine - unsafe.Sizeof(shardHead{})]byte
	shardBody
	_ [cacheLine - unsafe.Sizeof(shardBody{})]byte
}

// A shardHead is what readers load. It changes seldom.
type shardHead struct {
	table  atomic.Pointer[table] // readers load it without the lock
	growAt uint32                // the number of sites at which more shards may be needed; under mu
	index  uint8                 // of the shard in its set
	last   uint8                 // the index of the last shard
}

// A shardBody is what an insertion writes. The allocator may put eight bytes in front of the
// shards, so it leaves eight bytes of its line free.
type shardBody struct {
	mu sync.Mutex

	// Under mu:
	live uint32 // sites with entries
	used uint32 // slots taken, including those of sites without entries

	// The sweep for expired entries goes round the table. No entry of the shard expires
	// before nextExpiry; none in a slot that this round has passed, or that was written to
	// since it began, expires before passedExpiry.
	sweepPos     uint32
	partitioned  atomic.Int32 // entries in a partition; written under mu, read without it
	nextExpiry   int64
	passedExpiry int64

	// Written under mu, read without it:
	count atomic.Int64  // entries
	order atomic.Uint64 // the last Fields.Order assigned or noted
}

// A shardSet is the shards of an index. It grows with the number of sites: a small index
// takes little memory, and a large one serves many writers.
type shardSet struct {
	shards []Shard
	shift  uint8 // of a hash, to the index of its shard
}

// shardCounts are the numbers of shards of an index as it grows, powers of two, and the
// numbers of sites from which on it has them.
var shardCounts = [...]struct{ shards, sites int }{{1, 0}, {8, 64}, {maxShards, 1024}}

const maxShards = 128

func newShardSet(n int) *shardSet {
	set := &shardSet{make([]Shard, n), uint8(64 - bits.TrailingZeros(uint(n)))}
	for i := range set.shards {
		sh := &set.shards[i]
		sh.index, sh.last, sh.growAt = uint8(i), uint8(n-1), set.share()
	}
	return set
}

// share returns the number of sites of one shard when the index needs more shards.
func (set *shardSet) share() uint32 {
	for _, c := range shardCounts {
		if c.shards > len(set.shards) {
			return uint32(c.sites / len(set.shards))
		}
	}
	return math.MaxUint32
}

// shard returns the shard for a hash. The table uses the low bits.
func (set *shardSet) shard(hash uint64) *Shard { return &set.shards[hash>>set.shift] }

func (set *shardSet) lock() {
	for i := range set.shards {
		set.shards[i].mu.Lock()
	}
}

func (set *shardSet) unlock() {
	for i := range set.shards {
		set.shards[i].mu.Unlock()
	}
}

// shardsFor returns the number of shards that an index of this number of sites has.
func shardsFor(sites int) (n int) {
	for _, c := range shardCounts {
		if sites >= c.sites {
			n = c.shards
		}
	}
	return n
}

// shards returns the shards, for a look at each.
func (x *Index) shards() []Shard {
	if set := x.set.Load(); set != nil {
		return set.shards
	}
	return nil
}

// current returns the shards, and allocates the first at the first call.
func (x *Index) current() *shardSet {
	if set := x.set.Load(); set != nil {
		return set
	}
	x.set.CompareAndSwap(nil, newShardSet(1))
	return x.set.Load()
}

// Unused reports whether the index has never been written to.
func (x *Index) Unused() bool { return x.set.Load() == nil }

// Shard returns the shard for a hash. By the time it is used, another may have replaced it.
func (x *Index) Shard(hash uint64) *Shard { return x.current().shard(hash) }

// Lock locks the shard for a hash for writing, and returns it.
func (x *Index) Lock(hash uint64) *Shard {
	for {
		set := x.current()
		sh := set.shard(hash)
		sh.mu.Lock()
		if x.set.Load() == set {
			return sh
		}
		sh.mu.Unlock() // the set has been replaced meanwhile
	}
}

// Unlock unlocks a shard. If there are many sites in it, the index may get more shards.
func (x *Index) Unlock(sh *Shard) {
	crowded := sh.live >= sh.growAt
	sh.mu.Unlock()
	if crowded {
		x.grow()
	}
}

// EachLocked calls f for each shard, with its lock held; for some twice, if the shards are
// replaced meanwhile.
func (x *Index) EachLocked(f func(*Shard)) {
	for done := false; !done; {
		set := x.current()
		done = true
		for i := range set.shards {
			sh := &set.shards[i]
			sh.mu.Lock()
			if done = x.set.Load() == set; done {
				f(sh)
			}
			sh.mu.Unlock()
			if !done {
				break
			}
		}
	}
}

// LockAll stops all writers.
func (x *Index) LockAll() {
	for {
		set := x.current()
		set.lock()
		if x.set.Load() == set {
			return
		}
		set.unlock()
	}
}

// UnlockAll lets writers go on.
func (x *Index) UnlockAll() { x.set.Load().unlock() }

// grow replaces the shards by more of them if the number of sites calls for it. Readers find
// the same pages by the old shards and by the new ones.
func (x *Index) grow() {
	x.LockAll()
	set := x.set.Load()
	defer set.unlock()
	sites := 0
	for i := range set.shards {
		sites += int(set.shards[i].live)
	}
	n := shardsFor(sites)
	if n <= len(set.shards) { // only some shards have many sites
		for i := range set.shards {
			sh := &set.shards[i]
			sh.growAt = max(sh.growAt, sh.live+set.share()/4)
		}
		return
	}
	next := newShardSet(n)
	for i := range set.shards {
		if t := set.shards[i].table.Load(); t != nil {
			t.moveTo(next)
		}
	}
	partitioned := int32(0)
	for i := range next.shards {
		if next.shards[i].partitioned.Load() > 0 {
			partitioned++
		}
	}
	next.noteOrder(x.LastOrder())
	x.partitioned.Store(partitioned)
	x.set.Store(next)
}

// moveTo adds the sites of t to a set of shards that is not yet in use.
func (t *table) moveTo(set *shardSet) {
	for i := range t.cells {
		from := Slot{t, i}
		p := from.Page()
		if p == nil {
			continue
		}
		hash, n := from.Hash(), from.summary().count()
		sh := set.shard(hash)
		sh.addSlot(hash, p, *from.summary())
		sh.live++
		sh.nextExpiry = min(sh.nextExpiry, p.expires)
		sh.count.Store(sh.count.Load() + int64(n))
		if p.IsPartitioned() {
			sh.partitioned.Store(sh.partitioned.Load() + int32(n))
		}
	}
}

// AssignOrder sets the order of a new entry to the next number, or, if it has one, takes note
// of it, so that later numbers are higher. The numbers of two shards differ, but only within
// a shard are later ones higher: a site and its partitions are in one shard. The caller holds
// the lock.
func (sh *Shard) AssignOrder(it *Item) {
	last := sh.order.Load()
	if it.Order == 0 {
		it.Order = last + 1 + (uint64(sh.index)-last)&uint64(sh.last)
	}
	sh.order.Store(max(last, it.Order))
}

// noteOrder makes the numbers that the shards assign higher than last.
func (set *shardSet) noteOrder(last uint64) {
	for i := range set.shards {
		sh := &set.shards[i]
		sh.order.Store(max(sh.order.Load(), last))
	}
}

func (x *Index) noteOrder(last uint64) { x.current().noteOrder(last) }

// totals are counters of a whole index, for a limit on the number of its entries. Each
// insertion writes to them, so an index without such a limit has none.
type totals struct {
	count     atomic.Int64
	samplePos atomic.Uint64 // a samplePosition
	_         [cacheLine - 16]byte
}

// CountTotals makes Len, from now on, load one counter. It is for a caller that calls Len for
// each insertion.
func (x *Index) CountTotals() {
	if x.totals.Load() == nil {
		x.makeTotals()
	}
}

func (x *Index) makeTotals() *totals {
	x.LockAll()
	defer x.UnlockAll()
	if x.totals.Load() == nil {
		t := new(totals)
		t.count.Store(int64(x.Len()))
		x.totals.Store(t)
	}
	return x.totals.Load()
}
