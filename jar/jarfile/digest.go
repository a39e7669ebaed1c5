package jarfile

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"uacookie/jar"
)

// A File remembers a digest of each cookie in place of the cookie: to merge, it only has to
// know which cookies the jar has set, changed or deleted since. A digest has no pointers, so
// the garbage collector does not scan a million of them.

// A digest identifies a cookie and its content.
type digest struct {
	id      identity
	content uint64 // hash of all fields that are not in the Key, except LastAccess and Order
	expires int64  // in microseconds since 1970; never for a session cookie
}

// An identity is a hash of a store.Key: of the domain, so that the digests of a domain are
// close together in memory, and of the rest. The seeds are random, so a server cannot choose
// two cookies of one identity. By chance, a domain with a thousand cookies has two such with
// a probability of 2^-45.
type identity struct{ domain, rest uint64 }

const never = math.MaxInt64

// expired reports whether the cookie has expired at now. The times of a stored cookie are whole
// numbers of microseconds.
func (d *digest) expired(now time.Time) bool { return d.expires <= now.UnixMicro() }

// A hasher computes digests. It is not safe for concurrent use.
type hasher struct {
	seeds [2]maphash.Seed // one for domains and contents, one for the rest of a Key
	buf   []byte

	domain string // the domain hashed last, since most cookies come by domain
	hashed uint64
}

func newHasher() hasher {
	h := hasher{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	h.hashed = maphash.String(h.seeds[0], h.domain)
	return h
}

// identity returns the identity of a cookie whose HostOnly is hostOnly.
func (h *hasher) identity(c *jar.Cookie, hostOnly bool) identity {
	b := appendString(h.buf[:0], c.Name)
	b = appendString(b, c.Path)
	b = appendString(b, c.Partition.TopLevelSite)
	b = appendBools(b, hostOnly, c.Partition.CrossSiteAncestor)
	h.buf = b
	if c.Domain != h.domain {
		h.domain = strings.Clone(c.Domain)
		h.hashed = maphash.String(h.seeds[0], h.domain)
	}
	return identity{h.hashed, maphash.Bytes(h.seeds[1], b)}
}

// digest returns the digest of a cookie of a jar.
func (h *hasher) digest(c *jar.Cookie) digest {
	d := digest{id: h.identity(c, c.HostOnly), expires: never}
	if c.Persistent() {
		d.expires = c.Expires.UnixMicro()
	}
	b := appendString(h.buf[:0], c.Value)
	b = appendBools(b, c.Secure, c.HttpOnly)
	b = append(b, byte(c.SameSite), byte(c.Priority))
	b = binary.LittleEndian.AppendUint64(b, uint64(d.expires))
	b = binary.LittleEndian.AppendUint64(b, uint64(c.Created.UnixMicro()))
	h.buf = b
	d.content = maphash.Bytes(h.seeds[0], b)
	return d
}

// appendString appends s with its length, so that its bytes cannot be mistaken for bytes of the
// next string.
func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendBools(b []byte, all ...bool) []byte {
	for _, is := range all {
		if is {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

// A table finds digests by their identity. It groups them into buckets by the first bits of
// the identity, and sorts each bucket: no more than 34 bytes a digest.
type table struct {
	all    []digest
	starts []uint32 // bucket b is all[starts[b]:starts[b+1]]
	shift  int
}

// find returns the index in t.all of the digest with an identity, or -1.
func (t *table) find(id identity) int {
	if len(t.all) == 0 {
		return -1
	}
	b := id.domain >> t.shift
	from, to := t.starts[b], t.starts[b+1]
	for to-from > 8 {
		if mid := from + (to-from)/2; compareIDs(&t.all[mid].id, &id) <= 0 {
			from = mid
		} else {
			to = mid
		}
	}
	for i := from; i < to; i++ {
		if t.all[i].id == id {
			return int(i)
		}
	}
	return -1
}

func compareIDs(a, b *identity) int {
	if a.domain == b.domain {
		return cmp.Compare(a.rest, b.rest)
	}
	return cmp.Compare(a.domain, b.domain)
}

// group sorts t.all into buckets of about two digests.
func (t *table) group() {
	if len(t.all) == 0 {
		*t = table{}
		return
	}
	t.shift = 64 - max(0, bits.Len(uint(len(t.all)))-2)
	bucket := func(i uint32) uint64 { return t.all[i].id.domain >> t.shift }
	t.starts = make([]uint32, 1<<(64-t.shift)+1)
	for i := range t.all {
		t.starts[bucket(uint32(i))+1]++
	}
	for b := range len(t.starts) - 1 {
		t.starts[b+1] += t.starts[b]
	}
	// In place: all[starts[b]:next[b]] are in their bucket already.
	next := append([]uint32(nil), t.starts[:len(t.starts)-1]...)
	for b := range next {
		for next[b] < t.starts[b+1] {
			i := next[b]
			to := bucket(i)
			j := next[to]
			t.all[i], t.all[j] = t.all[j], t.all[i]
			next[to]++
		}
	}
	for b := range next {
		slices.SortFunc(t.all[t.starts[b]:t.starts[b+1]], func(x, y digest) int { return compareIDs(&x.id, &y.id) })
	}
}

// add adds digests, none of which are in t. t may keep more.
func (t *table) add(more []digest) {
	if len(t.all) == 0 {
		t.all = more
	} else {
		if n := len(t.all) + len(more); n > cap(t.all) {
			t.all = append(make([]digest, 0, n+n/32), t.all...)
		}
		t.all = append(t.all, more...)
	}
	t.group()
}
