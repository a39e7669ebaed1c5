package engine

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// The names of sites and of cookies that are like one another fill a table evenly, by the
// bits that tell shard, group and tag.
func TestHashSpreads(t *testing.T) {
	kinds := map[string]func(i int) string{
		"sites":   func(i int) string { return fmt.Sprintf("site%d.com", i) },
		"hosts":   func(i int) string { return fmt.Sprintf("%d.example.co.uk", i) },
		"names":   func(i int) string { return fmt.Sprint("n", i) },
		"long":    func(i int) string { return fmt.Sprintf("a-name-of-many-bytes-%08d-and-an-end", i) },
		"lengths": func(i int) string { return strings.Repeat("a", i) },
	}
	for kind, name := range kinds {
		count := 1 << 16
		if kind == "lengths" {
			count = 1 << 10
		}
		for _, shift := range []int{0, 40, 64 - 7} {
			var slots [64]int
			for i := range count {
				slots[NameHash(name(i))>>shift%64]++
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
	seen := map[uint64]string{}
	for _, name := range []string{"a.test", "b.test"} {
		for _, top := range []string{"", "https://a.test", "https://b.test"} {
			for _, cross := range []bool{false, true} {
				hash, is := SiteHash(name, &Partition{top, cross}), fmt.Sprintf("%s in %s, %t", name, top, cross)
				if other, ok := seen[hash]; ok {
					t.Errorf("%s has the hash of %s", is, other)
				}
				seen[hash] = is
			}
		}
	}
}
