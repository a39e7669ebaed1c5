package store

import "iter"

// Homes tell in which leaves of a large the names of a hash are, for writers. They are an
// open-addressed hash table: with a Go map, looking there was a tenth of an overwrite.
type homes struct {
	cells []homesCell // a power of two
	used  int
}

// A homesCell is one hash, of names in one leaf. It is empty if that is nil.
type homesCell struct {
	leaf *leaf
	hash uint16
}

// newHomes returns homes with room for so many names.
func newHomes(names int) homes {
	size := 32
	for size < 2*names {
		size *= 2
	}
	return homes{cells: make([]homesCell, size)}
}

// start returns the cell where a hash is, or behind which.
func (h *homes) start(hash uint16) int { return int(uint64(hash) * uint64(len(h.cells)) >> 16) }

func (h *homes) after(i int) int { return (i + 1) & (len(h.cells) - 1) }

// of yields the leaves where names of that hash are.
func (h *homes) of(hash uint16) iter.Seq[*leaf] {
	return func(yield func(*leaf) bool) {
		for i := h.start(hash); h.cells[i].leaf != nil; i = h.after(i) {
			if h.cells[i].hash == hash && !yield(h.cells[i].leaf) {
				return
			}
		}
	}
}

// find returns the cell of that hash and leaf, or the empty one where it belongs.
func (h *homes) find(hash uint16, f *leaf) int {
	i := h.start(hash)
	for c := &h.cells[i]; c.leaf != nil && (c.leaf != f || c.hash != hash); c = &h.cells[i] {
		i = h.after(i)
	}
	return i
}

// add notes that a name of that hash is in f.
func (h *homes) add(hash uint16, f *leaf) {
	i := h.find(hash, f)
	if h.cells[i].leaf != nil {
		return
	}
	h.cells[i] = homesCell{f, hash}
	if h.used++; 2*h.used > len(h.cells) {
		next := newHomes(len(h.cells))
		for _, c := range h.cells {
			if c.leaf != nil {
				next.add(c.hash, c.leaf)
			}
		}
		*h = next
	}
}

// remove forgets the names of that hash in f.
func (h *homes) remove(hash uint16, f *leaf) {
	gap := h.find(hash, f)
	if h.cells[gap].leaf == nil {
		return
	}
	h.used--
	// Those behind that would be sought from before the gap on move up into it.
	for i := h.after(gap); h.cells[i].leaf != nil; i = h.after(i) {
		c := h.cells[i]
		if mask := len(h.cells) - 1; (i-h.start(c.hash))&mask >= (i-gap)&mask {
			h.cells[gap], gap = c, i
		}
	}
	h.cells[gap] = homesCell{}
}
