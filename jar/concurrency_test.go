package jar_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// Readers, writers, iterators, Clear, Clone, EndSession, eviction, a new list, hooks and
// watchers, all concurrent, for the race detector. Two things hold of the outcome: the changes
// reported add up to the contents of the jar, and each read saw only cookies that were set.
func TestEverythingAtOnce(t *testing.T) {
	rounds := 150
	if soak {
		rounds = 20_000
	}
	list, err := match.ParseList(strings.NewReader("test\nsite1.test\n"), "another")
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		partition          jar.Partition
		name, domain, path string
		hostOnly           bool
	}
	present := map[key]bool{} // guarded by "one goroutine at a time"
	var clock atomic.Int64
	var refused, withheld, watched atomic.Int64
	j := mustJar(t, &jar.Options{
		Limits:   &jar.Limits{Site: 12, SitePurged: 8, PartitionCount: 5, Total: 60, Domain: 4},
		MaxSent:  9,
		Now:      func() time.Time { return noon.Add(time.Duration(clock.Add(1)) * time.Millisecond) },
		Refused:  func(*jar.Refusal) { refused.Add(1) },
		Withheld: func(*jar.Refusal) { withheld.Add(1) },
		Changed: func(c jar.Change) {
			k := key{c.Cookie.Partition, c.Cookie.Name, c.Cookie.Domain, c.Cookie.Path, c.Cookie.HostOnly}
			if in := c.Cause == jar.CauseStored; in == present[k] {
				t.Errorf("%v of %v, which was there: %t", c.Cause, c.Cookie, !in)
			} else if in {
				present[k] = true
			} else {
				delete(present, k)
			}
		},
	})
	request := func(i int) *jar.Request {
		return to(t, fmt.Sprintf("https://h%d.site%d.test/%d/", i%3, i%7, i%2))
	}
	var own sync.Map // what was set, as "name=value"
	own.Store("s=1", true)
	check := func(name, value string) {
		if _, ok := own.Load(name + "=" + value); !ok {
			t.Errorf("read %s=%s, which was never set", name, value)
		}
	}
	var group sync.WaitGroup
	run := func(f func(i int)) {
		group.Go(func() {
			for i := range rounds {
				f(i)
			}
		})
	}
	for g := range 2 {
		run(func(i int) {
			pair := fmt.Sprintf("c%d=%d-%d", i%20, g, i)
			own.Store(pair, true)
			attribute := []string{"", "; Max-Age=1", "; Max-Age=0", "; Domain=test", "; Path=/", fmt.Sprintf("; Domain=site%d.test; Secure", i%7), "; Secure; Partitioned"}[(i+g)%7]
			j.Receive(request(i), []string{pair + attribute})
		})
		run(func(i int) {
			r := request(i)
			header := j.Header(r)
			for cookie := range strings.SplitSeq(header, "; ") {
				if name, value, ok := strings.Cut(cookie, "="); ok {
					check(name, value)
				}
			}
			for _, v := range j.Explain(r) {
				check(v.Cookie.Name, v.Cookie.Value)
			}
			_, verdicts := j.Retrieve(r)
			for _, v := range verdicts {
				check(v.Cookie.Name, v.Cookie.Value)
			}
			j.Receive(to(t, "https://s.test/"), []string{"s=1; Secure"})
			j.Header(to(t, "http://s.test/")) // withholds it
			if n := len(j.Cookies(r.URL)); n > 9 {
				t.Errorf("%d cookies, want at most 9", n)
			}
		})
	}
	run(func(i int) {
		for c := range j.All() {
			check(c.Name, c.Value)
		}
	})
	run(func(i int) {
		if n := i % 25; n == 7 {
			j.Clear()
		} else if n == 14 {
			j.EndSession()
		} else if n == 21 {
			j.Delete(none)
		} else {
			j.Delete(func(c jar.Cookie) bool { return c.Name == fmt.Sprintf("c%d", i%20) })
		}
	})
	run(func(i int) {
		switch i % 15 {
		case 3:
			j.SetPublicSuffixList(list)
		case 9:
			j.SetPublicSuffixList(nil)
		}
		clone := j.Clone()
		if n := len(slices.Collect(clone.All())); n > clone.Len() {
			t.Errorf("a clone that no other goroutine uses has %d cookies, Len says %d", n, clone.Len())
		}
	})
	run(func(i int) {
		pair := fmt.Sprintf("h%d=%d", i%5, i)
		own.Store(pair, true)
		name, value, _ := strings.Cut(pair, "=")
		j.SetCookies(request(i).URL, []*http.Cookie{{Name: name, Value: value}})
		j.Accept(jar.Cookie{Name: name, Value: value, Domain: "site3.test", Path: "/"})
		stop := j.Watch(func(e jar.Event) { watched.Add(int64(len(e.Verdicts))) })
		j.Header(request(i))
		stop()
	})
	group.Wait()
	j.Delete(none) // and with it the last of the changes

	var got []string
	for c := range j.All() {
		got = append(got, c.String())
	}
	if n := j.Len(); n != len(present) || n < len(got) {
		t.Errorf("Len() = %d and All yields %d, by the changes there are %d", n, len(got), len(present))
	}
	if refused.Load() == 0 || withheld.Load() == 0 || watched.Load() == 0 {
		t.Errorf("%d refused, %d withheld, %d watched: want some of each, or they were not tried", refused.Load(), withheld.Load(), watched.Load())
	}
}

