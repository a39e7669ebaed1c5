package engine

import (
	"cmp"
	"math/bits"
	"sort"
)

// A Rank is an entry's place in the order of last accesses. It names the entry by what stays
// the same when pages are rebuilt, and keeps no page in memory. Last accesses move on without
// it, so Access is a lower bound: see [Ranking.Oldest].
type Rank struct {
	Access  int64
	Site    uint64 // hash of the entry's site; only in the ranking of a whole index
	created int64
	order   uint64
	pathLen int
}

// Rank returns the rank of e.
func (e Entry) Rank() Rank { return e.Item.rank(e.Item.Access(), e.pathLen()) }

// Rank returns the rank that the entry will have.
func (add *Insertion) Rank() Rank { return add.rank(add.Access(), len(add.Path)) }

func (f *Fields) rank(access int64, pathLen int) Rank {
	return Rank{Access: access, created: f.Created, order: f.Order, pathLen: pathLen}
}

// before reports whether r was accessed before o, or at the same time and was created
// before.
func (r *Rank) before(o *Rank) bool {
	return cmp.Or(cmp.Compare(r.Access, o.Access), cmp.Compare(r.created, o.created), cmp.Compare(r.order, o.order)) < 0
}

// compareSent compares the place of r in send order with that of e.
func (r *Rank) compareSent(e Entry) int {
	it := Item{Fields: Fields{Created: r.created, Order: r.order}}
	return compareSent(r.pathLen, &it, e.pathLen(), e.Item)
}

// A ClassSet is a set of classes.
type ClassSet uint8

// AllClasses is the set of all classes.
const AllClasses = ClassSet(1<<Classes - 1)

// ClassesOf returns the set of some classes.
func ClassesOf(classes ...uint8) (s ClassSet) {
	for _, c := range classes {
		s |= 1 << c
	}
	return s
}

// A Ranking finds the least recently accessed entry of each class without a look at the
// others. Each class is a binary heap with lazy deletion: its elements are checked only when
// they reach the top. One whose entry has gone is dropped there, and one whose entry has been
// accessed since is moved down.
type Ranking struct {
	Count [Classes]int // entries of each class; the heaps may hold more elements

	heaps [Classes]rankHeap
	held  int // elements in all heaps
}

// Add adds an entry.
func (k *Ranking) Add(class uint8, r Rank) {
	k.Count[class]++
	k.Hold(class, r)
}

// Hold adds an entry without counting it.
func (k *Ranking) Hold(class uint8, r Rank) {
	k.heaps[class].push(r)
	k.held++
}

// Len returns the number of elements.
func (k *Ranking) Len() int { return k.held }

// Stale reports whether the ranking should be built again, since many of its elements belong
// to entries that have gone, given the number of entries.
func (k *Ranking) Stale(entries int) bool { return k.held > 2*entries+64 }

// First returns the first element of a class, or nil if it has none. The caller may change
// its Access, and then calls Fix, or drop it by Drop.
func (k *Ranking) First(class uint8) *Rank {
	if h := k.heaps[class]; len(h) > 0 {
		return &h[0]
	}
	return nil
}

// Fix restores the order after the Access of the first element of a class has grown.
func (k *Ranking) Fix(class uint8) { k.heaps[class].down(0) }

// Drop removes the first element of a class.
func (k *Ranking) Drop(class uint8) {
	k.heaps[class].pop()
	k.held--
}

// Oldest removes the element of the least recently accessed entry of some classes, and
// returns where the entry is in p; the zero Position if there is no entry.
func (k *Ranking) Oldest(of ClassSet, p *Page) Position {
	for {
		class := k.top(of)
		first := k.First(class)
		if first == nil {
			return Position{}
		}
		at := p.Locate(first, class)
		if at.Item != nil {
			if access := at.Item.Access(); access != first.Access {
				first.Access = access
				k.Fix(class)
				continue
			}
		}
		k.Drop(class)
		if at.Item != nil {
			k.Count[class]--
			return at
		}
	}
}

// top returns the class of some that has the first element; any of them if there is no
// element.
func (k *Ranking) top(of ClassSet) uint8 {
	first := uint8(bits.TrailingZeros8(uint8(of)))
	for i := first + 1; i < Classes; i++ {
		if h, best := k.heaps[i], k.heaps[first]; of>>i&1 != 0 && len(h) > 0 && (len(best) == 0 || h[0].before(&best[0])) {
			first = i
		}
	}
	return first
}

// A rankHeap is a binary heap: the first element was accessed first.
type rankHeap []Rank

func (h *rankHeap) push(r Rank) {
	*h = append(*h, r)
	all := *h
	for i := len(all) - 1; i > 0; {
		parent := (i - 1) / 2
		if !all[i].before(&all[parent]) {
			break
		}
		all[i], all[parent] = all[parent], all[i]
		i = parent
	}
}

// pop removes the first element, which must exist.
func (h *rankHeap) pop() {
	all, last := *h, len(*h)-1
	all[0] = all[last]
	*h = all[:last]
	h.down(0)
}

// down restores the heap where element i may belong behind those below it.
func (h *rankHeap) down(i int) {
	all := *h
	for {
		first := 2*i + 1
		if first >= len(all) {
			return
		}
		if right := first + 1; right < len(all) && all[right].before(&all[first]) {
			first = right
		}
		if !all[first].before(&all[i]) {
			return
		}
		all[i], all[first] = all[first], all[i]
		i = first
	}
}

// Ranking returns a ranking of the entries of the site. It is for writers.
func (p *Page) Ranking() *Ranking {
	m := p.multiPage()
	if m != nil && m.ranking != nil && !m.ranking.Stale(m.count) {
		return m.ranking
	}
	k := new(Ranking)
	for e := range p.All() {
		k.Add(e.Item.Class(), e.Rank())
	}
	return k
}

// KeepRanking keeps a ranking of the entries for the next call of Ranking, if the site has
// several pages, or drops the one it has if k is nil. It is for writers.
func (p *Page) KeepRanking(k *Ranking) {
	if m := p.multiPage(); m != nil {
		m.ranking = k
	}
}

// Locate returns where the entry of a rank and class is, or the zero Position. It is for
// writers. If there are several, as files may have it, it is the least recently accessed.
func (p *Page) Locate(r *Rank, class uint8) (found Position) {
	m := p.multiPage()
	if m == nil {
		p.View().locate(r, class, &found)
		return found
	}
	refs := *m.refs.Load()
	// It is on the page before the first that starts with it or behind it, or on those that
	// follow.
	i := sort.Search(len(refs), func(i int) bool { return r.compareSent(refs[i].view().Entry(0)) <= 0 })
	for i = max(i-1, 0); i < len(refs); i++ {
		if v := refs[i].view(); !v.locate(r, class, &found) {
			break
		}
	}
	return found
}

// locate sets found if the entry is in v. It reports whether it may be behind v as well.
func (v View) locate(r *Rank, class uint8, found *Position) bool {
	for k := range v.Order.Len() {
		e := v.Entry(k)
		switch c := r.compareSent(e); {
		case c < 0:
			return false
		case c == 0 && e.Item.Class() == class && (found.Item == nil || e.Item.Access() < found.Item.Access()):
			*found = Position{v, k, e.Item}
		}
	}
	return true
}
