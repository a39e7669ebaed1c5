package match

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"uacookie/jar/internal/hosts"

	"golang.org/x/net/idna"
)

// Host returns the canonical form of the host of a URL, and whether it has one.
// The host may be spelled as in [net/url.URL.Host], with a port, brackets,
// upper case or letters outside ASCII, or as in [net/url.URL.Hostname].
//
// A name becomes lower-case A-labels and keeps its trailing dot: with and
// without it are two hosts. IPv4 becomes four decimal numbers, IPv6 its shortest
// form in brackets. A zone is kept as it is: it names an interface of this
// machine, which a browser would refuse but net/http dials. What is canonical
// already is returned without allocating, unless it has A-labels or a zone.
//
// See RFC 6265bis, Section 5.1.2, and the host parser of the URL standard, which
// is how browsers do it: all ASCII but its forbidden domain code points may be
// in a label.
func Host(hostport string) (canonical string, ok bool) {
	if isCanonical(hostport) {
		return hostport, true
	}
	host, ok := cutPort(hostport)
	switch {
	case !ok || host == "":
		return "", false
	case host[0] == '[' || strings.Contains(host, ":"):
		return ipv6(host)
	}
	host, ok = toASCII(host)
	if ok && hosts.EndsInNumber(host) {
		return ipv4(host)
	}
	return host, ok
}

// isCanonical reports whether a host is seen in one look at each octet to be a
// canonical name.
func isCanonical(host string) bool {
	seen := uint8(0)
	for i := range len(host) {
		seen |= octets[host[i]]
	}
	if seen&other != 0 || seen&hyphen != 0 && strings.Contains(host, "xn--") {
		return false
	}
	return host != "" && !hosts.EndsInNumber(host)
}

// What an octet is in a host name. What is zero stays as it is wherever it stands.
const (
	hyphen = 1 << iota // does too, but may be of an A-label
	other
)

var octets = func() (class [256]uint8) {
	for c := range class {
		if name := string(rune(c)); c >= utf8.RuneSelf || hasForbidden(name) || strings.ToLower(name) != name {
			class[c] = other
		}
	}
	class['-'] = hyphen
	return class
}()

// cutPort returns hostport without its port, which may be empty, and whether
// that port is a number. More than one colon outside of brackets can only be an
// IPv6 address, which has no port then.
func cutPort(hostport string) (host string, ok bool) {
	i := strings.LastIndexByte(hostport, ':')
	if i < 0 || strings.HasSuffix(hostport, "]") ||
		hostport[0] != '[' && strings.IndexByte(hostport, ':') < i {
		return hostport, true
	}
	return hostport[:i], digits(hostport[i+1:])
}

// ipv6 returns the canonical form of an IPv6 address with or without brackets.
func ipv6(host string) (canonical string, ok bool) {
	literal := host
	if host[0] == '[' {
		if literal, ok = strings.CutSuffix(host[1:], "]"); !ok {
			return "", false
		}
	}
	addr, err := netip.ParseAddr(literal)
	if err != nil || !addr.Is6() || !utf8.ValidString(addr.Zone()) || hasForbidden(addr.Zone()) {
		return "", false
	}
	var buf [64]byte
	b := append(buf[:0], '[')
	if addr.Is4In6() {
		// netip writes the last four octets as IPv4, browsers do not.
		a := addr.As16()
		b = append(b, "::ffff:"...)
		b = strconv.AppendUint(b, uint64(a[12])<<8|uint64(a[13]), 16)
		b = append(b, ':')
		b = strconv.AppendUint(b, uint64(a[14])<<8|uint64(a[15]), 16)
		if addr.Zone() != "" {
			b = append(append(b, '%'), addr.Zone()...)
		}
	} else {
		b = addr.AppendTo(b)
	}
	return keep(host, append(b, ']')), true
}

// nonTransitional is what the URL standard calls domain to ASCII, not strict:
// UTS #46 with CheckBidi and CheckJoiners, without UseSTD3ASCIIRules,
// CheckHyphens and VerifyDnsLength.
var nonTransitional = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
)

// maxIDN bounds the names that go through IDNA, which takes quadratic time, and
// those that come out of it. It is no loss: 253 octets of A-labels, the most that
// DNS can hold, stand for fewer than 1024 octets of UTF-8.
const maxIDN = 1024

// toASCII returns the canonical form of a host name: RFC 6265bis,
// Section 5.1.2. IDNA takes its steps for all labels at once.
//
// Deviation: step 2 lets labels pass that are empty, or have any ASCII but the
// forbidden domain code points, as browsers do: there are hosts with under_scores.
// Package policy has no cookies for a host whose end is an empty label.
func toASCII(host string) (canonical string, ok bool) {
	if hasForbidden(host) { // 2
		return "", false
	}
	if isASCII(host) {
		host = strings.ToLower(host)
		if !hasALabel(host) {
			return host, true // no label is for IDNA to look at
		}
	}
	if len(host) > maxIDN || !utf8.ValidString(host) {
		return "", false
	}
	name, err := nonTransitional.ToASCII(host)                  // 1, 3, 4 and 5
	if err != nil || len(name) > maxIDN || hasForbidden(name) { // "℀" has become "a/c"
		return "", false
	}
	// The rest is 4 again, for fake A-labels that idna lets through. What "xn--"
	// alone decodes to is an empty label.
	if name == "" || name[0] == '.' || strings.Contains(name, "..") ||
		strings.HasSuffix(name, ".") && host == strings.TrimRight(host, ".。．｡") {
		return "", false
	}
	// Code points that are unassigned, and A-labels within A-labels, are seen
	// only on the way back.
	if u, err := nonTransitional.ToUnicode(name); err != nil || hasALabel(u) {
		return "", false
	}
	return name, true
}

// hasALabel reports whether a label of a name begins like an A-label.
func hasALabel(name string) bool {
	return strings.HasPrefix(name, "xn--") || strings.Contains(name, ".xn--")
}

// hasForbidden reports whether s has a forbidden domain code point of the URL
// standard, all of which are ASCII.
func hasForbidden(s string) bool {
	for i := range len(s) {
		switch c := s[i]; c {
		case '#', '%', '/', ':', '<', '>', '?', '@', '[', '\\', ']', '^', '|', 0x7f:
			return true
		default:
			if c <= ' ' {
				return true
			}
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// keep returns b as a string, which is s if it is the same and else a new one.
func keep(s string, b []byte) string {
	if s == string(b) {
		return s
	}
	return string(b)
}
