package inspect

import (
	"fmt"
	"testing"
)

// BenchmarkView measures the first view of a jar, in the handler alone.
func BenchmarkView(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		j := mustJar(b, nil)
		for i := range n / 5 {
			receive(b, j, fmt.Sprintf("https://www.site%05d.example/", i), "a=1; Max-Age=1000", "b=2", "c=3; Secure", "d=4", "e=5; Path=/x")
		}
		h := New(j, nil)
		for _, query := range []string{"", "?q=site00042", "?sort=-expires"} {
			b.Run(fmt.Sprintf("cookies=%d/query=%s", n, query), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if body := get(b, h, "/"+query); len(body) < 1000 {
						b.Fatal("no page")
					}
				}
			})
		}
	}
}
