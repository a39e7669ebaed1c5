package match

import (
	"strings"

	"uacookie/jar/internal/hosts"

	"golang.org/x/net/publicsuffix"
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
// there. So is a name for which the list contradicts itself: what it says is the
// registrable domain is not one by its own answer for that domain. The mistake costs
// cookies that should be sent; it never sends them to another site.
type Sites struct {
	list PublicSuffixList // nil for the embedded one

	// See WithWildcardParents and WithEmptyLabels.
	wildcardParents, emptyLabels bool
}

// embeddedList is the embedded list, whatever a program assigns to publicsuffix.List
// later, and embeddedKnown whether embeddedAbove was made from this version of it.
var (
	embeddedList  PublicSuffixList = publicsuffix.List
	embeddedKnown                  = embeddedList.String() == embeddedVersion
)

// NewSites returns the Sites of a list. If list is nil, a nil *[List] or
// [publicsuffix.List], that is the zero Sites.
func NewSites(list PublicSuffixList) Sites {
	if l, ok := list.(*List); ok && l == nil || list == embeddedList {
		return Sites{}
	}
	return Sites{list: list}
}

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
	if suffix == "" || name != suffix && !hosts.Under(name, suffix) {
		return ""
	}
	return host[len(name)-len(suffix):]
}

// hasEmptyLabel reports whether a name, which is not empty, has an empty label other than
// the last.
func hasEmptyLabel(name string) bool { return name[0] == '.' || strings.Contains(name, "..") }

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

// IsPublicSuffix reports whether a host, in any spelling that [Host] takes, is a
// name below which no cookie may be shared: a public suffix, or a name that has
// no registrable domain for another reason (see [Sites]). Addresses are not:
// nothing is below them.
//
// A Domain attribute that passes this must also be of the host's own Site:
// amazonaws.com is no public suffix, but s3.amazonaws.com is, and the hosts below that
// share nothing with amazonaws.com.
func (s Sites) IsPublicSuffix(host string) bool {
	host, ok := Host(host)
	return ok && !hosts.IsIP(host) && s.Registrable(host) == ""
}

// Registrable returns the registrable domain of a canonical host: its public
// suffix and one label more. It is empty if there is none, as for addresses,
// public suffixes, single labels and names with empty labels.
//
// The registrable domain of a registrable domain is itself, whatever the list says.
func (s Sites) Registrable(host string) string {
	domain := s.registrable(host)
	if domain != host && domain != "" && !s.consistent() && s.registrable(domain) != domain {
		return ""
	}
	return domain
}

// registrable is Registrable as the list has it.
func (s Sites) registrable(host string) string {
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
	if s.wildcardParents && s.suffixesBelow(host) && len(s.PublicSuffix("*."+host)) > len(host) {
		return ""
	}
	labels := host[:len(host)-len(suffix)-len(".")]
	return host[strings.LastIndexByte(labels, '.')+1:]
}

// Site returns what the cookies of a canonical host are filed under: its
// registrable domain, or the host itself if it has none.
func (s Sites) Site(host string) string {
	if domain := s.Registrable(host); domain != "" {
		return domain
	}
	return host
}

// consistent reports whether the list is known not to contradict itself, because it
// is a set of rules.
func (s Sites) consistent() bool {
	_, ok := s.list.(*List)
	return ok || s.list == nil
}

// SuffixesBelow reports whether there may be public suffixes below a registrable
// domain, as s3.amazonaws.com is below amazonaws.com. If not, the domain is the Site of
// all names below it that have no empty label. For a list that is neither a [List] nor
// the embedded one it returns true, and so it does for an embedded list of a version
// that this package does not know.
func (s Sites) SuffixesBelow(domain string) bool {
	return s.suffixesBelow(domain)
}

// suffixesBelow is SuffixesBelow for any name that is no public suffix.
func (s Sites) suffixesBelow(domain string) bool {
	name := strings.TrimSuffix(domain, ".")
	switch l := s.list.(type) {
	case nil:
		return !embeddedKnown || embeddedAbove(name)
	case *List:
		return l.suffixesBelow(name)
	}
	return true
}

// String returns the list's own description of itself.
func (s Sites) String() string {
	if s.list == nil {
		return embeddedList.String()
	}
	return s.list.String()
}
