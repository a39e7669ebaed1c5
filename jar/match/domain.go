package match

import "strings"

// Domain reports whether a host domain-matches a domain: they are identical, or
// the host is a name under it. See RFC 6265bis, Section 5.1.3.
//
// An address matches only itself, and so does whatever has a colon or a percent
// sign in it: "::1%.www.example.com" is an address with a zone, and not a name
// under example.com. Nothing is under the empty domain.
func Domain(host, domain string) bool {
	if host == domain { // 1
		return true
	}
	return Under(host, domain) && isName(host) // 2.3
}

// Under reports whether a host ends in a dot and that domain, which is not empty. A host
// that does domain-matches the domain unless it is an address.
// See RFC 6265bis, Section 5.1.3, steps 2.1 and 2.2.
func Under(host, domain string) bool {
	n := len(host) - len(domain)
	return n > 0 && host[n:] == domain && domain != "" && // 2.1
		host[n-1] == '.' // 2.2
}

// isName reports whether a host is a name, and no address, even if it is not canonical.
func isName(host string) bool {
	return host != "" && !IsIP(host) && strings.IndexByte(host, ':') < 0 && strings.IndexByte(host, '%') < 0
}
