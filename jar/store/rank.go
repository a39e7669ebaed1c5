package store

import (
	"cmp"
	"math/bits"
)

// A rank is a cookie's place in the order of eviction. It names the cookie by what stays
// the same when pages are rebuilt, and holds no page in memory. Last accesses move on
// without it, so access is a lower bound: see [ranking.stalest].
type rank struct {
	access  int64
	created int64
	order   uint64
	pathLen int
	site    uint64 // hash of the cookie's site; only in the ranking of a whole store
}

// rankOf returns the rank of a cookie whose path has that length.
func rankOf(it *item, access int64, pathLen int) rank {
	return rank{access: access, created: it.created, order: it.order, pathLen: pathLen}
}

// before reports whether r is evicted before o: the least recently accessed first, then
// the oldest. See RFC 6265bis, Section 5.7, removal, step 4.
func (r *rank) before(o *rank) bool {
	return cmp.Or(cmp.Compare(r.access, o.access), cmp.Compare(r.created, o.created), cmp.Compare(r.order, o.order)) < 0
}

// compareSent compares r's place in send order with e's: see [compareSent].
func (r *rank) compareSent(e entry) int {
	it := item{fixed: fixed{created: r.created, order: r.order}}
	return compareSent(r.pathLen, &it, e.pathLen(), e.item)
}

// A kind is a priority and whether a cookie is Secure: what a ranking keeps apart.
type kind uint8

const kinds = 2 * (twoBits + 1) // as many as flags can tell

func kindOf(p Priority, secure bool) kind {
	k := kind(p) << 1
	if secure {
		k |= 1
	}
	return k
}

// A kindSet is a set of kinds, which must not be empty.
type kindSet uint8

const allKinds = 1<<kinds - 1

func (k kind) set() kindSet       { return 1 << k }
func (s kindSet) has(k kind) bool { return s>>k&1 != 0 }

func (i *item) kind() kind { return kindOf(i.flags.priority(), i.flags&flagSecure != 0) }

// A ranking finds the least recently accessed cookie of each kind without a look at the
// others. Each kind is a binary heap whose entries are checked only when they reach the
// top (lazy deletion): an entry whose cookie has gone is dropped there, and one whose
// cookie has been accessed since is moved down.
type ranking struct {
	heaps [kinds]rankHeap
	count [kinds]int // cookies of each kind; heaps may hold more entries
	held  int        // entries in all heaps
}

// add adds a cookie.
func (k *ranking) add(it *item, access int64, pathLen int) {
	of := it.kind()
	k.count[of]++
	k.hold(of, rankOf(it, access, pathLen))
}

func (k *ranking) hold(of kind, r rank) {
	k.heaps[of].push(r)
	k.held++
}

// stale reports whether k must be built from scratch: too many of its entries are of
// cookies that have gone. count is the number of cookies.
func (k *ranking) stale(count int) bool { return k.held > 2*count+64 }

// stalest removes the entry of the least recently accessed cookie of those kinds from k,
// and returns the cookie's spot; the zero spot if no cookie is left. locate returns the
// spot of the cookie with a rank and kind, or the zero spot.
func (k *ranking) stalest(of kindSet, locate func(*rank, kind) spot) spot {
	for {
		top := k.top(of)
		h := &k.heaps[top]
		if len(*h) == 0 {
			return spot{}
		}
		sp := locate(&(*h)[0], top)
		if sp.item != nil {
			if access := sp.entry().access(); access != (*h)[0].access {
				(*h)[0].access = access
				h.down(0)
				continue
			}
		}
		h.pop()
		k.held--
		if sp.item != nil {
			k.count[top]--
			return sp
		}
	}
}

// top returns which of those kinds has the first entry; any of them if there is no entry.
func (k *ranking) top(of kindSet) kind {
	first := kind(bits.TrailingZeros8(uint8(of)))
	for i := first + 1; i < kinds; i++ {
		if h, best := k.heaps[i], k.heaps[first]; of.has(i) && len(h) > 0 && (len(best) == 0 || h[0].before(&best[0])) {
			first = i
		}
	}
	return first
}

// A rankHeap is a binary heap: the first entry is evicted first.
type rankHeap []rank

func (h *rankHeap) push(r rank) {
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

// pop removes the first entry, which there must be.
func (h *rankHeap) pop() {
	all, last := *h, len(*h)-1
	all[0] = all[last]
	*h = all[:last]
	h.down(0)
}

// down restores the heap where the i-th entry may be evicted later than those below it.
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
