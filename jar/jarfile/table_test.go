package jarfile

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

var tableCookies = flag.Int("table", 0, "print the second table of cookiefile/PERFORMANCE.md, measured with `n` cookies")

// TestTable makes the second table of cookiefile/PERFORMANCE.md:
//
//	go test -run TestTable -table 1000000 -v
func TestTable(t *testing.T) {
	n := *tableCookies
	if n == 0 {
		n = 100 // so that it works on the day when it is needed
	}
	var table strings.Builder
	fmt.Fprintln(&table, "| Format | Open, CPU s | First Save, CPU s | Save of one change, CPU s | Heap of an open File, MB |")
	fmt.Fprintln(&table, "|---|--:|--:|--:|--:|")
	for f := cookiefile.FormatJSON; f <= cookiefile.FormatWebDriver; f++ {
		o := options()
		o.Format = f
		o.Jar.Limits = new(jar.Limits)
		path := filepath.Join(t.TempDir(), f.String())
		seconds := func(do func()) string {
			runtime.GC()
			start := cpuTime()
			do()
			return fmt.Sprintf("%.1f", (cpuTime() - start).Seconds())
		}
		file := open(t, path, o)
		for i := range n { // ten of each site
			c := cookie("name"+strconv.Itoa(i), "0123456789abcdef0123456789abcdef")
			c.Domain = "www.site" + strconv.Itoa(i/10) + ".example"
			c.Expires, c.Secure = today.Add(time.Hour), true
			set(t, file, c)
		}
		first := seconds(func() { save(t, file) })

		file = nil
		before := heap()
		opened := seconds(func() { file = open(t, path, o) })
		grown := heap() - before
		set(t, file, cookie("one", "change"))
		again := seconds(func() { save(t, file) })
		if got := file.Jar().Len(); got != n+1 {
			t.Errorf("%v: %d cookies in the jar, want %d", f, got, n+1)
		}
		fmt.Fprintf(&table, "| %v | %s | %s | %s | %.0f |\n", f, opened, first, again, float64(grown)/1e6)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if *tableCookies > 0 {
		t.Logf("%d cookies\n\n%s", n, table.String())
	}
}

// heap returns how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
