package parse

import (
	"net/http"
	"testing"
	"time"
)

// BenchmarkSetCookie compares SetCookie with the standard library's parser on
// a line with six attributes.
//
//	go test -run='^$' -bench=SetCookie -count=10 ./internal/parse | benchstat -col /impl -
func BenchmarkSetCookie(b *testing.B) {
	const line = "session=31d4d96e407aad42c0ffee; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=www.example.com; Path=/account; Secure; HttpOnly; SameSite=Lax"
	expires := time.Date(2026, time.October, 21, 7, 28, 0, 0, time.UTC)

	b.Run("impl=std", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(line)))
		for b.Loop() {
			c, err := http.ParseSetCookie(line)
			if err != nil || c.Value != "31d4d96e407aad42c0ffee" || !c.Expires.Equal(expires) || c.SameSite != http.SameSiteLaxMode {
				b.Fatalf("ParseSetCookie(%q) = %v, %v", line, c, err)
			}
		}
	})
	b.Run("impl=uacookie", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(line)))
		for b.Loop() {
			l := SetCookie(line, 0)
			if l.Value != "31d4d96e407aad42c0ffee" || !l.Expires.Equal(expires) || l.SameSite != "Lax" {
				b.Fatalf("SetCookie(%q) = %+v", line, l)
			}
		}
	})
}
