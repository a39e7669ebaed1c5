package store

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
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
	used  int // slots taken, sites without cookies included
	hand  int // where the next sweep for expired cookies starts
}

// A table is an open-addressed hash table of sites. Slots go from nil to a site
// and never back, so a reader may probe while a writer adds. What must shrink is
// built anew and published whole.
type table struct {
	slots []atomic.Pointer[site] // a power of two
}

// A site is where the cookies of one registrable domain, or of one host that has
// none, in one partition, are kept.
type site struct {
	name      string
	partition Partition
	hash      uint64

	// record is what readers see. It is never nil; an empty one is a site that
	// has no cookies now.
	record atomic.Pointer[record]
}

// A record is the immutable list of a site's cookies, in the order in which they
// are sent.
type record struct {
	entries []*entry
}

// hash returns the hash of a site's key.
func (s *Store) hash(name string, p Partition) uint64 {
	h := maphash.String(s.seed(), name)
	if p != (Partition{}) {
		h ^= maphash.Comparable(s.seed(), p)
	}
	return h
}

// seed returns the store's own seed, so that nobody outside can make hosts
// collide.
func (s *Store) seed() maphash.Seed {
	if p := s.hashSeed.Load(); p != nil {
		return *p
	}
	seed := maphash.MakeSeed()
	s.hashSeed.CompareAndSwap(nil, &seed)
	return *s.hashSeed.Load()
}

// shard returns the shard for a hash.
func (s *Store) shard(hash uint64) *shard {
	return &s.shards[hash>>(64-6)] // the table uses the low bits
}

// lookup returns the site of that key, or nil. It takes no lock.
func (s *Store) lookup(name string, p Partition) *site {
	h := s.hash(name, p)
	return s.shard(h).find(h, name, p)
}

func (sh *shard) find(hash uint64, name string, p Partition) *site {
	t := sh.table.Load()
	if t == nil {
		return nil
	}
	mask := len(t.slots) - 1
	for i := int(hash) & mask; ; i = (i + 1) & mask {
		st := t.slots[i].Load()
		if st == nil || st.hash == hash && st.name == name && st.partition == p {
			return st
		}
	}
}

// add returns a new site of that key, which the shard must not have. The caller
// holds sh.mu.
func (sh *shard) add(hash uint64, name string, p Partition) *site {
	st := &site{name: name, partition: p, hash: hash}
	st.record.Store(new(record))
	t := sh.table.Load()
	if t == nil || 4*(sh.used+1) > 3*len(t.slots) {
		t = sh.rebuild()
	}
	t.insert(st)
	sh.used++
	return st
}

// rebuild publishes a table of the sites that have cookies, with room for as
// many again. The caller holds sh.mu.
func (sh *shard) rebuild() *table {
	size := 8
	for size < 2*(sh.live+1) {
		size *= 2
	}
	next := &table{slots: make([]atomic.Pointer[site], size)}
	sh.used = 0
	for st := range sh.sites() {
		next.insert(st)
		sh.used++
	}
	sh.hand = 0
	sh.table.Store(next)
	return next
}

// insert puts st into a free slot; the table always has one.
func (t *table) insert(st *site) {
	mask := len(t.slots) - 1
	i := int(st.hash) & mask
	for t.slots[i].Load() != nil {
		i = (i + 1) & mask
	}
	t.slots[i].Store(st)
}

// sites yields the sites that have cookies, as of when each is reached.
func (sh *shard) sites() func(yield func(*site) bool) {
	return func(yield func(*site) bool) {
		t := sh.table.Load()
		if t == nil {
			return
		}
		for i := range t.slots {
			st := t.slots[i].Load()
			if st != nil && len(st.record.Load().entries) > 0 && !yield(st) {
				return
			}
		}
	}
}

// publish makes entries what readers of st see, and keeps the counts. The caller
// holds sh.mu.
func (s *Store) publish(sh *shard, st *site, entries []*entry) {
	before := len(st.record.Load().entries)
	st.record.Store(&record{entries})
	delta := int64(len(entries) - before)
	s.count.Add(delta)
	if st.partition != (Partition{}) {
		s.partitioned.Add(delta)
	}
	switch {
	case before == 0 && len(entries) > 0:
		sh.live++
	case before > 0 && len(entries) == 0:
		sh.live--
		// Sites come and go: give back what the gone ones hold.
		if sh.used > 16 && sh.live < sh.used/4 {
			sh.rebuild()
		}
	}
}
