package engine

import "slices"

// CopyTo copies x, all of one state of it, to dst, which must be empty and not yet in use. The
// caller has locked x by LockAll. Tables are copied slot by slot, and pages as they are: that
// takes a fraction of the time of inserting the entries.
func (x *Index) CopyTo(dst *Index) {
	from := x.set.Load()
	to := newShardSet(len(from.shards))
	for i := range from.shards {
		from.shards[i].copyTo(&to.shards[i])
	}
	dst.partitioned.Store(x.partitioned.Load())
	dst.set.Store(to)
}

// copyTo copies sh to dst, which is empty.
func (sh *Shard) copyTo(dst *Shard) {
	dst.live, dst.used, dst.growAt = sh.live, sh.used, sh.growAt
	dst.nextExpiry, dst.passedExpiry = sh.nextExpiry, Never
	dst.count.Store(sh.count.Load())
	dst.partitioned.Store(sh.partitioned.Load())
	dst.order.Store(sh.order.Load())
	if t := sh.table.Load(); t != nil {
		dst.table.Store(t.clone())
	}
}

// clone returns a copy of t that shares nothing that changes. No writer is active.
func (t *table) clone() *table {
	next := newTable(len(t.cells))
	copy(next.tags, t.tags)
	copy(next.summaries, t.summaries)
	for i := range t.cells {
		next.cells[i].hash = t.cells[i].hash
		if p := t.cells[i].page.Load(); p != nil {
			next.cells[i].page.Store(p.Clone())
		}
	}
	return next
}

// Clone returns a copy of the site that shares nothing that changes. It is for writers.
func (p *Page) Clone() *Page {
	if m := p.multiPage(); m != nil {
		return &m.clone().Page
	}
	return p.clone()
}

// clone is Clone for a page of entries.
func (p *Page) clone() *Page {
	next := newPage(int(p.itemCap), int(p.textCap))
	next.expires, next.facts = p.expires, p.facts
	next.partition, next.partitionLen = p.partition, p.partitionLen
	next.itemLen, next.textLen = p.itemLen, p.textLen
	for id := range int(p.itemLen) {
		next.Item(id).copyFrom(p.Item(id)) // readers change the last access
	}
	copy(next.text(), p.text()[:p.textLen])
	next.order.Store(p.order.Load())
	return next
}

func (m *MultiPage) clone() *MultiPage {
	next := &MultiPage{site: m.site, host: m.host, count: m.count, size: m.size, names: newNameIndex(m.count)}
	next.setSite(&m.site)
	next.expires = m.expires
	next.order.Store(multiPageMark)
	refs := slices.Clone(*m.refs.Load())
	for i, ref := range refs {
		refs[i] = new(pageRef)
		refs[i].page.Store(ref.page.Load().clone())
		next.addNames(refs[i])
	}
	next.refs.Store(&refs)
	return next
}
