package match

import (
	"strings"

	"uacookie/jar/internal/hosts"

	"golang.org/x/net/publicsuffix"
)

// A PublicSuffixList returns the public suffix of a domain. It has the method set of
// [net/http/cookiejar.PublicSuffixList].
//
// The argument of PublicSuffix is a name in lower case and A-labels, without a trailing dot
// and without empty labels. The result must be the last labels of that name. PublicSuffix
// must be safe for concurrent use. String identifies the list.
type PublicSuffixList interface {
	PublicSuffix(domain string) string
	String() string
}

// Sites sorts hosts into sites by a public suffix list. The zero Sites uses the list
// embedded in [golang.org/x/net/publicsuffix]. If no rule matches a name, the rule "*"
// applies: the last label is the public suffix.
//
// A list may be broken: it returns an empty suffix, or one that is not the last labels of
// the name. Such a name has no public suffix and no registrable domain. It is treated like a
// public suffix: it is a site of its own, and no domain cookie is shared there. The same
// applies to a name for which the list contradicts itself, because the registrable domain of
// its registrable domain is not that domain. So a broken list withholds cookies that should
// be sent, but never sends a cookie to another site.
type Sites struct {
	list PublicSuffixList // nil for the embedded one

	// See WithWildcardParents and WithEmptyLabels.
	wildcardParents, emptyLabels bool
}

// embeddedList is the embedded list, even if a program later assigns another list to
// publicsuffix.List. embeddedKnown reports whether embeddedAbove was generated from this
// version of the list.
var (
	embeddedList  PublicSuffixList = publicsuffix.List
	embeddedKnown                  = embeddedList.String() == embeddedVersion
)

// NewSites returns the Sites of a list. If list is nil, a nil *[List] or
// [publicsuffix.List], it returns the zero Sites.
func NewSites(list PublicSuffixList) Sites {
	if l, ok := list.(*List); ok && l == nil || list == embeddedList {
		return Sites{}
	}
	return Sites{list: list}
}

// WithWildcardParents returns s with one difference: a wildcard rule also makes its parent
// a public suffix, unless another rule says otherwise. By the rule "*.kawasaki.jp" alone,
// "kawasaki.jp" is a public suffix, too. Chromium reads its list this way.
func (s Sites) WithWildcardParents() Sites {
	s.wildcardParents = true
	return s
}

// WithEmptyLabels returns s with one difference: a name with empty labels before its last
// label has the registrable domain of the part after the last empty label. The registrable
// domain of "a..example.com" is "example.com". Chromium reads its list this way.
func (s Sites) WithEmptyLabels() Sites {
	s.emptyLabels = true
	return s
}

// publicSuffix returns the public suffix of a canonical host, with a trailing dot if the
// host has one. It returns "" for addresses, names with empty labels, and names for which
// the list is broken.
func (s Sites) publicSuffix(host string) string {
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

// hasEmptyLabel reports whether a name has an empty label before its last label. The name
// must not be empty.
func hasEmptyLabel(name string) bool { return name[0] == '.' || strings.Contains(name, "..") }

// afterEmptyLabel returns the part of a name after its last empty label. It returns the
// whole name if it has no empty label or ends in one.
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

// IsPublicSuffix reports whether a host is a name whose subdomains may not share cookies: a
// public suffix, or a name without a registrable domain for another reason (see [Sites]).
// The host may be in any spelling that [Host] accepts. IsPublicSuffix returns false for
// addresses, which have no subdomains.
//
// This check alone does not make a Domain attribute valid: the domain must also belong to
// the host's own Site. amazonaws.com is not a public suffix, but s3.amazonaws.com is, and
// the hosts below s3.amazonaws.com share no cookies with amazonaws.com.
func (s Sites) IsPublicSuffix(host string) bool {
	host, ok := Host(host)
	return ok && !hosts.IsIP(host) && s.Registrable(host) == ""
}

// Registrable returns the registrable domain of a canonical host: its public suffix and one
// label more. It returns "" for hosts without a registrable domain, such as addresses,
// public suffixes, single labels and names with empty labels.
//
// The registrable domain of a registrable domain is itself, even if the list is broken.
func (s Sites) Registrable(host string) string {
	domain := s.registrable(host)
	if domain != host && domain != "" && !s.consistent() && s.registrable(domain) != domain {
		return ""
	}
	return domain
}

// registrable is Registrable without the check that the list is consistent.
func (s Sites) registrable(host string) string {
	suffix := s.publicSuffix(host)
	if suffix == "" && s.emptyLabels {
		if rest := afterEmptyLabel(host); rest != host {
			return s.Registrable(rest)
		}
	}
	if suffix == "" || suffix == host {
		return ""
	}
	// No rule names a label with a star in it, so only a wildcard can match.
	if s.wildcardParents && s.suffixesBelow(host) && len(s.publicSuffix("*."+host)) > len(host) {
		return ""
	}
	labels := host[:len(host)-len(suffix)-len(".")]
	return host[strings.LastIndexByte(labels, '.')+1:]
}

// Site returns the name under which the cookies of a canonical host are filed: its
// registrable domain, or the host itself if it has no registrable domain.
func (s Sites) Site(host string) string {
	if domain := s.Registrable(host); domain != "" {
		return domain
	}
	return host
}

// consistent reports whether the list cannot contradict itself, because it is a set of
// rules.
func (s Sites) consistent() bool {
	_, ok := s.list.(*List)
	return ok || s.list == nil
}

// SuffixesBelow reports whether there may be public suffixes below a registrable domain, as
// s3.amazonaws.com is below amazonaws.com. If it returns false, the domain is the Site of
// all names below it that have no empty label. It returns true for a list that is neither a
// [List] nor the embedded one, and for an embedded list of an unknown version.
func (s Sites) SuffixesBelow(domain string) bool {
	return s.suffixesBelow(domain)
}

// suffixesBelow is SuffixesBelow for any name that is not a public suffix.
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
