package match

import (
	"math/big"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/text"
)

// slowURLHost returns the host of a URL, and whether it has one, by the parser of the URL
// standard, word for word as far as cookies need it. The URL has one of the schemes http,
// https, ws and wss, and no base URL. Browsers connect to this host, so it is the literal
// model of [net/url.Parse] followed by [Host].
func slowURLHost(input string) (host string, ok bool) {
	// Remove leading and trailing C0 controls and spaces, and all tabs and newlines.
	input = strings.TrimFunc(input, func(r rune) bool { return r <= ' ' })
	input = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(input)

	// Scheme state.
	scheme, rest, found := strings.Cut(input, ":")
	if !found || !slices.Contains([]string{"http", "https", "ws", "wss"}, strings.ToLower(scheme)) {
		return "", false
	}
	// Special authority slashes and special authority ignore slashes states: with no
	// slashes or too many, an authority follows all the same.
	rest = strings.TrimLeft(rest, `/\`)
	// Authority state: up to a slash of either kind, a query or a fragment. The last
	// at sign ends the credentials.
	if end := strings.IndexAny(rest, `/\?#`); end >= 0 {
		rest = rest[:end]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	// Host state: a colon outside of brackets ends the host.
	inside, buffer, port := false, rest, ""
	for i, c := range []byte(rest) {
		if c == '[' {
			inside = true
		} else if c == ']' {
			inside = false
		} else if c == ':' && !inside {
			buffer, port = rest[:i], rest[i+1:]
			break
		}
	}
	// Port state.
	n := 0
	for _, c := range []byte(port) {
		if c < '0' || c > '9' {
			return "", false
		}
		if n = 10*n + int(c-'0'); n > 65535 {
			return "", false
		}
	}
	if buffer == "" {
		return "", false
	}
	return slowHostParser(buffer)
}

// slowHostParser is the host parser of the URL standard, not opaque.
func slowHostParser(input string) (string, bool) {
	if input[0] == '[' {
		if input[len(input)-1] != ']' {
			return "", false
		}
		address, ok := slowIPv6(input[1 : len(input)-1])
		if !ok {
			return "", false
		}
		return "[" + slowSerializeIPv6(address) + "]", true
	}
	domain := slowPercentDecode(input)
	if !utf8.ValidString(domain) {
		domain = strings.ToValidUTF8(domain, "\uFFFD") // which no domain contains
	}
	ascii, ok := slowDomainToASCII(domain)
	if !ok || strings.ContainsAny(ascii, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") || strings.IndexFunc(ascii, func(r rune) bool { return r <= 0x1f }) >= 0 {
		return "", false
	}
	if slowEndsInNumber(ascii) {
		return slowIPv4(ascii)
	}
	return ascii, true
}

func slowPercentDecode(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && s[i+1] != '+' && s[i+1] != '-' {
				b = append(b, byte(n))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// slowDomainToASCII is UTS #46's ToASCII with the URL standard's parameters. It uses the
// tables of x/net/idna; the test is about the steps around them.
func slowDomainToASCII(domain string) (string, bool) {
	if text.IsASCII(domain) && !strings.Contains(strings.ToLower("."+domain), ".xn--") {
		return strings.ToLower(domain), domain != ""
	}
	// An A-label that decodes to nothing or to ASCII only is an error. Each of these
	// characters counts as a full stop.
	for label := range strings.SplitSeq(strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".").Replace(domain), ".") {
		if label = strings.ToLower(label); strings.HasPrefix(label, "xn--") && text.IsASCII(label) {
			if u, err := idna.Punycode.ToUnicode(label); err != nil || text.IsASCII(u) {
				return "", false
			}
		}
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule())
	ascii, err := profile.ToASCII(domain)
	return ascii, err == nil && ascii != ""
}

// slowIPv6 is the IPv6 parser of the URL standard.
func slowIPv6(input string) (address [8]uint16, ok bool) {
	piece, compress, p := 0, -1, 0
	at := func(i int) byte {
		if i < len(input) {
			return input[i]
		}
		return 0
	}
	isDigit := func(c byte) bool { return '0' <= c && c <= '9' }
	if at(p) == ':' {
		if at(p+1) != ':' {
			return address, false
		}
		p += 2
		piece++
		compress = piece
	}
	for p < len(input) {
		if piece == 8 {
			return address, false
		}
		if input[p] == ':' {
			if compress >= 0 {
				return address, false
			}
			p++
			piece++
			compress = piece
			continue
		}
		value, length := 0, 0
		for length < 4 && p < len(input) && strings.IndexByte("0123456789abcdefABCDEF", input[p]) >= 0 {
			d, _ := new(big.Int).SetString(input[p:p+1], 16)
			value = value*16 + int(d.Int64())
			p++
			length++
		}
		if at(p) == '.' {
			if length == 0 {
				return address, false
			}
			p -= length
			if piece > 6 {
				return address, false
			}
			numbers := 0
			for p < len(input) {
				ipv4 := -1
				if numbers > 0 {
					if at(p) != '.' || numbers >= 4 {
						return address, false
					}
					p++
				}
				if !isDigit(at(p)) {
					return address, false
				}
				for isDigit(at(p)) {
					number := int(at(p) - '0')
					switch ipv4 {
					case -1:
						ipv4 = number
					case 0:
						return address, false
					default:
						ipv4 = ipv4*10 + number
					}
					if ipv4 > 255 {
						return address, false
					}
					p++
				}
				address[piece] = address[piece]*0x100 + uint16(ipv4)
				numbers++
				if numbers == 2 || numbers == 4 {
					piece++
				}
			}
			if numbers != 4 {
				return address, false
			}
			break
		} else if at(p) == ':' {
			p++
			if p == len(input) {
				return address, false
			}
		} else if p < len(input) {
			return address, false
		}
		address[piece] = uint16(value)
		piece++
	}
	if compress >= 0 {
		swaps := piece - compress
		for piece = 7; piece != 0 && swaps > 0; piece, swaps = piece-1, swaps-1 {
			other := compress + swaps - 1
			address[piece], address[other] = address[other], address[piece]
		}
	} else if piece != 8 {
		return address, false
	}
	return address, true
}

// slowSerializeIPv6 is the IPv6 serializer of the URL standard.
func slowSerializeIPv6(address [8]uint16) string {
	compress, longest := -1, 1
	for i := 0; i < 8; i++ {
		n := 0
		for i+n < 8 && address[i+n] == 0 {
			n++
		}
		if n > longest {
			compress, longest = i, n
		}
	}
	var out strings.Builder
	for i := 0; i < 8; i++ {
		if i == compress {
			if i == 0 {
				out.WriteString("::")
			} else {
				out.WriteString(":")
			}
			i += longest - 1
			continue
		}
		out.WriteString(strconv.FormatUint(uint64(address[i]), 16))
		if i != 7 {
			out.WriteString(":")
		}
	}
	return out.String()
}

// urls are spellings in which two programs have seen different hosts.
var urls = []string{
	"https://example.com/", "https://example.com%5C@example.net/", `https://example.com\@example.net/`, "https://a:b@example.net:443/x",
	"https://example.com#@example.net/", "https://example.com?@example.net/", "http://[::1%25.www.example.com]/", "http://[::FFFF:1.2.3.4]/",
	"http://[1:2::3:0:0:0:4]:80", "http://0x7f.1/", "http://127.1.:8080/", "http://1.2.3.4.5/", "http://b\u00fccher.example/", "http://xn--bcher-kva.example/",
	"http://ex\u24d0mple.com/", "http://a\u3002b/", "http://%e3%80%82/", "http://a%2Eb/", "http:///a/", "http:a/", "HTTPS://A.B./", "ws://a:65536/", "wss://a:/",
	"http://a@b@c/", "http://[::1]a/", "http://a\tb/", " http://a/ ", "http://\u00ad/", "http://xn--/", "http://a..b/", "http://./", "http://fa\u00df.de/", "ws://::", "http://e.com.\u00ad",
	"http://\uff11\uff12\uff17\uff0e\ufe0e\ufe0e",
}

// FuzzURL compares the host for which a jar stores and sends cookies with the host that a
// browser would connect to, and with the name that net/http looks up.
//
// What differs: an IPv6 address may have a zone here, or lack its brackets, and a port
// may be larger than there are; to the last two net/http then fails to connect. What
// net/url refuses, or finds no host in, has no cookies; nor has a name outside ASCII
// that is longer than 1024 octets or has an empty label.
func FuzzURL(f *testing.F) {
	for _, u := range urls {
		f.Add(u)
	}
	for _, v := range testkit.Vectors[hostVector](f, "testdata/host.json") {
		f.Add("http://" + v.Host + "/")
		f.Add("https://example.com" + v.Host)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme) {
			return // there is no request
		}
		if u.Host[0] == '[' && !strings.Contains(raw, "//[") && !strings.Contains(raw, "@[") {
			return // the net/url of Go 1.26.0 drops what is in front of the bracket; later ones refuse it
		}
		got, ok := Host(u.Host)
		want, wantOK := slowURLHost(raw)
		address, _ := netip.ParseAddr(u.Hostname())
		port, err := strconv.Atoi(u.Port())
		switch {
		case address.Zone() != "", u.Host[0] != '[' && strings.Count(u.Host, ":") > 1:
			return
		case u.Port() != "" && (err != nil || port > 65535):
			return
		case ok && (!wantOK || got != want):
			t.Errorf("%q: Host(%q) = %q, the URL standard says %q, %t", raw, u.Host, got, want, wantOK)
		case !ok && wantOK && len(want) <= maxIDN && len(u.Host) <= maxIDN:
			// Host refuses names that IDNA accepts only for the reasons in toASCII: an
			// empty label, or a name that does not survive the conversion to Unicode.
			again, err := nonTransitional.ToUnicode(want)
			plain := text.IsASCII(u.Host) && !hasALabel(want)
			name := want
			if hosts.IsIP(want) { // what the name was before it was read as an address
				name, _ = nonTransitional.ToASCII(u.Hostname())
			}
			empty := strings.HasPrefix(name, ".") || strings.Contains(name, "..") ||
				strings.HasSuffix(name, ".") && strings.TrimRight(u.Hostname(), ".\u3002\uff0e\uff61") == u.Hostname()
			if plain || err == nil && !hasALabel(again) && !empty {
				t.Errorf("%q: Host(%q) has none, the URL standard says %q", raw, u.Host, want)
			}
		}
		if !ok || hosts.IsIP(got) {
			return
		}
		// net/http connects to an ASCII name unchanged, and to the result of idna.Lookup
		// for other names.
		dialed, err := u.Hostname(), error(nil)
		if !text.IsASCII(dialed) {
			dialed, err = idna.Lookup.ToASCII(dialed)
		}
		if err == nil && strings.ToLower(dialed) != got {
			t.Errorf("%q: the cookie host is %q, net/http connects to %q", raw, got, dialed)
		}
	})
}
