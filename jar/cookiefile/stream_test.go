package cookiefile

import (
	"io"
	"runtime"
	"testing"

	"uacookie/internal/testkit"
)

// A million cookies are written and read in little memory: nothing grows with the
// file.
func TestStreams(t *testing.T) {
	const most = 2 << 20
	cookies := 1_000_000
	if testkit.Race {
		cookies /= 20
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, f := range []Format{FormatJSON, FormatNetscape, FormatCDP} { // each reader, and each writer
		t.Run(f.String(), func(t *testing.T) {
			r, w := io.Pipe()
			go func() { w.CloseWithError(Write(w, many(cookies), &WriteOptions{Format: f})) }()
			before, n := heap(), 0
			for _, err := range Read(r, nil) {
				if err != nil {
					t.Fatal("Read:", err)
				}
				if n++; n%(cookies/4) == 0 {
					if now := heap(); now > before+most {
						t.Errorf("after %d cookies there are %d bytes more in use, want at most %d", n, now-before, most)
					}
				}
			}
			if n != cookies {
				t.Errorf("Read yields %d cookies, want %d", n, cookies)
			}
		})
	}
}
