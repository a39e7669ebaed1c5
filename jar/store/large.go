package store

import (
	"slices"
	"sort"
	"strings"
	"sync/atomic"
)

// A large holds the cookies of a site that has more than fit in one page.
type large struct {
	page // the head of one; what it says of its items and its text does not count
	site siteName
	host string // a domain of its cookies, as it was made

	// A reader of several pages sees one state if version is the same before and after:
	// it moves before each change, and each change is one store.
	version atomic.Uint64
	leaves  atomic.Pointer[[]*leaf] // in send order; never empty

	// These are for writers.
	count   int
	size    int // of their names and values
	homes   homes
	ranking *ranking // for evictions; nil until there is one
}

// A leaf is a place for a page: when there is no room left, it gets a new one.
type leaf struct{ page atomic.Pointer[page] }

// newLarge returns a large of these cookies, which are in send order.
func newLarge(s *siteName, entries []entry) *large {
	l := &large{site: *s, count: len(entries), homes: newHomes(len(entries))}
	l.site.name, l.site.partition.TopLevelSite = strings.Clone(s.name), strings.Clone(s.partition.TopLevelSite)
	l.host = strings.Clone(entries[0].domain())
	l.describe(s)
	l.order.Store(ofLarge)
	var leaves []*leaf
	for chunk := range slices.Chunk(entries, pageSize) {
		f := l.newLeaf(chunk, newcomer{})
		l.moveIn(f)
		leaves = append(leaves, f)
	}
	for _, e := range entries {
		l.size += e.item.size()
	}
	l.leaves.Store(&leaves)
	l.expires = l.first()
	return l
}

// newLeaf returns a leaf with a page of these entries: see build.
func (l *large) newLeaf(entries []entry, add newcomer) *leaf {
	f := new(leaf)
	f.page.Store(build(&l.site, pageSize, entries, add))
	return f
}

func (f *leaf) view() view {
	p := f.page.Load()
	return view{p, order(p.order.Load()), f}
}

// moveIn notes where the names of a leaf are.
func (l *large) moveIn(f *leaf) {
	v := f.view()
	for k := range v.order.len() {
		l.homes.add(v.entry(k).item.nameHash, f)
	}
}

// moveOut forgets where the names of a leaf are, of which v is a view.
func (l *large) moveOut(v *view) {
	for k := range v.order.len() {
		l.homes.remove(v.entry(k).item.nameHash, v.leaf)
	}
}

// views appends the pages to buf, as of one time.
func (l *large) views(buf []view) []view {
	for start := len(buf); ; buf = buf[:start] {
		version := l.version.Load()
		for _, f := range *l.leaves.Load() {
			buf = append(buf, f.view())
		}
		if l.version.Load() == version {
			return buf
		}
	}
}

// reorder publishes another order of the leaf's page.
func (l *large) reorder(f *leaf, o order) {
	l.version.Add(1)
	f.page.Load().order.Store(uint64(o))
}

// publish replaces the leaves.
func (l *large) publish(leaves []*leaf) {
	l.version.Add(1)
	l.leaves.Store(&leaves)
}

// rebuild gives a leaf a page with room, of its cookies and, before the k-th of them,
// add, or in its place.
func (l *large) rebuild(v *view, k int, replace bool, add newcomer) {
	room := pageSize
	if replace { // where one was replaced, others will be
		room = pageRoom
	}
	var buf [pageSize]entry
	next := build(&l.site, room, v.entriesWith(buf[:0], k, replace), add)
	l.version.Add(1)
	v.leaf.page.Store(next)
}

