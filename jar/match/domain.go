package match

import (
	"strings"

	"uacookie/jar/internal/hosts"
)

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
	return hosts.Under(host, domain) && isName(host) // 2.3
}

// isName reports whether a host is a name, and no address, even if it is not canonical.
func isName(host string) bool {
	return host != "" && !hosts.IsIP(host) && strings.IndexByte(host, ':') < 0 && strings.IndexByte(host, '%') < 0
}
