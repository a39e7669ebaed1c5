package store

import (
	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// overlaid reports whether add, a cookie without Secure from an insecure connection, would
// overlay a Secure cookie of the site p. The caller holds the lock of the shard.
// See RFC 6265bis, Section 5.7, step 16.
//
// Deviation: step 16.3 compares the cookies of all domains above and below the new one's.
// This function compares only the cookies of the same site: no host is sent cookies of two
// sites.
//
// byHost is the rule seam.OverlayByHost.
func overlaid(p *engine.Page, add *engine.Insertion, byHost bool, now int64) bool {
	for v := range p.Named(add.NameHash) {
		if overlaidIn(v, add, byHost, now) {
			return true
		}
	}
	return false
}

// overlaidIn is overlaid for the cookies of one view.
func overlaidIn(v engine.View, add *engine.Insertion, byHost bool, now int64) bool {
	for k := range v.Order.Len() {
		e := v.Entry(k)
		if e.Item.NameHash == add.NameHash && !expired(e.Item, now) && overlays(add, e) && (!byHost || meet(add, e)) {
			return true
		}
	}
	return false
}

// overlays is overlaid for one stored cookie.
func overlays(add *engine.Insertion, old engine.Entry) bool {
	domain, path := old.Scope()
	return old.Name() == add.Name && // 16.1
		has(old.Item, flagSecure) && // 16.2
		(match.Domain(domain, add.Domain) || match.Domain(add.Domain, domain)) && // 16.3
		match.Path(add.Path, path) // 16.4: one way only; see the Note
}

// meet reports whether any host is sent both cookies, given that their domains are equal or
// one is above the other.
func meet(add *engine.Insertion, old engine.Entry) bool {
	domain := old.Domain()
	switch {
	case len(domain) < len(add.Domain):
		return !has(old.Item, flagHostOnly)
	case len(domain) > len(add.Domain):
		return add.Flags&flagHostOnly == 0
	}
	return true
}
