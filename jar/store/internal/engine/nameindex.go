package engine

import "iter"

// A nameIndex tells writers which pages of a multi-page site have names of a hash. It is an
// open-addressed hash table with linear probing.
type nameIndex struct {
	entries []indexEntry // a power of two
	used    int
}

// An indexEntry is one hash of names in one page. It is empty if ref is nil.
type indexEntry struct {
	ref  *pageRef
	hash uint16
}

// newNameIndex returns an index with capacity for the names.
func newNameIndex(names int) nameIndex {
	size := 32
	for size < 2*names {
		size *= 2
	}
	return nameIndex{entries: make([]indexEntry, size)}
}

// start returns where the probe sequence of a hash starts.
func (x *nameIndex) start(hash uint16) int { return int(uint64(hash) * uint64(len(x.entries)) >> 16) }

func (x *nameIndex) next(i int) int { return (i + 1) & (len(x.entries) - 1) }

// refs yields the pages with names of the hash.
func (x *nameIndex) refs(hash uint16) iter.Seq[*pageRef] {
	return func(yield func(*pageRef) bool) {
		for i := x.start(hash); x.entries[i].ref != nil; i = x.next(i) {
			if x.entries[i].hash == hash && !yield(x.entries[i].ref) {
				return
			}
		}
	}
}

// find returns the index of the entry, or of the empty one where it would be inserted.
func (x *nameIndex) find(hash uint16, ref *pageRef) int {
	i := x.start(hash)
	for e := &x.entries[i]; e.ref != nil && (e.ref != ref || e.hash != hash); e = &x.entries[i] {
		i = x.next(i)
	}
	return i
}

// add inserts the entry, if it is not there.
func (x *nameIndex) add(hash uint16, ref *pageRef) {
	i := x.find(hash, ref)
	if x.entries[i].ref != nil {
		return
	}
	x.entries[i] = indexEntry{ref, hash}
	if x.used++; 2*x.used > len(x.entries) {
		next := newNameIndex(len(x.entries))
		for _, e := range x.entries {
			if e.ref != nil {
				next.add(e.hash, e.ref)
			}
		}
		*x = next
	}
}

// remove removes the entry, if it is there.
func (x *nameIndex) remove(hash uint16, ref *pageRef) {
	gap := x.find(hash, ref)
	if x.entries[gap].ref == nil {
		return
	}
	x.used--
	// Backward-shift deletion: entries whose probe sequence crosses the gap move into it.
	for i := x.next(gap); x.entries[i].ref != nil; i = x.next(i) {
		e := x.entries[i]
		if mask := len(x.entries) - 1; (i-x.start(e.hash))&mask >= (i-gap)&mask {
			x.entries[gap], gap = e, i
		}
	}
	x.entries[gap] = indexEntry{}
}
