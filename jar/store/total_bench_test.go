package store

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkTotal measures an insertion into a full store, which evicts a cookie.
func BenchmarkTotal(b *testing.B) {
	for _, total := range []int{0, 300_000} {
		b.Run(fmt.Sprint("total=", total), func(b *testing.B) {
			var s Store
			l := &Limits{Total: total, Domain: 50}
			put := func(host string, i int) {
				c := newCookie(fmt.Sprint("name", i%5), host, "/", epoch.Add(time.Duration(i)*time.Second))
				mustPut(b, &s, c, Conditions{Limits: l}, epoch)
			}
			for i := range 300_000 {
				put(fmt.Sprintf("www.site%d.com", i/5), i)
			}
			for i := 0; b.Loop(); i++ {
				put(fmt.Sprintf("www.new%d.com", i), i)
			}
		})
	}
}
