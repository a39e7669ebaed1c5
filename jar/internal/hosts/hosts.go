// Package hosts distinguishes addresses from names.
package hosts

import "strings"

// IsIP reports whether a canonical host is an IPv4 address or an IPv6 address in brackets.
// The last label of a canonical name is never a number, so the end of the host decides.
func IsIP(host string) bool {
	return strings.HasPrefix(host, "[") || EndsInNumber(host)
}

// EndsInNumber reports whether the last label of a lower-case host is a number in decimal,
// octal or hexadecimal. It ignores one trailing dot. The URL standard parses such a host as
// an IPv4 address, and any other as a name.
func EndsInNumber(host string) bool {
	return host != "" && ofNumber[host[len(host)-1]] && lastIsNumber(host)
}

// ofNumber contains the bytes that a number, or the dot after it, may end in. Most names end
// in another byte, which is the fast path of EndsInNumber.
var ofNumber = func() (set [256]bool) {
	for _, c := range "0123456789abcdefx." {
		set[c] = true
	}
	return set
}()

// lastIsNumber is EndsInNumber for a name that is not empty.
func lastIsNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" || last[0] < '0' || '9' < last[0] { // as in .example and .de
		return false
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return allDigits(last)
}

// allDigits reports whether s has only decimal digits.
func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Under reports whether a host ends in a dot and the domain, and the domain is not empty.
// Such a host domain-matches the domain unless it is an address.
// See RFC 6265bis, Section 5.1.3, steps 2.1 and 2.2.
func Under(host, domain string) bool {
	n := len(host) - len(domain)
	return n > 0 && host[n:] == domain && domain != "" && // 2.1
		host[n-1] == '.' // 2.2
}
