package store

import (
	"iter"
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/internal/words"
)

// shardCount spreads writers: two writers meet only if their sites share a
// shard. A power of two.
const shardCount = 64

// A shard holds the sites whose hash selects it. Writers hold mu; readers load
// the table and go on without a lock.
type shard struct {
	mu    sync.Mutex
	table atomic.Pointer[table]
	live  int // sites with cookies
	used  int // slots taken, those of sites without cookies included

	// The sweep for expired cookies goes round the table. None expires before
	// expires; of the slots that the round has passed, and of those written to since it
	// began, none before passed.
	hand    int
	expires int64
	passed  int64
}

// A table is an open-addressed hash table of sites. A slot is empty until a site
// takes it, for as long as the table is in use, so a reader may probe while a writer
// adds. What must shrink is built anew and published whole.
//
// A site is the cookies of one registrable domain, or of one host that has none, in one
// partition.
type table struct {
	cells []cell // a power of two, 8 at least
	notes []note

	// tags has an octet of each slot's hash, and zero for one that is empty. A word has
	// those of a group of 8, which are compared at once: a site that is not here is, as
	// a rule, seen not to be without a look at the cells, which are somewhere in memory.
	tags []uint64 // atomic, but for a table that nobody reads yet
}

// manyCells is how many a table has where pages are not in the processor's cache, as a
// rule: with more than that, the shards have some 25,000 sites together.
const manyCells = 512

// newTable returns a table of that many slots.
func newTable(size int) *table {
	return &table{make([]cell, size), make([]note, size), make([]uint64, size/8)}
}

// group returns the group where a site of that hash is, or behind which: it goes to the
// first that has an empty slot.
func (t *table) group(hash uint64) int { return int(hash) & (len(t.tags) - 1) }

// tagOf returns the tag of a hash. Its bits tell neither shard nor slot. There is no tag
// 1, so that [words.First] never takes an empty slot for one of a tag that is sought.
func tagOf(hash uint64) uint8 { return max(uint8(hash>>40), 2) }

// A cell is what readers need to know of a site.
type cell struct {
	hash uint64               // set before the tag
	page atomic.Pointer[page] // nil if the slot is empty, or the site has no cookies
}

// A note is what there is to know of a page without a look at it, which at a million
// sites costs more than all else. Both may be too early: last accesses move on. They are
// atomic, but for a table that nobody reads yet.
type note struct {
	oldest int64  // no cookie's last access is earlier
	brief  uint64 // no cookie expires before this second; how many there are: see briefOf
}

// about returns how many cookies there are, and when the first may expire.
func (n *note) about() (count int, expires int64) {
	brief := atomic.LoadUint64(&n.brief)
	if expires = never; brief>>32 != math.MaxUint32 {
		expires = int64(brief>>32) * int64(time.Second/time.Microsecond)
	}
	return int(uint32(brief)), expires
}

// A slot is a place in a table. The zero slot is none.
type slot struct {
	t *table
	i int
}

func (sl slot) ok() bool     { return sl.t != nil }
func (sl slot) hash() uint64 { return sl.t.cells[sl.i].hash }
func (sl slot) page() *page  { return sl.t.cells[sl.i].page.Load() }
func (sl slot) note() *note  { return &sl.t.notes[sl.i] }

// set makes r, which has count cookies, the page, or notes what has changed in it: a cookie
// with that last access has come, or others have gone. A store to memory that others
// read is not free, so it is done only where there is something new.
func (sl slot) set(r *page, count int, access int64) {
	if count == 0 {
		sl.t.cells[sl.i].page.Store(nil)
		atomic.StoreUint64(&sl.note().brief, 0)
		return
	}
	p, n := &sl.t.cells[sl.i].page, sl.note()
	same := p.Load() == r
	if !same {
		p.Store(r)
	}
	if brief := briefOf(count, r.expires); atomic.LoadUint64(&n.brief) != brief {
		atomic.StoreUint64(&n.brief, brief)
	}
	old := atomic.LoadInt64(&n.oldest)
	if same && old <= access && access < old+accessStep {
		return // as good as the truth
	}
	if oldest := r.oldest(); oldest != old {
		atomic.StoreInt64(&n.oldest, oldest)
	}
}

// briefOf returns the brief of count cookies of which none expires before.
func briefOf(count int, expires int64) uint64 {
	second := uint64(math.MaxUint32)
	if expires != never {
		second = uint64(min(max(expires/int64(time.Second/time.Microsecond), 0), math.MaxUint32-1)) // the last says never
	}
	return second<<32 | min(uint64(count), math.MaxUint32)
}

// A siteKey identifies a site.
type siteKey struct {
	name      string
	partition Partition
	hash      uint64
}

// key returns the key of a site.
func (s *Store) key(name string, p Partition) siteKey {
	return siteKey{name, p, s.hasher().site(name, &p)}
}

// shard returns the shard for a hash.
func (s *Store) shard(hash uint64) *shard {
	return &s.shards[hash>>(64-6)] // the table uses the low bits
}

// lookup returns the cookies of a site, or nil. It takes no lock.
func (s *Store) lookup(name string, p Partition) *page {
	k := s.key(name, p)
	if sl := s.shard(k.hash).table.Load().find(&k); sl.ok() {
		return sl.page()
	}
	return nil
}

