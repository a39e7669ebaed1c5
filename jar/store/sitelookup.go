package store

import (
	"strings"

	"uacookie/jar/match"
	"uacookie/jar/store/internal/engine"
)

// What the store remembers about a site: whether its name is itself a public suffix.
const (
	suffixUnknown uint8 = iota
	suffixNo
	suffixYes
)

// A siteLookup is the site that a cookie belongs to, as it was found without the lock.
type siteLookup struct {
	name   string
	hash   uint64
	suffix uint8
	slot   engine.Slot // the zero Slot if the site has none, or none was looked for

	// old is where the cookie of the same identity was, if it was looked for. Under the
	// lock it still is there if the page is in the same state.
	old engine.Position
}

// find sets l to the site of a cookie. The list is asked only if neither a cookie of the
// domain nor a site of that name is stored.
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
		if l.old.Item == nil && at > 0 && !p.HadDomain(c.Domain) {
			continue // it may be the site of a public suffix
		}
		l.name, l.hash, l.suffix, l.slot = name, hash, p.Facts(), sl
		return
	}
	l.name = sites.Site(c.Domain)
	if first < 0 || len(l.name) != len(c.Domain)-first {
		l.hash = names.Site(l.name, in)
	}
	switch {
	case l.name != c.Domain:
	case sites.IsPublicSuffix(l.name):
		l.suffix = suffixYes
	default:
		l.suffix = suffixNo
	}
}

// IsPublicSuffix reports whether the store's list has the domain as a public suffix. It does
// not ask the list where a stored cookie tells: one that is shared with the hosts below the
// domain.
func (s *Store) IsPublicSuffix(domain string) bool {
	for at := firstName(domain); at >= 0; at = nextName(domain, at) {
		if p := s.index.Find(domain[at:], nil); p != nil && p.HasDomain(domain, flagHostOnly) {
			return false
		}
	}
	return s.Sites().IsPublicSuffix(domain)
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
