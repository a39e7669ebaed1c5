package engine

import (
	"fmt"
	"testing"
	"unsafe"
)

// lines are cache lines, by their addresses, with what is on them.
type lines map[uintptr]string

// add adds the cache lines of size bytes at p.
func (l lines) add(what string, p unsafe.Pointer, size uintptr) {
	for at := uintptr(p) / cacheLine; at <= (uintptr(p)+size-1)/cacheLine; at++ {
		l[at] = what
	}
}

func addOf[T any](l lines, what string, p *T) { l.add(what, unsafe.Pointer(p), unsafe.Sizeof(*p)) }

// An insertion writes to no cache line that a reader of another shard loads, nor to one that
// an insertion in another shard writes.
func TestLayout(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) < 8 {
		t.Skip("the layout is made for 64-bit machines: others have few cores, and other size classes")
	}
	for _, sites := range []int{100, 2000, 20_000} {
		t.Run(fmt.Sprint(sites), func(t *testing.T) {
			x := filledIndex(sites)
			set := x.set.Load()
			common := lines{}
			addOf(common, "Index.set", &x.set)
			addOf(common, "Index.partitioned", &x.partitioned)
			addOf(common, "Index.totals", &x.totals)
			addOf(common, "the set", set)
			reads, writes := make([]lines, len(set.shards)), make([]lines, len(set.shards))
			for i := range set.shards {
				sh := &set.shards[i]
				r, w := lines{}, lines{}
				addOf(r, "the shard's head", &sh.shardHead)
				addOf(w, "the shard's body", &sh.shardBody)
				if tab := sh.table.Load(); tab != nil {
					addOf(r, "table", tab)
					for _, l := range []lines{r, w} {
						l.add("tags", unsafe.Pointer(&tab.tags[0]), uintptr(8*len(tab.tags)))
						l.add("cells", unsafe.Pointer(&tab.cells[0]), uintptr(len(tab.cells))*unsafe.Sizeof(cell{}))
						l.add("summaries", unsafe.Pointer(&tab.summaries[0]), uintptr(len(tab.summaries))*unsafe.Sizeof(summary{}))
						for k := range tab.cells {
							if p := (Slot{tab, k}).Page(); p != nil {
								l.add("page", unsafe.Pointer(p), headerSize+uintptr(p.itemCap)*itemSize+uintptr(p.textCap))
							}
						}
					}
				}
				reads[i], writes[i] = r, w
			}
			loaded := map[uintptr]int{} // the shard whose readers load a line
			for i := range reads {
				for at := range reads[i] {
					if j, ok := loaded[at]; ok && reads[i][at] != "table" { // tables are never written to
						t.Errorf("readers of shards %d and %d load one line: %s", i, j, reads[i][at])
					}
					loaded[at] = i
				}
			}
			written := map[uintptr]int{}
			for i := range writes {
				for at, what := range writes[i] {
					if where, ok := common[at]; ok {
						t.Errorf("insertions in shard %d write to %s, on one line with %s", i, what, where)
					}
					if j, ok := loaded[at]; ok && j != i {
						t.Errorf("insertions in shard %d write to %s, which readers of shard %d load", i, what, j)
					}
					if j, ok := written[at]; ok {
						t.Errorf("insertions in shards %d and %d write to one line: %s", i, j, what)
					}
					written[at] = i
				}
			}
		})
	}
}

// filledIndex returns an index of n sites with one entry each.
func filledIndex(n int) *Index {
	x := new(Index)
	for i := range n {
		insertSite(x, fmt.Sprintf("site%d.test", i), nil)
	}
	return x
}

// insertSite inserts an entry of a new site, and returns its order.
func insertSite(x *Index, name string, in *Partition) uint64 {
	hash := SiteHash(name, in)
	add := Insertion{Name: "a", Value: "b", Domain: name, Path: "/", Item: Item{Fields: Fields{Expires: Never}}}
	add.SetItem(0, NameHash("a"))
	sh := x.Lock(hash)
	sh.AssignOrder(&add.Item)
	site := Site{Name: name}
	if in != nil {
		site.Partition = *in
	}
	x.Publish(sh, Slot{}, hash, NewSiteOf(&site, &add), 0, Never)
	x.Unlock(sh)
	return add.Order
}

// The shards grow with the sites: an index of few is small, and one of many serves many
// writers. 16 KiB of them are not there before a thousand sites.
func TestShardsGrow(t *testing.T) {
	x := new(Index)
	for i := range 2000 {
		insertSite(x, fmt.Sprintf("site%d.test", i), nil)
		size := len(x.shards()) * int(unsafe.Sizeof(Shard{}))
		if n := i + 1; n < 60 && size > 128 || n < 1000 && size > 1024 || n > 1200 && size != 16<<10 {
			t.Fatalf("%d bytes of shards for %d sites", size, n)
		}
	}
	if err := x.Check(); err != nil {
		t.Error(err)
	}
}

// The orders of a site and its partitions grow, whatever is inserted elsewhere and while the
// shards grow. No two entries have the same order.
func TestOrdersGrow(t *testing.T) {
	x := new(Index)
	last, seen := uint64(0), map[uint64]bool{}
	for i := range 2000 {
		other := insertSite(x, fmt.Sprintf("site%d.test", i), nil)
		own := insertSite(x, "example.test", &Partition{TopLevelSite: fmt.Sprintf("https://top%d.test", i)})
		if own <= last {
			t.Fatalf("after %d sites an entry has order %d, the one before it %d", i, own, last)
		}
		if seen[own] || seen[other] || own == other {
			t.Fatalf("after %d sites an order is assigned again: %d or %d", i, own, other)
		}
		last, seen[own], seen[other] = own, true, true
	}
	if err := x.Check(); err != nil {
		t.Error(err)
	}
	if n := x.Partitioned(); n != 2000 {
		t.Errorf("Partitioned() = %d, want 2000", n)
	}
}
