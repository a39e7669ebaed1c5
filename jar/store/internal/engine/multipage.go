package engine

import (
	"slices"
	"sort"
	"strings"
	"sync/atomic"
)

// A MultiPage holds the entries of a site that has more than fit in one page: a sorted
// list of pages.
//
// Readers of several pages see one state of the site by a sequence counter: version moves
// before each change, and each change is one atomic store. It differs from a seqlock in that
// a writer in the middle of a change never makes readers wait.
type MultiPage struct {
	// Page is the header by which the site is found. Its order word is multiPageMark; its
	// items and text are not used.
	Page
	site Site
	host string // a domain of the entries when the MultiPage was built

	version atomic.Uint64
	refs    atomic.Pointer[[]*pageRef] // sorted; never empty; the slice is immutable

	// Under the shard's lock:
	count   int
	size    int // bytes of names and values
	names   nameIndex
	ranking *Ranking // for evictions; nil until one has been kept: see Page.KeepRanking
}

// A pageRef is a reference to a page of a multi-page site. A page that is full is replaced
// in its reference by one with more room.
type pageRef struct{ page atomic.Pointer[Page] }

// newMultiPage returns a site with these entries, which are sorted.
func newMultiPage(s *Site, entries []Entry) *MultiPage {
	m := &MultiPage{site: *s, count: len(entries), names: newNameIndex(len(entries))}
	m.site.Name, m.site.Partition.TopLevelSite = strings.Clone(s.Name), strings.Clone(s.Partition.TopLevelSite)
	m.host = strings.Clone(entries[0].Domain())
	m.setSite(s)
	m.order.Store(multiPageMark)
	var refs []*pageRef
	for chunk := range slices.Chunk(entries, MaxPageEntries) {
		ref := m.newRef(chunk, nil)
		m.addNames(ref)
		refs = append(refs, ref)
	}
	for _, e := range entries {
		m.size += e.Item.Size()
	}
	m.refs.Store(&refs)
	m.expires = m.firstExpiry()
	return m
}

// newRef returns a reference to a new page of these entries: see buildPage.
func (m *MultiPage) newRef(entries []Entry, add *Insertion) *pageRef {
	ref := new(pageRef)
	ref.page.Store(buildPage(&m.site, MaxPageEntries, entries, add, 0))
	return ref
}

func (ref *pageRef) view() View {
	p := ref.page.Load()
	return View{p, Order(p.order.Load()), ref}
}

// addNames adds the names of a page to the name index.
func (m *MultiPage) addNames(ref *pageRef) {
	v := ref.view()
	for k := range v.Order.Len() {
		m.names.add(v.Entry(k).Item.NameHash, ref)
	}
}

// removeNames removes the names of v, a view of a page, from the name index.
func (m *MultiPage) removeNames(v *View) {
	for k := range v.Order.Len() {
		m.names.remove(v.Entry(k).Item.NameHash, v.ref)
	}
}

// appendViews appends the pages to buf, all of one state of the site.
func (m *MultiPage) appendViews(buf []View) []View {
	for start := len(buf); ; buf = buf[:start] {
		version := m.version.Load()
		for _, ref := range *m.refs.Load() {
			buf = append(buf, ref.view())
		}
		if m.version.Load() == version {
			return buf
		}
	}
}

// publishOrder publishes another order word of a page.
func (m *MultiPage) publishOrder(ref *pageRef, o Order) {
	m.version.Add(1)
	ref.page.Load().order.Store(uint64(o))
}

// publishRefs replaces the list of pages.
func (m *MultiPage) publishRefs(refs []*pageRef) {
	m.version.Add(1)
	m.refs.Store(&refs)
}

// rebuildPage publishes a page in place of v, with the same entries, with add before entry
// k or in its place, and with capacity for more.
func (m *MultiPage) rebuildPage(v *View, k int, replace bool, add *Insertion) {
	itemCap := MaxPageEntries
	if replace { // where one entry was replaced, others will be
		itemCap = maxPageItems
	}
	var buf [MaxPageEntries]Entry
	next := buildPage(&m.site, itemCap, v.entriesWith(buf[:0], k, replace), add, uint32(add.PairLen()))
	m.version.Add(1)
	v.ref.page.Store(next)
}

