package inspect

import (
	"cmp"
	"slices"
	"strings"

	"uacookie/jar"
)

// A row is a cookie that a query found.
type row struct {
	jar.Cookie
	Site string
}

// defaultSort is the column that rows are sorted by unless the query says otherwise.
const defaultSort = "domain"

// columns are the orders of rows, by name.
var columns = map[string]func(a, b *row) int{
	"domain": func(a, b *row) int {
		return cmp.Or(strings.Compare(a.Site, b.Site), strings.Compare(a.Domain, b.Domain), strings.Compare(a.Path, b.Path))
	},
	"name": func(a, b *row) int { return strings.Compare(a.Name, b.Name) },
	"path": func(a, b *row) int { return strings.Compare(a.Path, b.Path) },
	"size": func(a, b *row) int { return cmp.Compare(rowSize(a), rowSize(b)) },
	"expires": func(a, b *row) int {
		if a.Persistent() != b.Persistent() { // those of the session come after all dates
			if a.Persistent() {
				return -1
			}
			return 1
		}
		return a.Expires.Compare(b.Expires)
	},
	"samesite":  func(a, b *row) int { return cmp.Compare(a.SameSite, b.SameSite) },
	"partition": func(a, b *row) int { return strings.Compare(a.Partition.TopLevelSite, b.Partition.TopLevelSite) },
	"created":   func(a, b *row) int { return a.Created.Compare(b.Created) },
	"used":      func(a, b *row) int { return a.LastAccess.Compare(b.LastAccess) },
}

func rowSize(r *row) int { return len(r.Name) + len(r.Value) }

// A top collects the first rows by some order, without keeping more than twice as many
// at a time.
type top struct {
	most    int // how many are wanted
	compare func(a, b *row) int

	found int // how many there were
	rows  []*row
	last  *row // of those that are among the first so far; nil if all are
	next  row  // room for the one that is compared
}

// newTop returns a top of n rows by a column, as [query] names it; by an unknown one as
// by the default. Rows that are equal there are in the default's order.
func newTop(n int, by string) *top {
	column, down := strings.CutPrefix(by, "-")
	compare, ok := columns[column]
	if !ok {
		compare = columns[defaultSort]
	}
	return &top{most: n, compare: func(a, b *row) int {
		c := compare(a, b)
		if down {
			c = -c
		}
		return cmp.Or(c, columns[defaultSort](a, b), strings.Compare(a.Name, b.Name), cmp.Compare(a.Order, b.Order))
	}}
}

func (t *top) add(c *jar.Cookie, site string) {
	t.found++
	t.next = row{*c, site}
	if t.last != nil && t.compare(&t.next, t.last) >= 0 {
		return
	}
	t.rows = append(t.rows, new(t.next))
	if len(t.rows) >= 2*t.most {
		t.cut()
		t.last = t.rows[t.most-1]
	}
}

// cut leaves the first of the rows collected, in order.
func (t *top) cut() []*row {
	slices.SortFunc(t.rows, t.compare)
	if len(t.rows) > t.most {
		clear(t.rows[t.most:])
		t.rows = t.rows[:t.most]
	}
	return t.rows
}
