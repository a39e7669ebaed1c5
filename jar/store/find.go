package store

import (
	"sort"

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

// locate returns where the cookie of that rank and kind is, or the zero spot. It is for
// writers. If there are several, as files may have it, it is the least recently accessed.
func (p *page) locate(r *rank, of kind) (found spot) {
	l := p.large()
	if l == nil {
		v := p.view()
		v.locate(r, of, &found)
		return found
	}
	leaves := *l.leaves.Load()
	// It is on the page before the first that begins with it or behind it, or on those
	// that follow.
	i := sort.Search(len(leaves), func(i int) bool { return r.compareSent(leaves[i].view().entry(0)) <= 0 })
	for i = max(i-1, 0); i < len(leaves); i++ {
		if v := leaves[i].view(); !v.locate(r, of, &found) {
			break
		}
	}
	return found
}

// locate sets found if the cookie is in v. It reports whether it may be behind v as well.
func (v view) locate(r *rank, of kind, found *spot) bool {
	for k := range v.order.len() {
		e := v.entry(k)
		switch c := r.compareSent(e); {
		case c < 0:
			return false
		case c == 0 && e.item.kind() == of && (found.item == nil || e.access() < found.entry().access()):
			*found = spot{v, k, e.item}
		}
	}
	return true
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

// overlaid is that of a page for several of one time. See RFC 6265bis, Section 5.7,
// step 16.
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

// overlays is overlaid for one cookie.
func overlays(c *Cookie, old entry) bool {
	oldDomain, oldPath := old.page.place(old.item.place)
	return old.name() == c.Name && // 16.1
		old.is(flagSecure) && // 16.2
		(match.Domain(oldDomain, c.Domain) || match.Domain(c.Domain, oldDomain)) && // 16.3
		match.Path(c.Path, oldPath) // 16.4: one way only; see the Note
}

// isOf reports whether p is seen to be the site of a domain: it has a cookie of it, or had
// one, by the list of now, since Refile makes all sites anew.
func (p *page) isOf(domain string) bool {
	if l := p.large(); l != nil && l.host == domain {
		return true
	}
	return p.has(domain, 0)
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
