package match

import (
	"strings"

	"uacookie/jar/internal/hosts"
)

// Domain reports whether a host domain-matches a domain: they are identical, or
// the host is a name under it. See RFC 6265bis, Section 5.1.3.
//
// An IP address matches only itself. So does a host with a colon or a percent sign:
// "::1%.www.example.com" is an address with a zone, and not a name under example.com.
// No host is under the empty domain.
func Domain(host, domain string) bool {
	if host == domain { // 1
		return true
	}
	return hosts.Under(host, domain) && isName(host) // 2.3
}

// isName reports whether a host is a name and not an address. The host need not be canonical.
func isName(host string) bool {
	return host != "" && !hosts.IsIP(host) && strings.IndexByte(host, ':') < 0 && strings.IndexByte(host, '%') < 0
}