// find returns the slot of a site, or none. The table may be nil.
func (t *table) find(k *siteKey) slot { return t.probe(k.hash, k.name, &k.partition) }

// probe is find for the parts of a key; p may be nil for the zero Partition. For a site that
// is not there it returns the slot of one of that hash that has gone, if there is one.
func (t *table) probe(hash uint64, name string, p *Partition) slot {
	if t == nil {
		return slot{}
	}
	tag, gone := tagOf(hash), slot{}
	for g := t.group(hash); ; g = (g + 1) & (len(t.tags) - 1) {
		tags := atomic.LoadUint64(&t.tags[g])
		for same := words.First(tags, tag); same != 0; same &= same - 1 {
			i := g*8 + bits.TrailingZeros64(same)/8
			c := &t.cells[i]
			if c.hash != hash {
				continue
			}
			r := c.page.Load()
			if r == nil {
				gone = slot{t, i}
				continue
			}
			if len(t.cells) > manyCells {
				r.fetch()
			}
			if r.is(name, p) {
				return slot{t, i}
			}
		}
		if words.First(tags, 0) != 0 {
			return gone
		}
	}
}

// current returns the slot and the page that the site of a slot has in t, which may have
// taken the place of the slot's table. The page is nil if the site has no cookies.
func (t *table) current(sl slot) (slot, *page) {
	r := sl.page()
	if r == nil || sl.t == t {
		return sl, r
	}
	if sl = t.find(&siteKey{r.name(), r.partition(), sl.hash()}); !sl.ok() {
		return sl, nil
	}
	return sl, sl.page()
}

// publish makes r what readers of its site see, if it is not so already, and keeps the
// counts. Sl is the site's slot, or none if it has none yet; before is how many cookies
// there were, and access the last access of one that has come. The caller holds sh.mu.
func (s *Store) publish(sh *shard, sl slot, hash uint64, r *page, before int, access int64) {
	after := r.len()
	if !sl.ok() {
		sh.add(hash, r, after)
	} else {
		sl.set(r, after, access)
	}
	if r.expires != never {
		sh.expires, sh.passed = min(sh.expires, r.expires), min(sh.passed, r.expires)
	}
	if after == before {
		return
	}
	s.count.Add(int64(after - before))
	if r.partitioned != unpartitioned {
		s.partitioned.Add(int64(after - before))
	}
	switch {
	case before == 0:
		sh.live++
	case after == 0:
		sh.live--
		// Sites come and go: give back what the gone ones hold.
		if sh.used > 16 && sh.live < sh.used/4 {
			sh.rebuild()
		}
	}
}

// add gives a site that the shard does not have a slot. The caller holds sh.mu.
func (sh *shard) add(hash uint64, r *page, count int) {
	t := sh.table.Load()
	if t == nil || 4*(sh.used+1) > 3*len(t.cells) {
		t = sh.rebuild()
	}
	i := t.empty(hash)
	c, n, tags := &t.cells[i], &t.notes[i], &t.tags[i/8]
	c.hash = hash
	c.page.Store(r)
	atomic.StoreUint64(&n.brief, briefOf(count, r.expires))
	atomic.StoreInt64(&n.oldest, r.oldest())
	atomic.StoreUint64(tags, *tags|tagAt(hash, i)) // last, so that a reader who sees it finds the rest
	sh.used++
}

// rebuild publishes a table of the sites that have cookies, with room for as
// many again. The caller holds sh.mu.
func (sh *shard) rebuild() *table {
	size := 8
	for size < 2*(sh.live+1) {
		size *= 2
	}
	next := newTable(size)
	sh.used = 0
	if t := sh.table.Load(); t != nil {
		for i := range t.cells {
			from := slot{t, i}
			note := *from.note() // of which sh.mu holds the writers off
			if uint32(note.brief) == 0 {
				continue
			}
			hash := from.hash()
			to := next.empty(hash)
			next.cells[to].hash = hash
			next.cells[to].page.Store(from.page())
			next.notes[to] = note
			next.tags[to/8] |= tagAt(hash, to)
			sh.used++
		}
	} else {
		sh.expires = never
	}
	sh.hand, sh.passed = 0, never
	sh.table.Store(next)
	return next
}

// empty returns which slot a site of that hash takes; the table always has an empty one.
// The caller holds sh.mu.
func (t *table) empty(hash uint64) int {
	g := t.group(hash)
	for words.First(t.tags[g], 0) == 0 {
		g = (g + 1) & (len(t.tags) - 1)
	}
	return g*8 + bits.TrailingZeros64(words.First(t.tags[g], 0))/8
}

// tagAt returns the tag of a hash where the word for the i-th slot has it.
func tagAt(hash uint64, i int) uint64 { return uint64(tagOf(hash)) << (i % 8 * 8) }

// sites yields the sites that have cookies, as of when each is reached.
func (sh *shard) sites() iter.Seq2[slot, *page] {
	return func(yield func(slot, *page) bool) {
		t := sh.table.Load()
		if t == nil {
			return
		}
		for i := range t.cells {
			sl, r := sh.table.Load().current(slot{t, i})
			if r != nil && !r.empty() && !yield(sl, r) {
				return
			}
		}
	}
}
