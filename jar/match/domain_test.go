package match

import (
	"testing"

	"uacookie/internal/testkit"
)

type domainVector struct {
	ID, Why, Spec string
	Host, Domain  string
	Want          bool
}

func TestDomain(t *testing.T) {
	for _, v := range testkit.Vectors[domainVector](t, "testdata/domain.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := Domain(v.Host, v.Domain); got != v.Want {
				t.Errorf("Domain(%q, %q) = %t, want %t: %s", v.Host, v.Domain, got, v.Want, v.Why)
			}
		})
	}
}

// slowDomain is the literal model of [Domain]: RFC 6265bis, Section 5.1.3, word for word. A
// canonical host contains a colon or a percent sign only if it is an address, and no domain
// is empty. Domain returns false for other hosts with these, and for the empty domain.
func slowDomain(host, domain string) bool {
	identical := host == domain
	at := len(host) - len(domain)
	suffix := at >= 0 && host[at:] == domain
	afterDot := at > 0 && host[at-1] == '.'
	address := host != "" && host[0] == '[' || slowEndsInNumber(host)
	for _, c := range host {
		address = address || c == ':' || c == '%'
	}
	return identical || domain != "" && suffix && afterDot && !address
}

func FuzzDomain(f *testing.F) {
	for _, v := range testkit.Vectors[domainVector](f, "testdata/domain.json") {
		f.Add(v.Host, v.Domain)
	}
	f.Fuzz(func(t *testing.T, host, domain string) {
		for _, host := range []string{host, host + domain, host + "." + domain} {
			// Domain expects canonical hosts, which are never like 0X1.
			if h, ok := Host(host); ok {
				host = h
			} else if host != asciiLower(host) {
				return
			}
			if got, want := Domain(host, domain), slowDomain(host, domain); got != want {
				t.Errorf("Domain(%q, %q) = %t, reference says %t", host, domain, got, want)
			}
		}
	})
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
