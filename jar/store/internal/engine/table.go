package engine

import (
	"math/bits"
	"sync/atomic"

	"uacookie/internal/words"
)

// A table is an open-addressed hash table of sites, with the control bytes of a Swiss
// table. A slot is empty until a site takes it, and then that site's for as long as the
// table is in use, so a reader may probe while a writer adds. To release slots, a table is
// rebuilt and replaced whole.
type table struct {
	// cells and summaries are parallel: one of each for a slot. Their number is a power
	// of two and at least minTable.
	cells     []cell
	summaries []summary

	// tags has a control byte for each slot: a byte of the hash, or zero for an empty slot.
	// A word has those of a group of slots, which are compared at once: for most names that
	// are not in the table, no cell is read. In a large table each read of a cell is a
	// cache miss. Writers store a word under the shard's lock; readers load it.
	tags []uint64
}

const (
	groupSize = 8 // slots in a group
	minTable  = 8 // slots in the smallest table

	// prefetchCells is the size of a table from which on the pages that it leads to are
	// usually not in the processor's cache: the shards then have some 25,000 sites together.
	prefetchCells = 256
)

func newTable(size int) *table {
	// A table's control bytes have cache lines of their own, as cells and summaries do by their
	// sizes: a new site in one shard does not slow the readers of another.
	groups := size / groupSize
	tags := make([]uint64, max(groups, cacheLine/8))
	return &table{make([]cell, size), make([]summary, size), tags[:groups]}
}

// A cell is what readers need of a slot.
type cell struct {
	hash uint64               // stored before the tag that leads here
	page atomic.Pointer[Page] // nil if the slot is empty, or its site has no entries
}

// group returns the group where the probe sequence of a hash starts.
func (t *table) group(hash uint64) int { return int(hash) & (len(t.tags) - 1) }

// tagOf returns the tag of a hash. Its bits select neither the shard nor the group. No tag
// is 1, so that [words.First] never takes an empty slot for one with the tag that is sought.
func tagOf(hash uint64) uint8 { return max(uint8(hash>>40), 2) }

// tagAt returns the tag of a hash at its place for slot i in the word of a group.
func tagAt(hash uint64, i int) uint64 { return uint64(tagOf(hash)) << (i % groupSize * 8) }

// probe returns the slot of a site: see [Index.Probe]. t may be nil.
func (t *table) probe(hash uint64, name string, p *Partition) Slot {
	if t == nil {
		return Slot{}
	}
	tag, gone := tagOf(hash), Slot{}
	for g := t.group(hash); ; g = (g + 1) & (len(t.tags) - 1) {
		tags := atomic.LoadUint64(&t.tags[g])
		for same := words.First(tags, tag); same != 0; same &= same - 1 {
			i := g*groupSize + bits.TrailingZeros64(same)/8
			c := &t.cells[i]
			if c.hash != hash {
				continue
			}
			page := c.page.Load()
			if page == nil {
				gone = Slot{t, i}
				continue
			}
			if len(t.cells) > prefetchCells {
				page.prefetch()
			}
			if page.is(name, p) {
				return Slot{t, i}
			}
		}
		if words.First(tags, 0) != 0 {
			return gone
		}
	}
}

// firstEmpty returns the slot that a new site of this hash takes. The table always has an
// empty one. The caller holds the lock of the shard.
func (t *table) firstEmpty(hash uint64) int {
	g := t.group(hash)
	for words.First(t.tags[g], 0) == 0 {
		g = (g + 1) & (len(t.tags) - 1)
	}
	return g*groupSize + bits.TrailingZeros64(words.First(t.tags[g], 0))/8
}

// add gives a slot to a site that the shard does not have. The caller holds the lock.
func (sh *Shard) add(hash uint64, p *Page, count int) {
	sh.addSlot(hash, p, summary{p.oldestAccess(), pack(count, p.expires)})
}

// addSlot is add for a site with this summary.
func (sh *Shard) addSlot(hash uint64, p *Page, s summary) {
	t := sh.table.Load()
	if t == nil || 4*(int(sh.used)+1) > 3*len(t.cells) {
		t = sh.rebuild()
	}
	i := t.firstEmpty(hash)
	c, tags := &t.cells[i], &t.tags[i/groupSize]
	c.hash = hash
	c.page.Store(p)
	atomic.StoreInt64(&t.summaries[i].oldest, s.oldest)
	atomic.StoreUint64(&t.summaries[i].packed, s.packed)
	atomic.StoreUint64(tags, *tags|tagAt(hash, i)) // last: a reader who sees it finds the rest
	sh.used++
}

// rebuild replaces the table by one of the sites that have entries, with capacity for as
// many again. The caller holds the lock.
func (sh *Shard) rebuild() *table {
	size := minTable
	for size < 2*(int(sh.live)+1) {
		size *= 2
	}
	next := newTable(size)
	sh.used = 0
	if t := sh.table.Load(); t != nil {
		for i := range t.cells {
			from := Slot{t, i}
			s := *from.summary() // the lock keeps writers away
			if s.count() == 0 {
				continue
			}
			hash := from.Hash()
			to := next.firstEmpty(hash)
			next.cells[to].hash = hash
			next.cells[to].page.Store(from.Page())
			next.summaries[to] = s
			next.tags[to/groupSize] |= tagAt(hash, to)
			sh.used++
		}
	} else {
		sh.nextExpiry = Never
	}
	sh.sweepPos, sh.passedExpiry = 0, Never
	sh.table.Store(next)
	return next
}

// A Slot is the place of a site in a table. The zero Slot is no place.
type Slot struct {
	t *table
	i int
}

// OK reports whether sl is a slot.
func (sl Slot) OK() bool { return sl.t != nil }

// Hash returns the hash of the slot's site.
func (sl Slot) Hash() uint64 { return sl.t.cells[sl.i].hash }

// Page returns the page of the slot's site, or nil if the site has no entries.
func (sl Slot) Page() *Page { return sl.t.cells[sl.i].page.Load() }

func (sl Slot) summary() *summary { return &sl.t.summaries[sl.i] }

// set publishes p, which has count entries, as the page of the site, or takes note of a
// change in it: an entry with this last access was added, or others have gone. It stores only
// what is new, since other cores read these lines.
func (sl Slot) set(p *Page, count int, access int64) {
	at, s := &sl.t.cells[sl.i].page, sl.summary()
	if count == 0 {
		at.Store(nil)
		s.store(0, Never)
		return
	}
	same := at.Load() == p
	if !same {
		at.Store(p)
	}
	s.store(count, p.expires)
	old := s.loadOldest()
	if same && old <= access && access < old+AccessStep {
		return // close enough
	}
	s.storeOldest(p.oldestAccess())
}