// A historyOp is one call on a site and its result. Here a site is a map from names to values:
// each name is a register.
type historyOp struct {
	kind       string // "set", "delete", "clear" or "read"
	name       string
	value      string
	read       map[string]string
	start, end int64 // by a shared logical clock
}

func (o historyOp) String() string {
	switch o.kind {
	case "read":
		return fmt.Sprintf("[%d,%d] read %v", o.start, o.end, o.read)
	case "clear":
		return fmt.Sprintf("[%d,%d] clear", o.start, o.end)
	}
	return fmt.Sprintf("[%d,%d] %s %s=%s", o.start, o.end, o.kind, o.name, o.value)
}

// apply returns the state after an operation, and whether the operation is possible in state.
func (o historyOp) apply(state map[string]string) (map[string]string, bool) {
	next := maps.Clone(state)
	switch o.kind {
	case "set":
		next[o.name] = o.value
	case "delete":
		delete(next, o.name)
	case "clear":
		clear(next)
	case "read":
		return state, maps.Equal(state, o.read)
	}
	return next, true
}

// errNotLinear is the error for a history that is not linearizable.
var errNotLinear = errors.New("no order of the calls explains what they returned")

// linearize searches for an order of the operations in which each read returns the state that
// the operations before it left, and an operation that ended before another began comes
// first. It is Wing and Gong's algorithm, with a cache of the states already tried.
func linearize(history []historyOp) error {
	if len(history) > 64 {
		return fmt.Errorf("%d operations: want at most 64", len(history))
	}
	seen := map[string]bool{}
	var search func(done uint64, state map[string]string) bool
	search = func(done uint64, state map[string]string) bool {
		if done == 1<<len(history)-1 {
			return true
		}
		id := fmt.Sprint(done, state)
		if seen[id] {
			return false
		}
		seen[id] = true
		first := int64(1<<63 - 1) // the earliest end of the remaining operations
		for i, o := range history {
			if done&(1<<i) == 0 {
				first = min(first, o.end)
			}
		}
		for i, o := range history {
			if done&(1<<i) != 0 || o.start > first {
				continue
			}
			if next, ok := o.apply(state); ok && search(done|1<<i, next) {
				return true
			}
		}
		return false
	}
	if search(0, map[string]string{}) {
		return nil
	}
	return errNotLinear
}

