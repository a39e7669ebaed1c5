package engine

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// An order is a list of items.
func TestOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var o Order
	var list []int
	for range 10_000 {
		n := len(list)
		switch op := random.IntN(20); {
		case op == 0: // so that there are all lengths
			o, list = 0, nil
		case op < 10 && n < MaxPageEntries:
			k, item := random.IntN(n+1), random.IntN(maxPageItems)
			o, list = o.insert(k, item), slices.Insert(list, k, item)
		case n > 0:
			k, item := random.IntN(n), random.IntN(maxPageItems)
			o = o.with(k, item)
			list[k] = item
		}
		var got []int
		for k := range o.Len() {
			got = append(got, o.At(k))
		}
		if !slices.Equal(got, list) {
			t.Fatalf("%#x is %v, want %v", o, got, list)
		}
	}
	for n := range MaxPageEntries + 1 {
		for k := range n {
			if got := inOrder(n); got.Len() != n || got.At(k) != k {
				t.Fatalf("inOrder(%d) = %#x", n, got)
			}
		}
	}
}
