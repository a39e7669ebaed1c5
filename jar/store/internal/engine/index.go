package engine

import (
	"iter"
	"math/bits"
	"sync"
	"sync/atomic"

	"uacookie/internal/words"
)

// ShardCount spreads writers: two writers wait for each other only if their sites share a
// shard. It is a power of two.
const ShardCount = 64

// An Index holds the sites. The zero Index is empty and ready to use. It must not be copied
// after first use.
//
// Readers find a site by its hash, without a lock. A writer holds the lock of the site's
// shard while it edits a page and publishes it.
type Index struct {
	hasher      atomic.Pointer[Hasher] // set once, by the first use
	partitioned atomic.Int64           // entries in a partition; readers load it

	// Writers move these with each insertion. They are away from what readers load.
	_         [cacheLine]byte
	count     atomic.Int64  // entries
	order     atomic.Uint64 // the last Fields.Order assigned
	samplePos atomic.Uint64 // a samplePosition
	_         [cacheLine]byte

	shards [ShardCount]Shard
}

// Len returns the number of entries, including expired ones not yet removed.
func (x *Index) Len() int { return int(x.count.Load()) }

// Partitioned returns the number of entries that are in a partition.
func (x *Index) Partitioned() int { return int(x.partitioned.Load()) }

// Hasher returns the hasher of the index.
func (x *Index) Hasher() *Hasher {
	if h := x.hasher.Load(); h != nil {
		return h
	}
	return x.firstHasher()
}

// firstHasher sets the hasher, unless another goroutine just has.
func (x *Index) firstHasher() *Hasher {
	x.hasher.CompareAndSwap(nil, newHasher())
	return x.hasher.Load()
}

// AssignOrder sets the order of a new entry to the next number, or, if it has one, takes
// note of it, so that later numbers are higher.
func (x *Index) AssignOrder(it *Item) {
	if it.Order == 0 {
		it.Order = x.order.Add(1)
		return
	}
	for {
		last := x.order.Load()
		if it.Order <= last || x.order.CompareAndSwap(last, it.Order) {
			return
		}
	}
}

// LastOrder returns the last order that was assigned or noted.
func (x *Index) LastOrder() uint64 { return x.order.Load() }

// A Shard holds the sites whose hashes select it.
type Shard struct {
	mu    sync.Mutex
	table atomic.Pointer[table] // readers load it without the lock

	// Under mu:
	live int // sites with entries
	used int // slots taken, including those of sites without entries

	// The sweep for expired entries goes round the table. No entry of the shard expires
	// before nextExpiry; none in a slot that this round has passed, or that was written to
	// since it began, expires before passedExpiry.
	sweepPos     int
	nextExpiry   int64
	passedExpiry int64
}

// Shard returns the shard for a hash. The table uses the low bits.
func (x *Index) Shard(hash uint64) *Shard {
	return &x.shards[hash>>(64-bits.TrailingZeros(ShardCount))]
}

// Lock locks the shard for writing.
func (sh *Shard) Lock() { sh.mu.Lock() }

// Unlock unlocks the shard.
func (sh *Shard) Unlock() { sh.mu.Unlock() }

// LockAll stops all writers.
func (x *Index) LockAll() {
	for i := range x.shards {
		x.shards[i].mu.Lock()
	}
}

// UnlockAll lets writers go on.
func (x *Index) UnlockAll() {
	for i := range x.shards {
		x.shards[i].mu.Unlock()
	}
}

// Find returns the page of a site, or nil if it has no entries. It takes no lock.
func (x *Index) Find(name string, p *Partition) *Page {
	hash := x.Hasher().Site(name, p)
	if sl := x.Shard(hash).Probe(hash, name, p); sl.OK() {
		return sl.Page()
	}
	return nil
}

// Probe returns the slot of a site, or the zero Slot. A nil p stands for the zero Partition.
// It takes no lock. Instead of none it may return the slot of a site of that hash that has
// lost its entries, which the site may take.
func (sh *Shard) Probe(hash uint64, name string, p *Partition) Slot {
	return sh.table.Load().probe(hash, name, p)
}

// Holds reports whether sl is a slot of the table in use, for writers.
func (sh *Shard) Holds(sl Slot) bool { return sl.t != nil && sl.t == sh.table.Load() }

// Current returns the slot and the page that the site of sl has now: a table may have been
// replaced since. The page is nil if the site has no entries.
func (sh *Shard) Current(sl Slot) (Slot, *Page) {
	p := sl.Page()
	if p == nil || sl.t == sh.table.Load() {
		return sl, p
	}
	partition := p.Partition()
	if sl = sh.Probe(sl.Hash(), p.Name(), &partition); !sl.OK() {
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
	x.count.Add(int64(after - before))
	if p.IsPartitioned() {
		x.partitioned.Add(int64(after - before))
	}
	switch {
	case before == 0:
		sh.live++
	case after == 0:
		sh.live--
		// Sites come and go: release the slots of those that have gone.
		if sh.used > 16 && sh.live < sh.used/4 {
			sh.rebuild()
		}
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
		sl := Slot{t, sh.sweepPos}
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
		if sh.sweepPos++; sh.sweepPos == len(t.summaries) {
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

// Shards yields the shards.
func (x *Index) Shards() iter.Seq[*Shard] {
	return func(yield func(*Shard) bool) {
		for i := range x.shards {
			if !yield(&x.shards[i]) {
				return
			}
		}
	}
}

// Sites yields the sites that have entries, each as of when it is reached. The slots may be
// of a table that has been replaced meanwhile: see [Shard.Current].
func (x *Index) Sites() iter.Seq2[Slot, *Page] {
	return func(yield func(Slot, *Page) bool) {
		for i := range x.shards {
			sh := &x.shards[i]
			t := sh.table.Load()
			if t == nil {
				continue
			}
			for i := range t.cells {
				sl, p := sh.Current(Slot{t, i})
				if p != nil && !p.Empty() && !yield(sl, p) {
					return
				}
			}
		}
	}
}

// CopyTo adds the entries of x, all of one state of it, to dst, which must be empty and not
// yet in use. The caller has locked x by LockAll.
func (x *Index) CopyTo(dst *Index) {
	dst.hasher.Store(x.Hasher())
	dst.order.Store(x.order.Load())
	for sl, p := range x.Sites() {
		dst.Add(sl.Hash(), p.Clone())
	}
}

// Add adds a site that the index does not have, for an index that is not yet in use.
func (x *Index) Add(hash uint64, p *Page) {
	x.Publish(x.Shard(hash), Slot{}, hash, p, 0, Never)
}

// Replace replaces the contents of x by those of next, which must have the hasher of x and
// must not be used afterwards. The caller has locked x by LockAll.
func (x *Index) Replace(next *Index) {
	for i := range x.shards {
		from, to := &next.shards[i], &x.shards[i]
		to.live, to.used = from.live, from.used
		to.sweepPos, to.nextExpiry, to.passedExpiry = 0, from.nextExpiry, Never
		to.table.Store(from.table.Load())
	}
	x.count.Store(next.count.Load())
	x.partitioned.Store(next.partitioned.Load())
}
