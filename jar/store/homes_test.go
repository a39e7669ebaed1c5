package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Homes have what a set of hashes and leaves has, whatever was added and removed, and
// wherever the hashes are.
func TestHomes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	leaves := make([]*leaf, 5)
	for i := range leaves {
		leaves[i] = new(leaf)
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
		h := newHomes(1)
		want := map[homesCell]bool{}
		for i := range 50_000 {
			c := homesCell{leaves[random.IntN(len(leaves))], hashes[random.IntN(len(hashes))]}
			if i/10_000%2 == 0 { // it grows, and shrinks
				h.add(c.hash, c.leaf)
				want[c] = true
			}
			c = homesCell{leaves[random.IntN(len(leaves))], hashes[random.IntN(len(hashes))]}
			if random.IntN(2) == 0 {
				h.remove(c.hash, c.leaf)
				delete(want, c)
			}
			got := slices.Collect(h.of(c.hash))
			n := 0
			for _, f := range leaves {
				if want[homesCell{f, c.hash}] {
					n++
				}
				if slices.Contains(got, f) != want[homesCell{f, c.hash}] {
					t.Fatalf("after %d steps, a leaf of hash %#x is there: %t, want %t", i, c.hash, slices.Contains(got, f), want[homesCell{f, c.hash}])
				}
			}
			if len(got) != n || h.used != len(want) || 2*h.used > len(h.cells) {
				t.Fatalf("after %d steps, %d leaves of a hash, want %d; %d used of %d, want %d", i, len(got), n, h.used, len(h.cells), len(want))
			}
		}
	}
}
