package match

import (
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/hosts"
	"uacookie/jar/internal/text"
)

type hostVector struct {
	ID, Why, Spec string
	Host, Want    string // Want is empty if there is no canonical form
}

func TestHost(t *testing.T) {
	for _, v := range testkit.Vectors[hostVector](t, "testdata/host.json") {
		t.Run(v.ID, func(t *testing.T) {
			got, ok := Host(v.Host)
			if got != v.Want || ok != (v.Want != "") {
				t.Errorf("Host(%q) = %q, %t, want %q: %s", v.Host, got, ok, v.Want, v.Why)
			}
		})
	}
}

// These hosts are not in the vectors, because JSON strings are UTF-8.
func TestHostInvalidUTF8(t *testing.T) {
	for _, host := range []string{"a\xffb.example", "\xc3", "\xed\xa0\x80.example", "[fe80::1%\xff]"} {
		if got, ok := Host(host); ok {
			t.Errorf("Host(%q) = %q, true, want none: it is not UTF-8", host, got)
		}
	}
}

func TestHostAllocs(t *testing.T) {
	for _, host := range []string{
		"www.example.com", "www.example.com.", "www.example.com:443", "a_b.example",
		"192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:443", "[::ffff:102:304]",
	} {
		if n := testing.AllocsPerRun(100, func() { Host(host) }); n != 0 {
			t.Errorf("Host(%q): %v allocations, want none: it is canonical", host, n)
		}
	}
}

func TestIsIP(t *testing.T) {
	for _, v := range testkit.Vectors[hostVector](t, "testdata/host.json") {
		if v.Want == "" {
			continue
		}
		_, err := netip.ParseAddr(strings.Trim(v.Want, "[]"))
		if got, want := hosts.IsIP(v.Want), err == nil; got != want {
			t.Errorf("hosts.IsIP(%q) = %t, netip says %t", v.Want, got, want)
		}
	}
	if hosts.IsIP("") {
		t.Error(`IsIP("") = true, want false: there is no host`)
	}
}

// slowIPv4 is the literal model of [Host] for hosts that end in a number: the IPv4 parser and
// serializer of the URL standard, word for word.
func slowIPv4(input string) (string, bool) {
	parts := strings.Split(input, ".")
	if parts[len(parts)-1] == "" && len(parts) > 1 {
		parts = parts[:len(parts)-1]
	}
	if len(parts) > 4 {
		return "", false
	}
	var numbers []*big.Int
	for _, part := range parts {
		n, ok := slowNumber(part)
		if !ok {
			return "", false
		}
		numbers = append(numbers, n)
	}
	for _, n := range numbers[:len(numbers)-1] {
		if n.Cmp(big.NewInt(255)) > 0 {
			return "", false
		}
	}
	power := func(n int) *big.Int { return new(big.Int).Exp(big.NewInt(256), big.NewInt(int64(n)), nil) }
	ipv4 := numbers[len(numbers)-1]
	if ipv4.Cmp(power(5-len(numbers))) >= 0 {
		return "", false
	}
	for i, n := range numbers[:len(numbers)-1] {
		ipv4.Add(ipv4, n.Mul(n, power(3-i)))
	}
	n := ipv4.Uint64()
	return fmt.Sprintf("%d.%d.%d.%d", n>>24, n>>16&255, n>>8&255, n&255), true
}

func slowNumber(s string) (*big.Int, bool) {
	if s == "" {
		return nil, false
	}
	base := 10
	if len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X") {
		s, base = s[2:], 16
	} else if len(s) >= 2 && s[0] == '0' {
		s, base = s[1:], 8
	}
	if s == "" {
		return new(big.Int), true
	}
	if strings.ContainsAny(s, "+-_") {
		return nil, false // big.Int would accept them
	}
	return new(big.Int).SetString(s, base)
}

func slowEndsInNumber(input string) bool {
	parts := strings.Split(input, ".")
	if parts[len(parts)-1] == "" {
		if len(parts) == 1 {
			return false
		}
		parts = parts[:len(parts)-1]
	}
	last := parts[len(parts)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := slowNumber(last)
	return ok
}

func FuzzIPv4(f *testing.F) {
	for _, v := range testkit.Vectors[hostVector](f, "testdata/host.json") {
		f.Add(v.Host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if len(host) > 1<<10 || hasForbidden(host) || !text.IsASCII(host) || hasALabel(strings.ToLower(host)) {
			return
		}
		want, ok := strings.ToLower(host), host != ""
		if slowEndsInNumber(host) {
			want, ok = slowIPv4(host)
		}
		if got, gotOK := Host(host); got != want || gotOK != ok {
			t.Errorf("Host(%q) = %q, %t, reference says %q, %t", host, got, gotOK, want, ok)
		}
	})
}

// FuzzHost checks invariants of canonical hosts.
func FuzzHost(f *testing.F) {
	for _, v := range testkit.Vectors[hostVector](f, "testdata/host.json") {
		f.Add(v.Host)
	}
	f.Fuzz(func(t *testing.T, hostport string) {
		host, ok := Host(hostport)
		if !ok {
			if host != "" {
				t.Errorf("Host(%q) = %q, false, want no host", hostport, host)
			}
			return
		}
		for _, spelling := range []string{host, host + ":", host + ":443"} {
			if again, ok := Host(spelling); again != host || !ok {
				t.Errorf("Host(%q) = %q, but Host(%q) = %q, %t", hostport, host, spelling, again, ok)
			}
		}
		literal := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		addr, err := netip.ParseAddr(literal)
		if hosts.IsIP(host) != (err == nil) || addr.Is6() != (host != literal) {
			t.Errorf("hosts.IsIP(%q) = %t, netip says %v, %v", host, hosts.IsIP(host), addr, err)
		}
		name, _, _ := strings.Cut(literal, "%") // all but a zone
		if name == "" || !text.IsASCII(name) || name != strings.ToLower(name) || err != nil && hasForbidden(name) {
			t.Errorf("Host(%q) = %q, which is not canonical", hostport, host)
		}
		if u, err := url.Parse("http://" + host + ":80/"); err == nil && addr.Zone() == "" {
			for _, spelling := range []string{u.Host, u.Hostname()} {
				if got, ok := Host(spelling); got != host || !ok {
					t.Errorf("Host(%q) = %q, %t, want %q", spelling, got, ok, host)
				}
			}
		}
	})
}

func BenchmarkHost(b *testing.B) {
	for _, v := range []struct{ name, host, want string }{
		{"canonical", "www.example.com", "www.example.com"},
		{"port", "www.example.com:8443", "www.example.com"},
		{"upper", "WWW.Example.com", "www.example.com"},
		{"ipv4", "192.0.2.1", "192.0.2.1"},
		{"ipv6", "[2001:db8::1]", "[2001:db8::1]"},
		{"u-label", "bücher.example", "xn--bcher-kva.example"},
	} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got, ok := Host(v.host); got != v.want || !ok {
					b.Fatalf("Host(%q) = %q, %t, want %q", v.host, got, ok, v.want)
				}
			}
		})
	}
}
