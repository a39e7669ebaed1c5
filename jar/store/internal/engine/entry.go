package engine

// An Entry is one stored record: an item, and the page that has its texts. It stays valid
// for as long as it is kept, whatever is written afterwards.
type Entry struct {
	Page *Page
	Item *Item // nil: no entry
}

// OK reports whether e is an entry.
func (e Entry) OK() bool { return e.Item != nil }

// Name returns the name.
func (e Entry) Name() string { return e.Page.string(e.Item.pair, uint32(e.Item.nameSize())) }

// Value returns the value.
func (e Entry) Value() string {
	return e.Page.string(e.Item.pair+uint32(e.Item.nameLen), uint32(e.Item.valueLen))
}

// Pair returns the name and the value as they stand in a cookie-string, with "; " behind.
func (e Entry) Pair() string { return e.Page.string(e.Item.pair, uint32(e.Item.PairLen())) }

// Scope returns the domain and the path.
func (e Entry) Scope() (domain, path string) { return e.Page.scope(e.Item.scope) }

// Domain returns the domain.
func (e Entry) Domain() string {
	domain, _ := e.Scope()
	return domain
}

// IsIn reports whether e has this domain and path.
func (e Entry) IsIn(domain, path string) bool {
	return isScope(e.Page.text()[e.Item.scope:], domain, path)
}

func (e Entry) pathLen() int { return e.Page.pathLen(e.Item.scope) }

// Same reports whether e and o are the same entry but for the last access and the page:
// an entry that was looked at before is still stored.
func (e Entry) Same(o Entry) bool {
	a, b := e.Item, o.Item
	return a == b || a.Order == b.Order && a.Created == b.Created && a.Expires == b.Expires &&
		a.Flags == b.Flags && a.Requires == b.Requires &&
		e.Name() == o.Name() && e.Value() == o.Value() && e.IsIn(o.Scope())
}

// The engine sorts the entries of a site as they are sent. This is the one rule of the
// storage model that it has: to insert into a multi-page site is a binary search by it, and
// a read of several sites merges their cookies by it.

// Compare orders entries as they are sent.
func Compare(a, b Entry) int { return compareSent(a.pathLen(), a.Item, b.pathLen(), b.Item) }

// compareSent orders items by the lengths of their paths, the longer first, and by age.
// See RFC 6265bis, Section 5.8.3, step 4.
func compareSent(aPath int, a *Item, bPath int, b *Item) int {
	if aPath != bPath {
		return bPath - aPath // 4.1
	}
	return CompareAge(a, b) // 4.2
}

// CompareAge orders items by creation, the older first.
func CompareAge(a, b *Item) int {
	switch {
	case a.Created < b.Created || a.Created == b.Created && a.Order < b.Order:
		return -1
	case a.Created == b.Created && a.Order == b.Order:
		return 0
	}
	return 1
}
