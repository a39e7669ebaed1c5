package engine

import (
	"fmt"
)

// Check returns an error if the index is not what its documentation says. It locks all
// writers out, and takes as long as there are entries. It is for tests: the error quotes no
// name and no value.
func (x *Index) Check() error {
	x.LockAll()
	defer x.UnlockAll()
	count, partitioned := 0, 0
	set, apart := x.set.Load(), int32(0)
	for i := range set.shards {
		sh := &set.shards[i]
		n, in := 0, 0
		if t := sh.table.Load(); t != nil {
			var err error
			if n, in, err = x.checkTable(sh, t); err != nil {
				return fmt.Errorf("shard %d: %w", i, err)
			}
		}
		switch {
		case int64(n) != sh.count.Load() || int32(in) != sh.partitioned.Load():
			return fmt.Errorf("shard %d has %d entries, %d in partitions, counted as %d and %d", i, n, in, sh.count.Load(), sh.partitioned.Load())
		case int(sh.index) != i || int(sh.last) != len(set.shards)-1:
			return fmt.Errorf("shard %d of %d is numbered %d to %d", i, len(set.shards), sh.index, sh.last)
		}
		if in > 0 {
			apart++
		}
		count, partitioned = count+n, partitioned+in
	}
	if apart != x.partitioned.Load() {
		return fmt.Errorf("%d shards have entries in partitions, counted as %d", apart, x.partitioned.Load())
	}
	if count != x.Len() || partitioned != x.Partitioned() {
		return fmt.Errorf("%d entries, %d in partitions, counted as %d and %d", count, partitioned, x.Len(), x.Partitioned())
	}
	return nil
}

// checkTable checks a shard's table, and returns the number of entries and of those in a
// partition.
func (x *Index) checkTable(sh *Shard, t *table) (count, partitioned int, err error) {
	used, live, empty := 0, 0, 0
	for i := range t.cells {
		sl := Slot{t, i}
		tag := uint8(t.tags[i/groupSize] >> (i % groupSize * 8))
		p := sl.Page()
		n, expires := sl.summary().load()
		switch {
		case tag == 0 && p == nil:
			empty++
			continue
		case tag != tagOf(sl.Hash()):
			return 0, 0, fmt.Errorf("slot %d has tag %d, want %d", i, tag, tagOf(sl.Hash()))
		case x.set.Load().shard(sl.Hash()) != sh:
			return 0, 0, fmt.Errorf("slot %d is of another shard", i)
		}
		used++
		if p == nil {
			if n != 0 {
				return 0, 0, fmt.Errorf("slot %d has no page, and a summary of %d entries", i, n)
			}
			continue
		}
		live++
		in := p.Partition()
		if found := t.probe(sl.Hash(), p.Name(), &in); found != sl || SiteHash(p.Name(), &in) != sl.Hash() {
			return 0, 0, fmt.Errorf("the site in slot %d is not found by its name", i)
		}
		if err := p.check(); err != nil {
			return 0, 0, fmt.Errorf("slot %d: %w", i, err)
		}
		switch {
		case n != p.Len():
			return 0, 0, fmt.Errorf("slot %d: a summary of %d entries, want %d", i, n, p.Len())
		case expires > p.firstExpiry() || sh.nextExpiry > p.firstExpiry():
			return 0, 0, fmt.Errorf("slot %d: an entry expires before the summary says", i)
		case sl.summary().loadOldest() > p.oldestAccess():
			return 0, 0, fmt.Errorf("slot %d: an entry's last access is before the summary says", i)
		}
		for e := range p.All() {
			if e.Item.Order > sh.order.Load() {
				return 0, 0, fmt.Errorf("slot %d: an entry has order %d, later than %d, the last of the shard", i, e.Item.Order, sh.order.Load())
			}
		}
		count += n
		if p.IsPartitioned() {
			partitioned += n
		}
	}
	if used != int(sh.used) || live != int(sh.live) || empty == 0 {
		return 0, 0, fmt.Errorf("%d slots used, %d with entries, counted as %d and %d; %d empty", used, live, sh.used, sh.live, empty)
	}
	return count, partitioned, nil
}

// check checks the pages of a site.
func (p *Page) check() error {
	if p.firstExpiry() < p.expires {
		return fmt.Errorf("an entry expires before the page says")
	}
	total := 0
	var last Entry
	for i, v := range p.AppendViews(nil) {
		if err := v.check(); err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
		for k := range v.Order.Len() {
			e := v.Entry(k)
			if last.OK() && Compare(last, e) > 0 {
				return fmt.Errorf("page %d: entry %d sorts before the one in front of it", i, k)
			}
			last = e
			total++
		}
	}
	m := p.multiPage()
	if m == nil {
		return nil
	}
	size := 0
	for e := range p.All() {
		size += e.Item.Size()
	}
	if total != m.count || size != m.size {
		return fmt.Errorf("%d entries with %d bytes on all pages, counted as %d and %d", total, size, m.count, m.size)
	}
	return m.checkNames()
}

// check checks one page.
func (v View) check() error {
	p := v.Page
	n := v.Order.Len()
	switch {
	case n == 0 || n > MaxPageEntries:
		return fmt.Errorf("%d entries, want 1 to %d", n, MaxPageEntries)
	case p.itemLen > p.itemCap || p.itemCap > maxPageItems || p.textLen > p.textCap:
		return fmt.Errorf("%d items of %d, %d bytes of text of %d", p.itemLen, p.itemCap, p.textLen, p.textCap)
	}
	seen := 0
	for k := range n {
		id := v.Order.At(k)
		if id >= int(p.itemLen) || seen>>id&1 != 0 {
			return fmt.Errorf("entry %d is item %d of %d, which is not written or there twice", k, id, p.itemLen)
		}
		seen |= 1 << id
		it := p.Item(id)
		if _, end := it.PairRange(); end > p.textLen {
			return fmt.Errorf("entry %d: the pair ends at %d, the text at %d", k, end, p.textLen)
		}
		if domain, path := v.Entry(k).Scope(); it.scope+scopeSize(domain, path) > p.textLen {
			return fmt.Errorf("entry %d: the scope is past the text", k)
		}
	}
	return nil
}

// checkNames checks that the name index has the names of all pages and nothing else.
func (m *MultiPage) checkNames() error {
	want := map[indexEntry]bool{}
	for _, v := range m.appendViews(nil) {
		for k := range v.Order.Len() {
			want[indexEntry{v.ref, v.Entry(k).Item.NameHash}] = true
		}
	}
	got := 0
	for _, e := range m.names.entries {
		if e.ref == nil {
			continue
		}
		if got++; !want[e] || m.names.entries[m.names.find(e.hash, e.ref)] != e {
			return fmt.Errorf("the name index has a hash that its page has not, or cannot find it")
		}
	}
	if got != len(want) || got != m.names.used {
		return fmt.Errorf("the name index has %d entries, counted as %d, want %d", got, m.names.used, len(want))
	}
	return nil
}

// Slots returns the number of slots of all tables, those that are used, and the sites that
// have entries, for tests.
func (x *Index) Slots() (all, used, live int) {
	x.EachLocked(func(sh *Shard) {
		if t := sh.table.Load(); t != nil {
			all += len(t.cells)
		}
		used, live = used+int(sh.used), live+int(sh.live)
	})
	return all, used, live
}

// NextExpiry returns a time before which no entry of the shard expires, for tests.
func (sh *Shard) NextExpiry() int64 { return sh.nextExpiry }
