package match

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/text"
)

// Host returns the canonical form of the host of a URL, and whether it has one. hostport may
// be a [net/url.URL.Host], with a port, brackets, upper case or letters outside ASCII, or
// the result of [net/url.URL.Hostname].
//
// A name is converted to lower-case A-labels. It keeps its trailing dot: with and without
// the dot, it names two hosts. An IPv4 address is returned as four decimal numbers, an IPv6
// address in its shortest form in brackets. A zone stays unchanged: it names an interface
// of this machine, and net/http dials it although browsers refuse it. A canonical host is
// returned without allocating, unless it has A-labels or a zone.
//
// See RFC 6265bis, Section 5.1.2, and the host parser of the URL standard, which browsers
// use: a label may contain all of ASCII but the forbidden domain code points.
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

// isCanonical reports whether one pass over the bytes of a host shows that it is a canonical
// name. If it returns false, the host may still be canonical.
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

// The classes of bytes in a host name. A byte of class zero is canonical in any position.
const (
	hyphen = 1 << iota // canonical, too, but it may be part of "xn--"
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

// cutPort returns hostport without its port. ok reports whether the port is empty or a
// number. A host with several colons and no brackets can only be an IPv6 address, without a
// port.
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
		// netip writes the last four bytes as IPv4, browsers do not.
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

// nonTransitional is the URL standard's "domain to ASCII" with beStrict false: UTS #46
// with CheckBidi and CheckJoiners, without UseSTD3ASCIIRules, CheckHyphens and
// VerifyDnsLength.
var nonTransitional = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
)

// maxIDN is the maximum length in bytes of names before and after IDNA, which takes
// quadratic time. It excludes no name that DNS can hold: 253 bytes of A-labels, the maximum
// in DNS, encode fewer than 1024 bytes of UTF-8.
const maxIDN = 1024

// toASCII returns the canonical form of a host name. See RFC 6265bis, Section 5.1.2. IDNA
// applies its steps to all labels at once.
//
// Deviation: step 2 allows labels that are empty or contain any ASCII but the forbidden
// domain code points, as browsers do: some hosts have under_scores. Package rules stores no
// cookie for a host that ends in an empty label.
func toASCII(host string) (canonical string, ok bool) {
	if hasForbidden(host) { // 2
		return "", false
	}
	if text.IsASCII(host) {
		host = strings.ToLower(host)
		if !hasALabel(host) {
			return host, true // no label needs IDNA
		}
	}
	if len(host) > maxIDN || !utf8.ValidString(host) {
		return "", false
	}
	name, err := nonTransitional.ToASCII(host)                  // 1, 3, 4 and 5
	if err != nil || len(name) > maxIDN || hasForbidden(name) { // IDNA maps "℀" to "a/c"
		return "", false
	}
	// The rest is step 4 again, for fake A-labels that package idna accepts. The label
	// "xn--" decodes to an empty label.
	if name == "" || name[0] == '.' || strings.Contains(name, "..") ||
		strings.HasSuffix(name, ".") && host == strings.TrimRight(host, ".。．｡") {
		return "", false
	}
	// Unassigned code points, and A-labels within A-labels, show only in the conversion
	// back to Unicode.
	if u, err := nonTransitional.ToUnicode(name); err != nil || hasALabel(u) {
		return "", false
	}
	return name, true
}

// hasALabel reports whether a label of a name begins with "xn--".
func hasALabel(name string) bool {
	return strings.HasPrefix(name, "xn--") || strings.Contains(name, ".xn--")
}

// hasForbidden reports whether s contains a forbidden domain code point of the URL
// standard. They are all ASCII.
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

// keep returns b as a string. If b equals s, it returns s and allocates nothing.
func keep(s string, b []byte) string {
	if s == string(b) {
		return s
	}
	return string(b)
}
