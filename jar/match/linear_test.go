package match

import (
	"strings"
	"testing"
	"time"
)

// Reading a list and looking a name up take time linear in the lengths of the list and the
// name, for hostile lists and names, too.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many megabytes")
	}
	const (
		size  = 1 << 13
		times = 16
		limit = 100
	)
	cost := func(f func()) time.Duration {
		least := time.Duration(1<<63 - 1)
		for range 4 {
			start := time.Now()
			f()
			least = min(least, time.Since(start))
		}
		return max(least, 2*time.Microsecond)
	}
	check := func(name string, work func(n int) func()) {
		t.Helper()
		small, large := work(size), work(times*size)
		var quick, slow time.Duration
		for range 3 {
			if quick, slow = cost(small), cost(large); slow <= limit*quick {
				return
			}
		}
		t.Errorf("%s: size %d takes %v and size %d takes %v, want linear time", name, size, quick, times*size, slow)
	}
	rep := strings.Repeat
	for name, list := range map[string]func(n int) string{
		"one rule":        func(n int) string { return rep("a", n) },
		"labels":          func(n int) string { return rep("a.", n) + "a" },
		"rules":           func(n int) string { return rep("aa.bb\n", n/6) },
		"blank lines":     func(n int) string { return rep("\n", n) },
		"comments":        func(n int) string { return rep("// x\n", n/5) },
		"one comment":     func(n int) string { return "//" + rep("x", n) },
		"stars":           func(n int) string { return rep("*.", n) },
		"marks":           func(n int) string { return rep("!", n) },
		"letters":         func(n int) string { return rep("\u00e9", n/2) },
		"carriage return": func(n int) string { return rep("\r", n) + "a" },
	} {
		check("ParseList, "+name, func(n int) func() {
			text := list(n)
			return func() { ParseList(strings.NewReader(text), "test") }
		})
	}
	deep := "a\n"
	for i := range 120 {
		deep += rep("a.", i) + "a\n*." + rep("a.", i) + "b\n"
	}
	l, err := ParseList(strings.NewReader(deep), "deep")
	if err != nil {
		t.Fatal(err)
	}
	for name, host := range map[string]func(n int) string{
		"labels":    func(n int) string { return rep("a.", n/2) + "a" },
		"other":     func(n int) string { return rep("b.", n/2) + "b" },
		"one label": func(n int) string { return rep("a", n) },
		"dots":      func(n int) string { return rep(".", n) },
	} {
		for list, sites := range map[string]Sites{"deep": NewSites(l), "embedded": {}, "parents": Sites{}.WithWildcardParents()} {
			check("Registrable, "+list+" list, "+name, func(n int) func() {
				h := host(n)
				return func() { sites.Registrable(h); sites.IsPublicSuffix(h) }
			})
		}
		check("Domain, "+name, func(n int) func() {
			h, d := "x."+host(n), host(n)
			return func() { Domain(h, d); Domain(d, h) }
		})
	}
}