// insert adds a cookie where it sorts.
func (l *large) insert(add newcomer) {
	leaves := *l.leaves.Load()
	behind := func(i int) bool { // whether the i-th page begins behind it
		v := leaves[i].view()
		return add.before(v.entry(0))
	}
	i := len(leaves) - 1
	if behind(i) { // new ones are last, as a rule
		i = max(sort.Search(i, behind)-1, 0)
	}
	v := leaves[i].view()
	k := v.search(add)
	l.count++
	l.came(add)
	if v.order.len() < pageSize {
		l.homes.add(add.item.nameHash, v.leaf)
		if id, ok := v.write(add, nil); ok {
			l.reorder(v.leaf, v.order.insert(k, id))
		} else {
			l.rebuild(&v, k, false, add)
		}
		return
	}
	// The page is full. Where cookies come in order, it stays so.
	at, left := pageSize, v.leaf
	if k < pageSize {
		at = pageSize / 2
	}
	var buf [pageSize + 1]entry
	all := v.entriesWith(buf[:0], k, false)
	if at < pageSize {
		l.moveOut(&v)
		left = l.newLeaf(all[:at], add)
		l.moveIn(left)
	}
	right := l.newLeaf(all[at:], add)
	l.moveIn(right)
	l.publish(slices.Concat(leaves[:i], []*leaf{left, right}, leaves[i+1:]))
}

// came notes that a cookie has come.
func (l *large) came(add newcomer) {
	l.size += add.item.size()
	switch {
	case l.ranking == nil:
	case l.ranking.stale(l.count): // overwrites add to it
		l.ranking = nil
	default:
		l.ranking.add(add.item, add.item.access, len(add.c.Path))
	}
}

// went notes that a cookie has gone.
func (l *large) went(it *item) {
	l.size -= it.size()
	if l.ranking != nil {
		l.ranking.count[it.kind()]--
	}
}

// cut removes the cookie at sp, and returns the page that is to be published. Its cost is
// that of one page, but for the times when the site has come to be mostly room.
func (l *large) cut(sp *spot) *page {
	leaves := *l.leaves.Load()
	if left := l.count - 1; left <= pageSize || left < len(leaves)*pageSize/4 {
		all := slices.DeleteFunc(l.entries(nil), func(e entry) bool { return e.item == sp.item })
		return newSite(&l.site, all)
	}
	l.count--
	l.size -= sp.item.size()
	left := sp.view
	left.order = left.order.without(sp.k)
	l.moveOut(&sp.view)
	switch n := left.order.len(); {
	case n == 0:
		i := slices.Index(leaves, sp.leaf)
		l.publish(slices.Concat(leaves[:i], leaves[i+1:]))
		return &l.page
	case left.roomy():
		var buf [pageSize]entry
		next := build(&l.site, pageSize, left.entries(buf[:0]), newcomer{})
		l.version.Add(1)
		sp.leaf.page.Store(next)
	default:
		l.reorder(sp.leaf, left.order)
	}
	l.moveIn(sp.leaf)
	return &l.page
}

// without removes the cookies for which gone returns true: see page.without.
func (l *large) without(gone func(entry) bool) (next *page, n int) {
	var leaves []*leaf
	size := 0
	for _, v := range l.views(nil) {
		var buf [pageSize]entry
		before := v.order.len()
		live := slices.DeleteFunc(v.entries(buf[:0]), func(e entry) bool {
			if !gone(e) {
				return false
			}
			size += e.item.size()
			return true
		})
		n += before - len(live)
		if len(live) == before {
			leaves = append(leaves, v.leaf)
			continue
		}
		l.moveOut(&v)
		if len(live) > 0 {
			f := l.newLeaf(live, newcomer{})
			l.moveIn(f)
			leaves = append(leaves, f)
		}
	}
	if n == 0 {
		l.expires = l.first() // it may have been too early
		return &l.page, 0
	}
	if left := l.count - n; left <= pageSize || left < len(leaves)*pageSize/4 { // mostly room
		var all []entry
		for _, f := range leaves {
			v := f.view()
			all = v.entries(all)
		}
		return newSite(&l.site, all), n
	}
	l.count -= n
	l.size -= size
	l.ranking = nil
	l.publish(leaves)
	l.expires = l.first()
	return &l.page, n
}
