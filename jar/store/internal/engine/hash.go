package engine

import (
	"hash/maphash"
	"math/bits"
)

// A Hasher hashes the names of sites and of entries. Its seed is random, so that a server
// cannot choose names that collide.
type Hasher struct{ seed maphash.Seed }

func newHasher() *Hasher { return &Hasher{maphash.MakeSeed()} }

// Name returns the hash of the name of a site or of an entry.
func (h *Hasher) Name(name string) uint64 { return maphash.String(h.seed, name) }

// Site returns the hash of a site.
func (h *Hasher) Site(name string, p *Partition) uint64 {
	hash := h.Name(name)
	if !p.IsZero() {
		hash += h.Partition(p)
	}
	return hash
}

// Partition returns what a partition adds to the hash of the name of a site.
func (h *Hasher) Partition(p *Partition) uint64 {
	hash := bits.RotateLeft64(h.Name(p.TopLevelSite), 1)
	if p.CrossSiteAncestor {
		hash = ^hash
	}
	return hash
}
