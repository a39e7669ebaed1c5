package engine

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A name index has what a set of hashes and pages has, whatever was added and removed, and
// wherever the probe sequences start.
func TestNameIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	refs := make([]*pageRef, 5)
	for i := range refs {
		refs[i] = new(pageRef)
	}
	for _, hashes := range [][]uint16{
		{0, 1, 2, 3, 1 << 15, 1<<16 - 3, 1<<16 - 2, 1<<16 - 1}, // crowded, and round the end
		func() (all []uint16) {
			for range 3000 {
				all = append(all, uint16(random.Uint32()))
			}
			return all
		}(),
	} {
		h := newNameIndex(1)
		want := map[indexEntry]bool{}
		for i := range 50_000 {
			c := indexEntry{refs[random.IntN(len(refs))], hashes[random.IntN(len(hashes))]}
			if i/10_000%2 == 0 { // it grows, and shrinks
				h.add(c.hash, c.ref)
				want[c] = true
			}
			c = indexEntry{refs[random.IntN(len(refs))], hashes[random.IntN(len(hashes))]}
			if random.IntN(2) == 0 {
				h.remove(c.hash, c.ref)
				delete(want, c)
			}
			got := slices.Collect(h.refs(c.hash))
			n := 0
			for _, f := range refs {
				if want[indexEntry{f, c.hash}] {
					n++
				}
				if slices.Contains(got, f) != want[indexEntry{f, c.hash}] {
					t.Fatalf("after %d steps, a page of hash %#x is there: %t, want %t", i, c.hash, slices.Contains(got, f), want[indexEntry{f, c.hash}])
				}
			}
			if len(got) != n || h.used != len(want) || 2*h.used > len(h.entries) {
				t.Fatalf("after %d steps, %d pages of a hash, want %d; %d used of %d, want %d", i, len(got), n, h.used, len(h.entries), len(want))
			}
		}
	}
}
