package store

import (
	"strings"

	"uacookie/jar/match"
)

// A spot is where a cookie is in a view, or that it is not there.
type spot struct {
	view
	k    int   // in order
	item *item // nil if it is not there
}

func (s *spot) entry() entry { return entry{s.page, s.item} }

// lookFor returns where the cookie is that has the identity of add. Expired ones are
// none. It is for writers.
// See RFC 6265bis, Section 5.7, step 23.1.
func (p *page) lookFor(add newcomer, now int64) spot {
	l := p.large()
	if l == nil {
		v := p.view()
		k, it := v.lookFor(add, now)
		return spot{v, k, it}
	}
	for f := range l.homes.of(add.item.nameHash) {
		v := f.view()
		if k, it := v.lookFor(add, now); it != nil {
			return spot{v, k, it}
		}
	}
	return spot{}
}

// lookFor is that of a page, for a view of one. The item is nil if it is not there.
func (v view) lookFor(add newcomer, now int64) (k int, it *item) {
	text := v.text()
	for k := range v.order.len() {
		it := v.item(v.order.at(k))
		if it.nameHash == add.item.nameHash && add.identical(it, text) && it.expires > now {
			return k, it
		}
	}
	return 0, nil
}

// identical reports whether a cookie of that text has the identity of n.
func (n newcomer) identical(it *item, text []byte) bool {
	return (it.flags^n.item.flags)&flagHostOnly == 0 && it.nameLen == n.item.nameLen &&
		string(text[it.pair:][:len(n.c.Name)]) == n.c.Name && isPlace(text[it.place:], n.c.Domain, n.c.Path)
}

// overlaid reports whether add, which is not Secure and came over an insecure
// connection, would overlay a cookie of p. It is for writers.
func (p *page) overlaid(add newcomer, now int64) bool {
	var buf [2]view
	pages := buf[:0]
	if l := p.large(); l != nil {
		for f := range l.homes.of(add.item.nameHash) {
			pages = append(pages, f.view())
		}
	} else {
		pages = append(pages, p.view())
	}
	return overlaid(pages, add, now)
}

// overlaid is page.overlaid for the pages of one site as of one time. See RFC 6265bis,
// Section 5.7, step 16.
//
// Deviation: step 16.3 counts the cookies of all domains above and below. Those of another
// site go to other hosts than this cookie does, so only its own site's count.
func overlaid(pages []view, add newcomer, now int64) bool {
	for i := range pages {
		v := &pages[i]
		for k := range v.order.len() {
			e := v.entry(k)
			if e.item.nameHash == add.item.nameHash && !e.expired(now) && overlays(add.c, e) {
				return true
			}
		}
	}
	return false
}

// overlays is overlaid for one stored cookie. See RFC 6265bis, Section 5.7, step 16.
func overlays(c *Cookie, old entry) bool {
	oldDomain, oldPath := old.page.place(old.item.place)
	return old.name() == c.Name && // 16.1
		old.is(flagSecure) && // 16.2
		(match.Domain(oldDomain, c.Domain) || match.Domain(c.Domain, oldDomain)) && // 16.3
		match.Path(c.Path, oldPath) // 16.4: one way only; see the Note
}

// isSiteOf reports whether p, whose site's name is the domain or above it, is seen to be
// the site of the domain: all names below are of the site, or it has, or had, a cookie of
// the domain. Refile builds all pages again, so all of them are filed by the current list.
func (p *page) isSiteOf(domain, name string) bool {
	if len(name) == len(domain) || p.whole && !hasEmptyLabel(domain) {
		return true
	}
	if l := p.large(); l != nil && l.host == domain {
		return true
	}
	return p.has(domain, 0)
}

// hasEmptyLabel reports whether a domain has an empty label other than the last. It
// is a site of its own.
func hasEmptyLabel(domain string) bool {
	return domain != "" && domain[0] == '.' || strings.Contains(domain, "..")
}

// has reports whether p is seen to have a cookie of that domain without those flags.
// It looks at one page only: it may miss a cookie, but not invent one.
func (p *page) has(domain string, not flags) bool {
	v := p.view()
	if l := p.large(); l != nil {
		v = (*l.leaves.Load())[0].view()
	}
	for k := range v.order.len() {
		if it := v.item(v.order.at(k)); it.flags&not == 0 && v.isPlaceIn(it.place, domain) {
			return true
		}
	}
	return false
}

// hasCookieOf reports whether p has a cookie of that domain, expired ones included.
func (p *page) hasCookieOf(domain string) bool {
	l := p.large()
	if l == nil {
		return p.has(domain, 0)
	}
	for _, f := range *l.leaves.Load() {
		if f.page.Load().has(domain, 0) {
			return true
		}
	}
	return false
}
