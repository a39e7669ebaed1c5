package inspect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// The first rows are the first ones after sorting all.
func TestTop(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var all []row
	for i := range 1000 {
		c := jar.Cookie{Name: fmt.Sprint(random.IntN(50)), Domain: fmt.Sprint(random.IntN(20)), Path: "/", Order: uint64(i)}
		if random.IntN(2) == 0 {
			c.Expires = epoch.Add(time.Duration(random.IntN(30)) * time.Hour)
		}
		all = append(all, row{c, c.Domain})
	}
	first := func(n int, by string) (rows []row) {
		c := newTop(n, by)
		for i := range all {
			c.add(&all[i].Cookie, all[i].Site)
		}
		for _, r := range c.cut() {
			rows = append(rows, *r)
		}
		if c.found != len(all) || cap(c.rows) > 4*n {
			t.Errorf("room for %d rows of %d, want the first %d", cap(c.rows), c.found, n)
		}
		return rows
	}
	for by := range columns {
		for _, sign := range []string{"", "-"} {
			sorted := first(len(all), sign+by)
			if len(sorted) != len(all) {
				t.Fatalf("%d of %d rows are left", len(sorted), len(all))
			}
			if !slices.IsSortedFunc(sorted, func(a, b row) int {
				if n := columns[by](&a, &b); sign == "-" {
					return -n
				} else {
					return n
				}
			}) {
				t.Errorf("%s%s: the rows are not sorted", sign, by)
			}
			for _, n := range []int{1, 7, 200, 999, 1000, 5000} {
				if got := first(n, sign+by); !slices.Equal(got, sorted[:min(n, len(sorted))]) {
					t.Errorf("%s%s: the first %d rows differ from the first of all", sign, by, n)
				}
			}
		}
	}
	if got := newTop(200, "name").cut(); len(got) != 0 {
		t.Errorf("of no rows, the first are %d", len(got))
	}
}

// No column that sorts is without an order, and none has an order for nothing.
func TestColumns(t *testing.T) {
	for _, c := range headings(query{}) {
		if _, ok := columns[c.Name]; !ok && c.Name != "" {
			t.Errorf("the column %s has no order", c.Name)
		}
		if c.Name != "" && !strings.Contains(c.Link, "sort=") {
			t.Errorf("the column %s has the link %s", c.Name, c.Link)
		}
	}
}
