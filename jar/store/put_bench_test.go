package store

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkOverwrite(b *testing.B) {
	for _, count := range []int{1, 10, 150, 1000} {
		b.Run(fmt.Sprint("cookies=", count), func(b *testing.B) {
			var s Store
			cookies := make([]Cookie, 2*count)
			for i := range cookies {
				cookies[i] = cookie(fmt.Sprint("name", i%count), "www.example.com", "/", epoch)
				cookies[i].Value = strings.Repeat(string(rune('x'+i/count)), 32)
			}
			g := Guard{Sites: s.Sites()}
			b.ReportAllocs()
			for i := range b.N {
				c := cookies[i%len(cookies)]
				s.Put(&c, g, epoch)
			}
		})
	}
}
