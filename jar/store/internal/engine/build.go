package engine

// itemCaps are the capacities, in items, of pages as they grow.
var itemCaps = [...]int{1, 3, 5, 8, MaxPageEntries}

// NewSite returns a site with these entries, which are sorted.
func NewSite(s *Site, entries []Entry) *Page {
	if len(entries) > MaxPageEntries {
		return &newMultiPage(s, entries).Page
	}
	return buildPage(s, len(entries), entries, nil, 0)
}

// NewSiteOf returns a site with one entry.
func NewSiteOf(s *Site, add *Insertion) *Page { return buildSingle(s, itemCaps[0], add) }

// writeSite writes what a page has of its site, and returns the size of its text.
func (p *Page) writeSite(s *Site) int {
	p.setSite(s)
	n := copyScope(p.text(), s.Name, "/")
	if p.partitionLen > 0 {
		n += copy(p.text()[n:], s.Partition.TopLevelSite)
	}
	return n
}

// buildSingle is buildPage for one entry, add.
func buildSingle(s *Site, itemCap int, add *Insertion) *Page {
	pair := uint32(add.PairLen())
	text := scopeSize(s.Name, "/") + uint32(len(s.Partition.TopLevelSite)) + pair + spareText(itemCap, 1, pair, 0)
	if add.Domain != s.Name || add.Path != "/" {
		text += scopeSize(add.Domain, add.Path)
	}
	p := newPage(itemCap, int(text))
	p.textLen = uint32(p.writeSite(s))
	p.View().write(add, nil) // there is room
	p.expires = add.Expires
	p.order.Store(uint64(inOrder(1)))
	return p
}

// spareText returns the capacity to add to the text of a page of n entries, whose pairs
// have this size, and which has capacity for more items, of pairs of the size next at least.
func spareText(itemCap, n int, pairs, next uint32) uint32 {
	if n == 0 {
		return 0
	}
	// For large values the mean is more than the next ones usually need.
	return min(max(uint32(itemCap-n)*(pairs/uint32(n)), min(uint32(itemCap-n), renewals)*next), pairs/2+1024)
}

// buildPage returns a new page with these entries, at most MaxPageEntries, and capacity for
// itemCap items and for their texts: see spareText. The zero Entry stands for add.
func buildPage(s *Site, itemCap int, entries []Entry, add *Insertion, next uint32) *Page {
	// First the byte offsets: of the scopes, each once, and of the pairs behind them.
	end, pairs := scopeSize(s.Name, "/")+uint32(len(s.Partition.TopLevelSite)), uint32(0)
	var scopes [MaxPageEntries]uint32
	var last Entry
	scope := uint32(0)
	for i, e := range entries {
		it := e.Item
		if it == nil {
			it = &add.Item
		}
		pairs += uint32(it.PairLen())
		if e.Page == nil || e.Page != last.Page || it.scope != last.Item.scope {
			domain, path := e.scopeOr(add)
			scope = end
			if path == "/" && domain == s.Name {
				scope = 0 // the site's own
			}
			for j := 0; j < i && scope == end; j++ {
				if d, p := entries[j].scopeOr(add); d == domain && p == path {
					scope = scopes[j]
				}
			}
			if scope == end {
				end += scopeSize(domain, path)
			}
		}
		scopes[i], last = scope, e
	}
	p := newPage(itemCap, int(end+pairs+spareText(itemCap, len(entries), pairs, next)))
	written := p.writeSite(s)
	text, pair := p.text(), end
	expires := int64(Never)
	for i, e := range entries {
		if int(scopes[i]) == written {
			domain, path := e.scopeOr(add)
			written += copyScope(text[written:], domain, path)
		}
		it := p.Item(i)
		if e.Page == nil {
			*it = add.Item
			add.copyPair(text[pair:])
		} else {
			it.copyFrom(e.Item)
			copy(text[pair:], e.Pair())
		}
		it.scope, it.pair = scopes[i], pair
		pair += uint32(it.PairLen())
		expires = min(expires, it.Expires)
	}
	p.expires = expires
	p.itemLen, p.textLen = uint8(len(entries)), pair
	p.order.Store(uint64(inOrder(len(entries))))
	return p
}

// scopeOr returns the domain and path of e, or of add if e is the zero Entry.
func (e Entry) scopeOr(add *Insertion) (domain, path string) {
	if e.Page == nil {
		return add.Domain, add.Path
	}
	return e.Scope()
}