// linearize accepts histories that are linearizable and rejects others.
func TestLinearize(t *testing.T) {
	set := func(name, value string, start, end int64) historyOp {
		return historyOp{kind: "set", name: name, value: value, start: start, end: end}
	}
	read := func(start, end int64, pairs ...string) historyOp {
		o := historyOp{kind: "read", read: map[string]string{}, start: start, end: end}
		for _, p := range pairs {
			name, value, _ := strings.Cut(p, "=")
			o.read[name] = value
		}
		return o
	}
	del := func(name string, start, end int64) historyOp {
		return historyOp{kind: "delete", name: name, start: start, end: end}
	}
	for _, tt := range []struct {
		name    string
		history []historyOp
		ok      bool
	}{
		{"nothing", nil, true},
		{"after", []historyOp{set("a", "1", 1, 2), read(3, 4, "a=1")}, true},
		{"lost", []historyOp{set("a", "1", 1, 2), read(3, 4)}, false},
		{"from nowhere", []historyOp{read(1, 2, "a=1"), set("a", "1", 3, 4)}, false},
		{"during", []historyOp{set("a", "1", 1, 10), read(2, 3, "a=1"), read(4, 5, "a=1")}, true},
		{"there and gone", []historyOp{set("a", "1", 1, 10), read(2, 3, "a=1"), read(4, 5)}, false},
		{"stale", []historyOp{set("a", "1", 1, 2), set("a", "2", 3, 4), read(5, 6, "a=1")}, false},
		{"two at once", []historyOp{set("a", "1", 1, 9), set("a", "2", 1, 9), read(10, 11, "a=1")}, true},
		{"two readers disagree", []historyOp{set("a", "1", 1, 20), set("b", "1", 1, 20), read(2, 3, "a=1"), read(4, 5, "b=1")}, false},
		{"two readers, crossed", []historyOp{set("a", "1", 1, 20), set("b", "1", 1, 20), read(2, 6, "a=1"), read(3, 7, "b=1")}, false},
		{"both", []historyOp{set("a", "1", 1, 20), set("b", "1", 1, 20), read(2, 6, "a=1"), read(3, 7, "a=1", "b=1")}, true},
		{"deleted", []historyOp{set("a", "1", 1, 2), del("a", 3, 4), read(5, 6)}, true},
		{"not deleted", []historyOp{set("a", "1", 1, 2), del("a", 3, 4), read(5, 6, "a=1")}, false},
	} {
		if err := linearize(tt.history); (err == nil) != tt.ok {
			t.Errorf("%s: %v, want ok = %t", tt.name, err, tt.ok)
		}
	}
}

// A site is linearizable: for the concurrent calls of several goroutines, there is one order
// that explains each result. A read sees all cookies of the site at one instant.
func TestSiteIsLinear(t *testing.T) {
	histories := 150
	if soak {
		histories = 20_000
	}
	const goroutines, calls = 4, 12
	for seed := range uint64(histories) {
		// Other goroutines run between the lookup of a call and its effect.
		j := mustJar(t, &jar.Options{Now: func() time.Time { runtime.Gosched(); return noon }})
		r := to(t, "https://www.a.test/")
		var ticks atomic.Int64
		history := make([][]historyOp, goroutines)
		var start, group sync.WaitGroup
		start.Add(1)
		for g := range goroutines {
			group.Go(func() {
				rng := rand.New(rand.NewPCG(seed, uint64(g)))
				start.Wait()
				for i := range calls {
					name := string(rune('a' + rng.IntN(3)))
					o := historyOp{name: name, value: fmt.Sprintf("%d-%d", g, i)}
					o.start = ticks.Add(1)
					switch n := rng.IntN(12); {
					case n < 4:
						o.kind = "set"
						j.Receive(r, []string{name + "=" + o.value + "; Domain=a.test"})
					case n == 4:
						o.kind = "delete"
						j.Receive(r, []string{name + "=; Domain=a.test; Max-Age=0"})
					case n == 5:
						o.kind = "delete"
						j.Delete(func(c jar.Cookie) bool { runtime.Gosched(); return c.Name == name })
					case n == 6 && seed%3 == 0:
						o.kind = "clear"
						j.EndSession()
					case n == 7 && seed%3 == 1:
						o.kind = "clear"
						j.Clear()
					default:
						o.kind = "read"
						o.read = map[string]string{}
						switch rng.IntN(3) {
						case 0:
							for cookie := range strings.SplitSeq(j.Header(r), "; ") {
								if name, value, ok := strings.Cut(cookie, "="); ok {
									o.read[name] = value
								}
							}
						case 1:
							for c := range j.All() {
								o.read[c.Name] = c.Value
							}
						default:
							for _, c := range sentBy(j.Clone(), r) {
								o.read[c.Name] = c.Value
							}
						}
					}
					o.end = ticks.Add(1)
					history[g] = append(history[g], o)
				}
			})
		}
		start.Done()
		group.Wait()
		all := slices.Concat(history...)
		slices.SortFunc(all, func(a, b historyOp) int { return int(a.start - b.start) })
		if err := linearize(all); err != nil {
			var text strings.Builder
			for _, o := range all {
				fmt.Fprintln(&text, o)
			}
			t.Fatalf("history %d: %v:\n%s", seed, err, text.String())
		}
	}
}
