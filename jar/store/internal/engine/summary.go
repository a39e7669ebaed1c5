package engine

import (
	"math"
	"sync/atomic"
	"time"
)

// AccessStep is by how much a last access moves at least, in microseconds.
const AccessStep = int64(time.Minute / time.Microsecond)

// A summary is what can be known of a site without a look at its page, which in a large
// table is a cache miss. Writers store it under the shard's lock; a sample reads it without.
type summary struct {
	oldest int64  // no later than the last access of any entry
	packed uint64 // see pack
}

// pack returns the number of entries in the low half of a word, and in the high half the
// second before which none of them expires. A word that is less than pack(0, t) may have an
// entry that expired by t.
func pack(count int, expires int64) uint64 {
	second := uint64(math.MaxUint32) // no entry expires
	if expires != Never {
		second = uint64(min(max(expires/int64(time.Second/time.Microsecond), 0), math.MaxUint32-1))
	}
	return second<<32 | min(uint64(count), math.MaxUint32)
}

// load returns the number of entries, and a time before which none of them expires.
func (s *summary) load() (count int, expires int64) {
	packed := atomic.LoadUint64(&s.packed)
	if expires = Never; packed>>32 != math.MaxUint32 {
		expires = int64(packed>>32) * int64(time.Second/time.Microsecond)
	}
	return int(uint32(packed)), expires
}

// count returns the number of entries, for a writer.
func (s *summary) count() int { return int(uint32(s.packed)) }

// store stores the number of entries and a time before which none of them expires.
func (s *summary) store(count int, expires int64) {
	if packed := pack(count, expires); atomic.LoadUint64(&s.packed) != packed {
		atomic.StoreUint64(&s.packed, packed)
	}
}

func (s *summary) loadOldest() int64 { return atomic.LoadInt64(&s.oldest) }

func (s *summary) storeOldest(oldest int64) {
	if s.loadOldest() != oldest {
		atomic.StoreInt64(&s.oldest, oldest)
	}
}
