package main
import "testing"
func BenchmarkRow(b *testing.B) {
	for i := range rows { r := &rows[i]; if r.both == nil { continue }
		b.Run(r.name, func(b *testing.B) {
			b.Run("impl=std", func(b *testing.B) { s := r.both(); b.ReportAllocs(); b.ResetTimer(); s.std(b.N) })
			b.Run("impl=uacookie", func(b *testing.B) { s := r.both(); b.ReportAllocs(); b.ResetTimer(); s.own(b.N) })
		})
	}
}