// insert adds an entry where it sorts.
func (m *MultiPage) insert(add *Insertion) {
	refs := *m.refs.Load()
	startsAfter := func(i int) bool {
		v := refs[i].view()
		return add.before(v.Entry(0))
	}
	i := len(refs) - 1
	if startsAfter(i) { // new entries usually sort last
		i = max(sort.Search(i, startsAfter)-1, 0)
	}
	v := refs[i].view()
	k := v.search(add)
	m.count++
	m.added(add)
	if v.Order.Len() < MaxPageEntries {
		m.names.add(add.NameHash, v.ref)
		if id, ok := v.write(add, nil); ok {
			m.publishOrder(v.ref, v.Order.insert(k, id))
		} else {
			m.rebuildPage(&v, k, false, add)
		}
		return
	}
	// Split the page: in the middle, or, where entries come in order, at its end, so
	// that it stays full.
	at, left := MaxPageEntries, v.ref
	if k < MaxPageEntries {
		at = MaxPageEntries / 2
	}
	var buf [MaxPageEntries + 1]Entry
	all := v.entriesWith(buf[:0], k, false)
	if at < MaxPageEntries {
		m.removeNames(&v)
		left = m.newRef(all[:at], add)
		m.addNames(left)
	}
	right := m.newRef(all[at:], add)
	m.addNames(right)
	m.publishRefs(slices.Concat(refs[:i], []*pageRef{left, right}, refs[i+1:]))
}

// added takes note of an entry that is inserted.
func (m *MultiPage) added(add *Insertion) {
	m.size += add.Size()
	switch {
	case m.ranking == nil:
	case m.ranking.Stale(m.count): // overwrites add to it
		m.ranking = nil
	default:
		m.ranking.Add(add.Class(), add.Rank())
	}
}

// removed takes note of an entry that is removed.
func (m *MultiPage) removed(it *Item) {
	m.size -= it.Size()
	if m.ranking != nil {
		m.ranking.Count[it.Class()]--
	}
}

// cut removes the entry at: see [Page.Cut].
func (m *MultiPage) cut(at *Position) *Page {
	refs := *m.refs.Load()
	if left := m.count - 1; left <= MaxPageEntries || left < len(refs)*MaxPageEntries/4 {
		all := slices.DeleteFunc(m.AppendEntries(nil), func(e Entry) bool { return e.Item == at.Item })
		return NewSite(&m.site, all)
	}
	m.count--
	m.size -= at.Item.Size()
	left := at.View
	left.Order = left.Order.without(at.K)
	m.removeNames(&at.View)
	switch n := left.Order.Len(); {
	case n == 0:
		i := slices.Index(refs, at.ref)
		m.publishRefs(slices.Concat(refs[:i], refs[i+1:]))
		return &m.Page
	case left.sparse():
		var buf [MaxPageEntries]Entry
		next := buildPage(&m.site, MaxPageEntries, left.AppendEntries(buf[:0]), nil, 0)
		m.version.Add(1)
		at.ref.page.Store(next)
	default:
		m.publishOrder(at.ref, left.Order)
	}
	m.addNames(at.ref)
	return &m.Page
}

// without removes the entries for which gone returns true: see [Page.Without].
func (m *MultiPage) without(gone func(Entry) bool) (next *Page, n int) {
	var refs []*pageRef
	size := 0
	for _, v := range m.appendViews(nil) {
		var buf [MaxPageEntries]Entry
		before := v.Order.Len()
		left := slices.DeleteFunc(v.AppendEntries(buf[:0]), func(e Entry) bool {
			if !gone(e) {
				return false
			}
			size += e.Item.Size()
			return true
		})
		n += before - len(left)
		if len(left) == before {
			refs = append(refs, v.ref)
			continue
		}
		m.removeNames(&v)
		if len(left) > 0 {
			ref := m.newRef(left, nil)
			m.addNames(ref)
			refs = append(refs, ref)
		}
	}
	if n == 0 {
		m.expires = m.firstExpiry() // it may have been too early
		return &m.Page, 0
	}
	// Merge where most of the capacity would be unused.
	if left := m.count - n; left <= MaxPageEntries || left < len(refs)*MaxPageEntries/4 {
		var all []Entry
		for _, ref := range refs {
			all = ref.view().AppendEntries(all)
		}
		return NewSite(&m.site, all), n
	}
	m.count -= n
	m.size -= size
	m.ranking = nil
	m.publishRefs(refs)
	m.expires = m.firstExpiry()
	return &m.Page, n
}
