package store

import (
	"math/bits"
	"math/rand/v2"

	"uacookie/internal/words"
)

// A hasher hashes the names of sites and of cookies. Its numbers are secret, so that
// nobody outside can make names collide.
//
// It is the hash of package runtime, called memhashFallback there, made for short strings.
// What package hash/maphash offers takes twice the steps for these.
type hasher [4]uint64

func newHasher() *hasher {
	return &hasher{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}
}

// hash returns the hash of s.
func (h *hasher) hash(s string) uint64 {
	n := len(s)
	seed, a, b := h[0], uint64(0), uint64(0)
	switch {
	case n > 16:
		seed = h.long(s)
		a, b = words.At(s, n-16), words.At(s, n-8)
	case n >= 8:
		a, b = words.At(s, 0), words.At(s, n-8)
	case n >= 4:
		a, b = words.Half(s, 0), words.Half(s, n-4)
	case n > 0:
		a = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	return mix(h[1]^uint64(n), mix(a^h[2], b^seed))
}

// long begins the hash of more than 16 octets, with all but the last ones.
func (h *hasher) long(s string) uint64 {
	seed := h[0]
	for ; len(s) > 16; s = s[16:] {
		seed = mix(words.At(s, 0)^h[3], words.At(s, 8)^seed)
	}
	return seed
}

// mix returns the two halves of a product, folded together.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// site returns the hash of a site.
func (h *hasher) site(name string, p *Partition) uint64 {
	hash := h.hash(name)
	if !p.isZero() {
		hash += h.partition(p)
	}
	return hash
}

// partition returns what a partition adds to the hash of a site.
func (h *hasher) partition(p *Partition) uint64 {
	hash := bits.RotateLeft64(h.hash(p.TopLevelSite), 1)
	if p.CrossSiteAncestor {
		hash ^= h[0]
	}
	return hash
}

// hasher returns the store's own.
func (s *Store) hasher() *hasher {
	if h := s.hash.Load(); h != nil {
		return h
	}
	return s.firstHasher()
}

// firstHasher makes it, unless it is there by now.
func (s *Store) firstHasher() *hasher {
	s.hash.CompareAndSwap(nil, newHasher())
	return s.hash.Load()
}
