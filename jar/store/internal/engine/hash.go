package engine

import (
	"math/bits"
	"math/rand/v2"

	"uacookie/internal/words"
)

// keys are random, so that a server cannot choose names that collide. All indexes have the
// same ones: a jar for each of many users has no room for its own.
var keys = [4]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}

// NameHash returns the hash of the name of a site or of an entry. It is wyhash, the hash that
// Go's maps have where the processor has no AES instructions, for names, which are short: with
// hash/maphash in its place, an overwrite takes a tenth longer.
func NameHash(name string) uint64 {
	n := len(name)
	seed, a, b := keys[0], uint64(0), uint64(0)
	switch {
	case n > 16:
		for s := name; len(s) > 16; s = s[16:] {
			seed = mix(words.At(s, 0)^keys[3], words.At(s, 8)^seed)
		}
		a, b = words.At(name, n-16), words.At(name, n-8)
	case n >= 8:
		a, b = words.At(name, 0), words.At(name, n-8)
	case n > 0:
		a = words.Few(name)
	}
	return mix(keys[1]^uint64(n), mix(a^keys[2], b^seed))
}

// mix returns the two halves of a product, folded together.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

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
