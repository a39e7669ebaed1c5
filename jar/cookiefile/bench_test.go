package cookiefile

import (
	"io"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// many yields n cookies, ten of each site in turn.
func many(n int) iter.Seq[jar.Cookie] {
	at := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func(jar.Cookie) bool) {
		host := ""
		for i := range n {
			if i%10 == 0 {
				host = "www.site" + strconv.Itoa(i/10) + ".example"
			}
			c := jar.Cookie{
				Name: "name" + strconv.Itoa(i), Value: "0123456789abcdef0123456789abcdef",
				Domain: host, HostOnly: true, Path: "/",
				Expires: at, Secure: true, Created: at, LastAccess: at, Order: uint64(i + 1),
			}
			if !yield(c) {
				return
			}
		}
	}
}

// The benchmarks report the time for one cookie: nothing in this package grows with
// the file.
const benchCookies = 10000

func BenchmarkWrite(b *testing.B) {
	for f := FormatJSON; f < writableCount; f++ {
		b.Run("format="+f.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Write(io.Discard, many(benchCookies), &WriteOptions{Format: f}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchCookies, "ns/cookie")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for f := FormatJSON; f < writableCount; f++ {
		var text strings.Builder
		if err := Write(&text, many(benchCookies), &WriteOptions{Format: f}); err != nil {
			b.Fatal(err)
		}
		b.Run("format="+f.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range Read(strings.NewReader(text.String()), nil) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != benchCookies {
					b.Fatalf("got %d cookies, want %d", n, benchCookies)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchCookies, "ns/cookie")
		})
	}
}
