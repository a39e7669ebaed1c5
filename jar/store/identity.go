package store

import "uacookie/jar/store/internal/engine"

// findIdentical returns the position of the unexpired cookie that has the identity of add,
// or the zero Position. The caller holds the lock of the shard.
// See RFC 6265bis, Section 5.7, step 23.1.
func findIdentical(p *engine.Page, add *engine.Insertion, now int64) engine.Position {
	for v := range p.Named(add.NameHash) {
		if at := findIn(v, add, now); at.Item != nil {
			return at
		}
	}
	return engine.Position{}
}

// findIn is findIdentical for one view. If it finds no cookie, it returns a Position with
// only the view.
func findIn(v engine.View, add *engine.Insertion, now int64) engine.Position {
	for k := range v.Order.Len() {
		it := v.Item(v.Order.At(k))
		if it.NameHash == add.NameHash && it.Expires > now && identical(engine.Entry{Page: v.Page, Item: it}, add) {
			return engine.Position{View: v, K: k, Item: it}
		}
	}
	return engine.Position{View: v}
}

// identical reports whether e has the identity of add: name, domain, host-only-flag and
// path. The partition is not compared, since all entries of a page have the same one.
func identical(e engine.Entry, add *engine.Insertion) bool {
	return (e.Item.Flags^add.Flags)&flagHostOnly == 0 && e.Name() == add.Name && e.IsIn(add.Domain, add.Path)
}
