package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// An order is a list of items.
func TestOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var o order
	var list []int
	for range 10_000 {
		n := len(list)
		switch op := random.IntN(3); {
		case op == 0 && n < pageSize:
			k, item := random.IntN(n+1), random.IntN(pageRoom)
			o, list = o.insert(k, item), slices.Insert(list, k, item)
		case op == 1 && n > 0:
			k := random.IntN(n)
			o, list = o.without(k), slices.Delete(list, k, k+1)
		case n > 0:
			k, item := random.IntN(n), random.IntN(pageRoom)
			o = o.with(k, item)
			list[k] = item
		}
		var got []int
		for k := range o.len() {
			got = append(got, o.at(k))
		}
		if !slices.Equal(got, list) {
			t.Fatalf("%#x is %v, want %v", o, got, list)
		}
	}
	for n := range pageSize + 1 {
		for k := range n {
			if got := inOrder(n); got.len() != n || got.at(k) != k {
				t.Fatalf("inOrder(%d) = %#x", n, got)
			}
		}
	}
}
