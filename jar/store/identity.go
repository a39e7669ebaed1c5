package store

import "uacookie/jar/store/internal/engine"

// findIdentical returns the position of the cookie that has the identity of add, among
// those that have not expired. It is for writers.
// See RFC 6265bis, Section 5.7, step 23.1.
func findIdentical(p *engine.Page, add *engine.Insertion, now int64) engine.Position {
	for v := range p.Named(add.NameHash) {
		if at := findIn(v, add, now); at.Item != nil {
			return at
		}
	}
	return engine.Position{}
}

// findIn is findIdentical in one view. The position has the view even if there is no such
// cookie.
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
// path. A page has one partition.
func identical(e engine.Entry, add *engine.Insertion) bool {
	return (e.Item.Flags^add.Flags)&flagHostOnly == 0 && e.Name() == add.Name && e.IsIn(add.Domain, add.Path)
}
