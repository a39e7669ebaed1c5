package store

import (
	"strings"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// undivided is what the store remembers of a site, as engine.Site.Facts: its name is a
// registrable domain, and the list is known to have no public suffixes below it. So all names
// below it are of the site, except those with an empty label. It is false where the list
// cannot tell.
const undivided uint8 = 1

// A siteLookup is the site that a cookie belongs to, as it was found without the lock.
type siteLookup struct {
	name  string
	hash  uint64
	facts uint8
	slot  engine.Slot // the zero Slot if the site has none, or none was looked for

	// old is where the cookie of the same identity was, if it was looked for. Under the
	// lock it still is there if the page is in the same state.
	old engine.Position
}

// find sets l to the site of a cookie. The list is asked only if no stored cookie tells:
// see isSiteOf.
func (s *Store) find(l *siteLookup, c *Cookie, add *engine.Insertion, sites *match.Sites, now int64) {
	names, in := s.index.Hasher(), partition(&c.Partition)
	first := firstName(c.Domain)
	for at := first; at >= 0; at = nextName(c.Domain, at) {
		name := c.Domain[at:]
		hash := names.Site(name, in)
		if at == first {
			l.hash = hash // usually the site is of that name
		}
		sl := s.index.Shard(hash).Probe(hash, name, in)
		if !sl.OK() {
			continue
		}
		p := sl.Page()
		if p == nil {
			continue
		}
		if !p.IsMultiPage() {
			l.old = findIn(p.View(), add, now)
		}
		if l.old.Item == nil && !isSiteOf(p, c.Domain, name) {
			continue // there may be a public suffix between the two
		}
		l.name, l.hash, l.facts, l.slot = name, hash, p.Facts(), sl
		return
	}
	l.name, l.facts = locate(sites, c.Domain)
	if first < 0 || len(l.name) != len(c.Domain)-first {
		l.hash = names.Site(l.name, in)
	}
}

// locate returns the site of a domain by a list, and the facts about the site.
func locate(sites *match.Sites, domain string) (name string, facts uint8) {
	if name = sites.Registrable(domain); name == "" {
		return domain, 0
	}
	if !sites.SuffixesBelow(name) {
		facts = undivided
	}
	return name, facts
}

// isSiteOf reports whether p, a site whose name is the domain or above it, is known to be
// the site of the domain: all names below are of the site, or it has, or had, a cookie of
// the domain. SetSites builds all pages again, so all of them are filed by the current list.
func isSiteOf(p *engine.Page, domain, name string) bool {
	if len(name) == len(domain) || p.Facts() == undivided && !hasEmptyLabel(domain) {
		return true
	}
	return p.HadDomain(domain)
}

// hasEmptyLabel reports whether a domain has an empty label other than the last. Such a
// domain is a site of its own.
func hasEmptyLabel(domain string) bool {
	return domain != "" && domain[0] == '.' || strings.Contains(domain, "..")
}

// mayHave reports whether a host may set a cookie with the Domain of c, which it
// domain-matches: the two have one registrable domain. A host that has none may name itself:
// then c becomes host-only. See RFC 6265bis, Section 5.7, step 9.3.
func (s *Store) mayHave(host string, c *Cookie, sites *match.Sites) bool {
	domain := s.registrable(c.Domain, sites)
	if c.Domain == host {
		c.HostOnly = domain == ""
		return true
	}
	return domain != "" && s.registrable(host, sites) == domain
}

// registrable returns the registrable domain of a canonical host by a list, or "" if it has
// none. The list is asked only if no stored cookie tells.
func (s *Store) registrable(host string, sites *match.Sites) string {
	for at := firstName(host); at >= 0; at = nextName(host, at) {
		p := s.index.Find(host[at:], nil)
		if p == nil {
			continue
		}
		if at > 0 && isSiteOf(p, host, host[at:]) || at == 0 && (p.Facts() == undivided || p.HasDomain(host, flagHostOnly)) {
			return host[at:]
		}
	}
	return sites.Registrable(host)
}

// firstName returns the index in a domain of the first name that its site may have: usually
// the last two labels. It is less than zero if there are too many labels.
func firstName(domain string) int {
	if len(domain) > maxLabels && strings.Count(domain, ".") > maxLabels {
		return -1
	}
	return strings.LastIndexByte(domain[:max(strings.LastIndexByte(domain, '.'), 0)], '.') + 1
}

// nextName returns the index of the next name, which has one label more; less than zero
// if there is none.
func nextName(domain string, at int) int {
	if at == 0 {
		return -1
	}
	return strings.LastIndexByte(domain[:at-1], '.') + 1
}
