package match

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"uacookie/internal/words"
)

// A PublicSuffixList says what the public suffix of a domain is. It has the
// method set of [net/http/cookiejar.PublicSuffixList].
//
// PublicSuffix is given a name in lower case and A-labels, without a trailing
// dot and without empty labels, and returns the end of it, from the start of a
// label. It must be safe for concurrent use. String says which list it is.
type PublicSuffixList interface {
	PublicSuffix(domain string) string
	String() string
}

// Sites tells which hosts belong together, by a public suffix list. The zero
// Sites uses the list embedded in [golang.org/x/net/publicsuffix]. Names that no
// rule covers are under the rule "*": their last label is the public suffix.
//
// A list may be broken: its answer empty, or not the end of the name at a label.
// Then the name has no public suffix and no registrable domain, so it is treated
// like one on the list: it is a site of its own, and no domain cookie is shared
// there. The mistake costs cookies that should be sent; it never sends them to
// a host of somebody else.
type Sites struct {
	list PublicSuffixList

	// See WithWildcardParents and WithEmptyLabels.
	wildcardParents, emptyLabels bool
}

// NewSites returns the Sites of a list. If list is nil, that is the zero Sites.
func NewSites(list PublicSuffixList) Sites { return Sites{list: list} }

// WithWildcardParents returns s with one difference: a name right below which all
// names are public suffixes is one too, unless a rule says otherwise. So is
// "kawasaki.jp" by the rule "*.kawasaki.jp" alone. Chromium reads its list so.
func (s Sites) WithWildcardParents() Sites {
	s.wildcardParents = true
	return s
}

// WithEmptyLabels returns s with one difference: a name with empty labels, other than at
// its end, has the registrable domain of what follows the last of them. That of
// "a..example.com" is "example.com". Chromium reads its list so.
func (s Sites) WithEmptyLabels() Sites {
	s.emptyLabels = true
	return s
}

// PublicSuffix returns the public suffix of a canonical host, with a trailing dot
// if the host has one. It is empty for addresses, names with empty labels, and
// names for which the list is broken.
func (s Sites) PublicSuffix(host string) string {
	if !isName(host) || hasEmptyLabel(host) {
		return ""
	}
	name := strings.TrimSuffix(host, ".")
	var suffix string
	if s.list == nil {
		suffix, _ = publicsuffix.PublicSuffix(name)
	} else {
		suffix = s.list.PublicSuffix(name)
	}
	if suffix == "" || name != suffix && !Under(name, suffix) {
		return ""
	}
	return host[len(name)-len(suffix):]
}

// hasEmptyLabel reports whether a name, which is not empty, has a label that is, other
// than the last.
func hasEmptyLabel(name string) bool {
	if name[0] == '.' {
		return true
	}
	n := len(name)
	if n < 8 {
		return strings.Contains(name, "..")
	}
	found := twoDots(words.At(name, n-8))
	for ; len(name) > 8; name = name[7:] { // each octet with the next
		found |= twoDots(words.At(name, 0))
	}
	return found != 0
}

// afterEmptyLabel returns what follows the last empty label of a name. It returns a name
// that has none, or ends in one, as it is.
func afterEmptyLabel(name string) string {
	if strings.HasSuffix(name, "..") {
		return name
	}
	if i := strings.LastIndex(name, ".."); i >= 0 {
		return name[i+len(".."):]
	}
	if name == "." {
		return name
	}
	return strings.TrimPrefix(name, ".")
}

// twoDots is not zero if w has two dots one after the other.
func twoDots(w uint64) uint64 {
	dots := words.Are(w, '.')
	return dots & (dots << 8)
}

// IsPublicSuffix reports whether a host, in any spelling that [Host] takes, is a
// name below which no cookie may be shared: a public suffix, or a name that has
// no registrable domain for another reason (see [Sites]). Addresses are not:
// nothing is below them.
//
// A Domain attribute that passes this must also be of the host's own Site, as in
// browsers: amazonaws.com is no public suffix, but compute.amazonaws.com is, and
// the hosts below that share nothing with it.
func (s Sites) IsPublicSuffix(host string) bool {
	host, ok := Host(host)
	return ok && !IsIP(host) && s.Registrable(host) == ""
}

// Registrable returns the registrable domain of a canonical host: its public
// suffix and one label more. It is empty if there is none, as for addresses,
// public suffixes, single labels and names with empty labels.
func (s Sites) Registrable(host string) string {
	suffix := s.PublicSuffix(host)
	if suffix == "" && s.emptyLabels {
		if rest := afterEmptyLabel(host); rest != host {
			return s.Registrable(rest)
		}
	}
	if suffix == "" || suffix == host {
		return ""
	}
	// No rule names a label with a star in it, so only a wildcard can match.
	if s.wildcardParents && len(s.PublicSuffix("*."+host)) > len(host) {
		return ""
	}
	labels := host[:len(host)-len(suffix)-len(".")]
	return host[words.LastDot(labels)+1:]
}

// Site returns what the cookies of a canonical host are filed under: its
// registrable domain, or the host itself if it has none.
func (s Sites) Site(host string) string {
	if domain := s.Registrable(host); domain != "" {
		return domain
	}
	return host
}

// String returns the list's own description of itself.
func (s Sites) String() string {
	if s.list == nil {
		return publicsuffix.List.String()
	}
	return s.list.String()
}
