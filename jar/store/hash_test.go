package store

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"
)

// Each bit of a name changes each bit of the hash in half of all cases, wherever it is and
// however long the name; so does the length.
func TestHashAvalanche(t *testing.T) {
	const rounds = 2000
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40} {
		name := []byte(strings.Repeat("example.com/", 4))[:n]
		for bit := range 8 * n {
			var flips [64]int
			for range rounds {
				h := newHasher()
				before := h.hash(string(name))
				name[bit/8] ^= 1 << (bit % 8)
				changed := before ^ h.hash(string(name))
				name[bit/8] ^= 1 << (bit % 8)
				for ; changed != 0; changed &= changed - 1 {
					flips[bits.TrailingZeros64(changed)]++
				}
			}
			// Eight times the standard deviation.
			if off := 8 * math.Sqrt(rounds) / 2; float64(slices.Min(flips[:])) < rounds/2-off || float64(slices.Max(flips[:])) > rounds/2+off {
				t.Fatalf("bit %d of %d octets changes bits of the hash %d to %d times in %d", bit, n, slices.Min(flips[:]), slices.Max(flips[:]), rounds)
			}
		}
	}
}

// The names of sites and of cookies that are like one another fill a table evenly, by the
// bits that tell shard, group and tag.
func TestHashSpreads(t *testing.T) {
	kinds := map[string]func(i int) string{
		"sites":   func(i int) string { return fmt.Sprintf("site%d.com", i) },
		"hosts":   func(i int) string { return fmt.Sprintf("%d.example.co.uk", i) },
		"names":   func(i int) string { return fmt.Sprint("n", i) },
		"long":    func(i int) string { return fmt.Sprintf("a-name-of-many-octets-%08d-and-an-end", i) },
		"lengths": func(i int) string { return strings.Repeat("a", i) },
	}
	for kind, name := range kinds {
		count := 1 << 16
		if kind == "lengths" {
			count = 1 << 10
		}
		h := newHasher()
		for _, shift := range []int{0, 40, 64 - 6} {
			var slots [64]int
			for i := range count {
				slots[h.hash(name(i))>>shift%64]++
			}
			chi, want := 0., float64(count)/64
			for _, n := range slots {
				chi += (float64(n) - want) * (float64(n) - want) / want
			}
			if chi > 63+10*math.Sqrt(2*63) {
				t.Errorf("%s: by the bits from %d on, %v", kind, shift, slots)
			}
		}
	}
}

// Sites of one name differ by their partitions.
func TestHashPartitions(t *testing.T) {
	h := newHasher()
	seen := map[uint64]string{}
	for _, name := range []string{"a.test", "b.test"} {
		for _, top := range []string{"", "https://a.test", "https://b.test"} {
			for _, cross := range []bool{false, true} {
				hash, is := h.site(name, &Partition{top, cross}), fmt.Sprintf("%s in %s, %t", name, top, cross)
				if other, ok := seen[hash]; ok {
					t.Errorf("%s has the hash of %s", is, other)
				}
				seen[hash] = is
			}
		}
	}
}
