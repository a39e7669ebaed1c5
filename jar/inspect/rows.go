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

// defaultSort is the column that rows are sorted by if the query has no order.
const defaultSort = "domain"

// columns are the comparison functions of the columns that rows can be sorted by.
var columns = map[string]func(a, b *row) int{
	"domain": func(a, b *row) int {
		return cmp.Or(strings.Compare(a.Site, b.Site), strings.Compare(a.Domain, b.Domain), strings.Compare(a.Path, b.Path))
	},
	"name": func(a, b *row) int { return strings.Compare(a.Name, b.Name) },
	"path": func(a, b *row) int { return strings.Compare(a.Path, b.Path) },
	"size": func(a, b *row) int { return cmp.Compare(rowSize(a), rowSize(b)) },
	"expires": func(a, b *row) int {
		if a.Persistent() != b.Persistent() { // session cookies come last
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

// A top selects the first rows in some order, in memory for twice as many.
type top struct {
	most    int // maximum number of rows
	compare func(a, b *row) int

	found int // number of rows added
	rows  []*row
	last  *row // rows at or after it are not selected; nil until rows was cut
	next  row  // the row being added
}

// newTop returns a top of n rows, sorted by a column as in query.Sort. An unknown column
// means the default. Rows that are equal in the column are in the default order.
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

// cut sorts the collected rows, drops all but the first t.most, and returns them.
func (t *top) cut() []*row {
	slices.SortFunc(t.rows, t.compare)
	if len(t.rows) > t.most {
		clear(t.rows[t.most:])
		t.rows = t.rows[:t.most]
	}
	return t.rows
}
