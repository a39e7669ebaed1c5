package match

import (
	"strings"
	"testing"
)

// Eight bytes at a time find what one byte at a time finds: any byte at any position, in
// hosts of each length about that of two words.
func TestIsPlain(t *testing.T) {
	const plain = "abcdefghijklmnopqrstuvwxyz0123456789."
	for n := range 20 {
		for at := range n {
			for c := range 256 {
				host := strings.Repeat("a", at) + string([]byte{byte(c)}) + strings.Repeat("z", n-at-1)
				want := n >= 8 && strings.IndexByte(plain, byte(c)) >= 0
				if got := isPlain(host); got != want {
					t.Fatalf("isPlain(%q) = %t", host, got)
				}
			}
		}
	}
}

// A fast path takes only what the URL standard leaves as it is.
func TestPlainHostsAreCanonical(t *testing.T) {
	for _, host := range []string{"example.com", "a.b.c.d.e.f", "www.example.com.", "..example", "1.2.3.4a"} {
		if got, ok := Host(host); got != host || !ok {
			t.Errorf("Host(%q) = %q, %t", host, got, ok)
		}
	}
	for host, want := range map[string]string{"192.168.1": "192.168.0.1", "example.0x1": "", "12345678": "0.188.97.78"} {
		if got, ok := Host(host); got != want || ok != (want != "") {
			t.Errorf("Host(%q) = %q, %t, want %q", host, got, ok, want)
		}
	}
}
