package jarfile

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

var rowCookies = flag.Int("rows", 0, "print the rows of a file in jar/PERFORMANCE.md, measured with `n` cookies")

// TestRows makes the rows of a file in jar/PERFORMANCE.md, as make bench does:
//
//	go test -count=1 -run '^TestRows$' -rows 1000000 -v
//
// Each row is a cost of a File, relative to the cost of the jar alone or of copying the file
// with package cookiefile.
func TestRows(t *testing.T) {
	n := *rowCookies
	if n == 0 {
		n = 100 // so that it works on the day when it is needed
	}
	path := filepath.Join(t.TempDir(), "jar.json")
	o := &Options{Jar: &jar.Options{Limits: new(jar.Limits)}}
	write(t, path, n)

	before := heap()
	j := loaded(t, path, o.Jar)
	alone := heap() - before
	gcAlone := collection()
	runtime.KeepAlive(j)
	j = nil

	before = heap()
	f := open(t, path, o)
	whole := heap() - before
	gcWhole := collection()

	c := cookie("one", "change")
	c.Expires = time.Now().Add(time.Hour)
	const runs = 5
	var cpu, wall, cpuCopy, wallCopy []time.Duration
	var allocated uint64
	for i := range runs {
		a, b := timed(func() { copyFile(t, path) })
		cpuCopy, wallCopy = append(cpuCopy, a), append(wallCopy, b)
		c.Value = strconv.Itoa(i)
		set(t, f, c)
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		a, b = timed(func() { save(t, f) })
		runtime.ReadMemStats(&m1)
		cpu, wall = append(cpu, a), append(wall, b)
		allocated = max(allocated, m1.TotalAlloc-m0.TotalAlloc)
	}
	if got := f.Jar().Len(); got != n+1 {
		t.Errorf("%d cookies in the jar, want %d", got, n+1)
	}
	if *rowCookies == 0 {
		return
	}
	var table strings.Builder
	row := func(name, without, with string, ratio, target float64) {
		met := "yes"
		if ratio > target {
			met = "**no**"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %.2fx | <= %.3gx | %s |\n", name, without, with, ratio, target, met)
	}
	mb := func(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
	fmt.Fprintf(&table, "| %d cookies in FormatJSON | jar alone, or copy | file | ratio | target | met |\n|---|--:|--:|--:|--:|---|\n", n)
	row("heap of an open File: to the jar's", mb(alone), mb(whole), float64(whole)/float64(alone), 1.3)
	row("GC CPU a cycle: to the jar's", gcAlone.String(), gcWhole.String(), float64(gcWhole)/float64(gcAlone), 2)
	for _, x := range []struct {
		name       string
		copy, save []time.Duration
	}{{"CPU", cpuCopy, cpu}, {"time", wallCopy, wall}} {
		a, b := median(x.copy), median(x.save)
		row("Save after one change, "+x.name+": to read, write and fsync", a.Round(time.Millisecond).String(), b.Round(time.Millisecond).String(), float64(b)/float64(a), 1.3)
	}
	row("bytes that Save allocates: to 200 MB", mb(200e6), mb(int64(allocated)), float64(allocated)/200e6, 1)
	t.Logf("\n\n%s", table.String())
}

// write writes n cookies to a new file, ten of each site in turn.
func write(t *testing.T, path string, n int) {
	t.Helper()
	at := time.Now().Truncate(time.Second)
	all := func(yield func(jar.Cookie) bool) {
		for i := range n {
			c := cookie("name"+strconv.Itoa(i), "0123456789abcdef0123456789abcdef")
			c.Domain = "www.site" + strconv.Itoa(i/10) + ".example"
			c.Expires, c.Secure = at.Add(24*time.Hour), true
			c.Created, c.LastAccess, c.Order = at.Add(time.Duration(i-n)*time.Microsecond), at, uint64(i+1)
			if !yield(c) {
				return
			}
		}
	}
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := cookiefile.Write(w, all, nil); err != nil {
		t.Fatal(err)
	}
}

func loaded(t *testing.T, path string, o *jar.Options) *jar.Jar {
	t.Helper()
	j, err := jar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := cookiefile.Load(j, r, nil); err != nil {
		t.Fatal(err)
	}
	return j
}

// copyFile copies the cookies of a file to another file, and flushes it to disk.
func copyFile(t *testing.T, path string) {
	t.Helper()
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.Create(path + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path + ".copy")
	defer w.Close()
	err = cookiefile.Write(w, func(yield func(jar.Cookie) bool) {
		for c, err := range cookiefile.Read(r, nil) {
			if err != nil {
				t.Error(err)
			}
			if !yield(c) {
				return
			}
		}
	}, nil)
	if err == nil {
		err = w.Sync()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func timed(do func()) (cpu, wall time.Duration) {
	runtime.GC()
	start, began := cpuTime(), time.Now()
	do()
	return cpuTime() - start, time.Since(began)
}

// collection returns the CPU time of a garbage collection.
func collection() time.Duration {
	var all []time.Duration
	for range 9 {
		cpu, _ := timed(runtime.GC)
		all = append(all, cpu)
	}
	return median(all)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
