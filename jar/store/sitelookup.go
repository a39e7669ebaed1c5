package store

import (
	"strings"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// undivided, as engine.Site.Facts, means that the name of the site is a registrable domain,
// has no empty label, and that the list has no public suffixes below it. So all names below it
// belong to the site, except names with an empty label. A list that cannot tell counts as one
// with public suffixes.
const undivided uint8 = 1

// A siteLookup is the result of a lookup, without a lock, of the site of a cookie.
type siteLookup struct {
	name  string
	hash  uint64
	facts uint8
	slot  engine.Slot // the zero Slot if none was found

	// old is the position of the cookie of the same identity, or the zero Position if
	// none was found. It is still valid under the lock if the page has not changed.
	old engine.Position
}

// shares reports whether host may set c, which has a domain that the host domain-matches, by
// one lookup: if the site of both is known to be undivided. It sets l to that site.
func (s *Store) shares(l *siteLookup, host string, c *Cookie) bool {
	first := firstName(c.Domain)
	if first < 0 {
		return false
	}
	name, in := c.Domain[first:], partition(&c.Partition)
	if hasEmptyLabel(host[:len(host)-len(name)]) {
		return false
	}
	hash := engine.SiteHash(name, in)
	sl := s.index.Probe(hash, name, in)
	if !sl.OK() {
		return false
	}
	if p := sl.Page(); p == nil || p.Facts() != undivided {
		return false
	}
	l.name, l.hash, l.facts, l.slot = name, hash, undivided, sl
	c.HostOnly = false // name is no public suffix
	return true
}

// find sets l to the site of a cookie, unless shares has. It looks the domain up in the list only
// if the stored cookies do not determine the site: see isSiteOf.
func (s *Store) find(l *siteLookup, c *Cookie, add *engine.Insertion, sites *match.Sites, now int64) {
	if l.slot.OK() {
		if p := l.slot.Page(); p != nil && !p.IsMultiPage() {
			l.old = findIn(p.View(), add, now)
		}
		return
	}
	in := partition(&c.Partition)
	first := firstName(c.Domain)
	for at := first; at >= 0; at = nextName(c.Domain, at) {
		name := c.Domain[at:]
		hash := engine.SiteHash(name, in)
		if at == first {
			l.hash = hash // usually this is the name of the site
		}
		sl := s.index.Probe(hash, name, in)
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
			continue // there may be a public suffix between name and the domain
		}
		l.name, l.hash, l.facts, l.slot = name, hash, p.Facts(), sl
		return
	}
	l.name, l.facts = locate(sites, c.Domain)
	if first < 0 || len(l.name) != len(c.Domain)-first {
		l.hash = engine.SiteHash(l.name, in)
	}
}

// locate looks up the site of a domain in a list. It returns the name of the site and its
// facts.
func locate(sites *match.Sites, domain string) (name string, facts uint8) {
	if name = sites.Registrable(domain); name == "" {
		return domain, 0
	}
	if !hasEmptyLabel(name) && !sites.SuffixesBelow(name) {
		facts = undivided
	}
	return name, facts
}

// isSiteOf reports whether p is known to be the site of the domain. name is the name of p:
// the domain itself or a domain above it. p is the site if all names below it belong to it,
// or if it has had a cookie for the domain. SetSites rebuilds all pages, so every page was
// filed by the current list.
func isSiteOf(p *engine.Page, domain, name string) bool {
	if len(name) == len(domain) || p.Facts() == undivided && !hasEmptyLabel(domain[:len(domain)-len(name)]) {
		return true
	}
	return p.HadDomain(domain)
}

// hasEmptyLabel reports whether a domain, or the labels in front of one, have an empty label
// before the last label. Such a domain is a site of its own.
func hasEmptyLabel(labels string) bool {
	return labels != "" && labels[0] == '.' || strings.Contains(labels, "..")
}

// mayHave reports whether host may set c. host domain-matches c.Domain, and both must have
// the same registrable domain. A host without a registrable domain may only name itself,
// and c becomes host-only. See RFC 6265bis, Section 5.7, step 9.3.
func (s *Store) mayHave(host string, c *Cookie, sites *match.Sites) bool {
	domain := s.registrable(c.Domain, sites)
	if c.Domain == host {
		c.HostOnly = domain == ""
		return true
	}
	return domain != "" && s.registrable(host, sites) == domain
}

// registrable returns the registrable domain of a canonical host, or "" if the host has
// none. It looks the host up in the list only if the stored cookies do not determine the
// result.
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

// firstName returns the index in a domain of the shortest name that its site may have: the
// last two labels, if there are two. It returns -1 if there are too many labels.
func firstName(domain string) int {
	if len(domain) > maxLabels && strings.Count(domain, ".") > maxLabels {
		return -1
	}
	return strings.LastIndexByte(domain[:max(strings.LastIndexByte(domain, '.'), 0)], '.') + 1
}

// nextName returns the index of the name with one label more, or -1 if at is the whole
// domain.
func nextName(domain string, at int) int {
	if at == 0 {
		return -1
	}
	return strings.LastIndexByte(domain[:at-1], '.') + 1
}
