package store

import "uacookie/jar/match"

// likely returns the pages where a name of that hash may be. It is for writers.
func (p *page) likely(hash uint16, buf []view) []view {
	if l := p.large(); l != nil {
		return l.likely(hash)
	}
	return append(buf, p.view())
}

// lookFor returns where in these pages the cookie is that has the identity of c, and
// the cookie; the zero entry if there is none. Expired ones are none.
// See RFC 6265bis, Section 5.7, step 23.1.
func lookFor(pages []view, c *Cookie, hash uint16, now int64) (spot, entry) {
	for i := range pages {
		v := &pages[i]
		for k := v.find(0, hash); k < v.order.len(); k = v.find(k+1, hash) {
			if e := v.entry(k); e.name() == c.Name && e.is(flagHostOnly) == c.HostOnly && e.isAt(c.Domain, c.Path) &&
				!e.expired(now) {
				return spot{*v, k}, e
			}
		}
	}
	return spot{}, entry{}
}

// overlaid reports whether c, which is not Secure and came over an insecure
// connection, would overlay a cookie of these pages. See RFC 6265bis, Section 5.7,
// step 16.
func overlaid(pages []view, c *Cookie, hash uint16, now int64) bool {
	for i := range pages {
		v := &pages[i]
		for k := v.find(0, hash); k < v.order.len(); k = v.find(k+1, hash) {
			if e := v.entry(k); !e.expired(now) && overlays(c, e) {
				return true
			}
		}
	}
	return false
}

// overlays is overlaid for one cookie.
func overlays(c *Cookie, old entry) bool {
	oldDomain, oldPath := old.page.place(old.item.place)
	return old.name() == c.Name && // 16.1
		old.is(flagSecure) && // 16.2
		(match.Domain(oldDomain, c.Domain) || match.Domain(c.Domain, oldDomain)) && // 16.3
		match.Path(c.Path, oldPath) // 16.4: one way only; see the Note
}

// has reports whether p is seen to have a cookie of that domain without those flags.
// It looks at one page only: it may miss a cookie, but not invent one.
func (p *page) has(domain string, not flags) bool {
	v := p.view()
	if l := p.large(); l != nil {
		v = (*l.leaves.Load())[0].view()
	}
	for k := range v.order.len() {
		if e := v.entry(k); !e.is(not) && e.domain() == domain {
			return true
		}
	}
	return false
}
