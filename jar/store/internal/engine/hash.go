package engine

import (
	"hash/maphash"
	"math/bits"
)

// seed is random, so that a server cannot choose names that collide. All indexes have the
// same one: a jar for each of many users has no room for its own.
var seed = maphash.MakeSeed()

// NameHash returns the hash of the name of a site or of an entry.
func NameHash(name string) uint64 { return maphash.String(seed, name) }

// SiteHash returns the hash of a site.
func SiteHash(name string, p *Partition) uint64 {
	hash := NameHash(name)
	if !p.IsZero() {
		hash = inPartition(hash, p)
	}
	return hash
}

// shardBits are the bits of a hash that select a shard. Sites of one name have the same ones,
// so that the order of their entries is one.
const shardBits = uint64(maxShards-1) << (64 - 7)

// inPartition returns the hash of the site of a partition, given the hash of its name.
func inPartition(hash uint64, p *Partition) uint64 {
	more := bits.RotateLeft64(NameHash(p.TopLevelSite), 1)
	if p.CrossSiteAncestor {
		more = ^more
	}
	return hash&shardBits | (hash+more)&^shardBits
}
