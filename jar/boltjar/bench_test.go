package boltjar_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/boltjar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/durable"
)

var size = flag.Int("cookies", 10_000, "how many cookies the benchmarks have")

// perSite is the number of cookies of a site.
const perSite = 5

// benchCookie returns the i-th cookie. It is persistent, with a value of the length of a
// typical session's.
func benchCookie(i int, now time.Time) jar.Cookie {
	host := fmt.Sprintf("www.site%d.example", i/perSite)
	return jar.Cookie{
		Name: fmt.Sprint("name", i%perSite), Value: fmt.Sprintf("%032x", i),
		Domain: host, HostOnly: i%2 == 0, Path: "/", Secure: true, HttpOnly: i%3 == 0,
		Expires: now.Add(time.Hour), Created: now, LastAccess: now,
	}
}

func fillJar(b *testing.B, j *jar.Jar) {
	b.Helper()
	now := time.Now()
	for i := range *size {
		if v := j.Accept(benchCookie(i, now)); !v.OK() {
			b.Fatal(v)
		}
	}
}

func openJar(b *testing.B, path string) *durable.Jar {
	b.Helper()
	db, err := boltjar.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	j, err := durable.Open(b.Context(), db, nil)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func closeJar(b *testing.B, j *durable.Jar) {
	b.Helper()
	if err := j.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// saveWhole saves a jar as a file, as package jarfile does without concurrent writers: it
// writes a temporary file, flushes it and renames it.
func saveWhole(b *testing.B, j *jar.Jar, path string) {
	b.Helper()
	f, err := os.CreateTemp(filepath.Dir(path), "")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := cookiefile.Write(f, j.All(), nil); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		b.Fatal(err)
	}
}

func loadWhole(b *testing.B, path string) *jar.Jar {
	b.Helper()
	j, err := jar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := cookiefile.Load(j, f, nil); err != nil {
		b.Fatal(err)
	}
	return j
}

func wantSize(b *testing.B, j *jar.Jar) {
	b.Helper()
	if n := j.Len(); n != *size {
		b.Fatalf("the jar has %d cookies, want %d", n, *size)
	}
}

func reportSize(b *testing.B, path string) {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(*size), "file-B/cookie")
}

// cpuTime returns the CPU time of this process. It is nil on systems where that is unknown.
// On a shared machine it is more precise than elapsed time.
var cpuTime func() time.Duration

// meter starts measuring. It returns a function that reports the cookies handled in a
// second, and the CPU time for each, given the number of cookies.
func meter(b *testing.B) (report func(n int)) {
	b.Helper()
	var before time.Duration
	if cpuTime != nil {
		before = cpuTime()
	}
	return func(n int) {
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "cookies/s")
		if cpuTime != nil {
			b.ReportMetric(float64(cpuTime()-before)/float64(n), "cpu-ns/cookie")
		}
	}
}

// BenchmarkKeep compares a durable jar with a jar that is saved as a whole.
//
// durable/PERFORMANCE.md has the commands and figures.
func BenchmarkKeep(b *testing.B) {
	dir := b.TempDir()
	db, file := filepath.Join(dir, "cookies.db"), filepath.Join(dir, "cookies.json")

	b.Run("op=fill/impl=memory", func(b *testing.B) {
		report := meter(b)
		for b.Loop() {
			j, _ := jar.New(nil)
			fillJar(b, j)
		}
		report(b.N * *size)
	})
	b.Run("op=fill/impl=durable", func(b *testing.B) {
		report := meter(b)
		for b.Loop() {
			_ = os.Remove(db)
			j := openJar(b, db)
			fillJar(b, j.Jar)
			if err := j.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
			closeJar(b, j)
		}
		report(b.N * *size)
		reportSize(b, db)
	})
	b.Run("op=fill/impl=file", func(b *testing.B) {
		report := meter(b)
		for b.Loop() {
			j, _ := jar.New(nil)
			fillJar(b, j)
			saveWhole(b, j, file)
		}
		report(b.N * *size)
		reportSize(b, file)
	})

	// The benchmarks below need both files, even if -bench skips those above.
	if _, err := os.Stat(db); err != nil {
		j := openJar(b, db)
		fillJar(b, j.Jar)
		closeJar(b, j)
	}
	if _, err := os.Stat(file); err != nil {
		j, _ := jar.New(nil)
		fillJar(b, j)
		saveWhole(b, j, file)
	}

	b.Run("op=open/impl=durable", func(b *testing.B) {
		report := meter(b)
		for b.Loop() {
			j := openJar(b, db)
			wantSize(b, j.Jar)
			closeJar(b, j)
		}
		report(b.N * *size)
	})
	b.Run("op=decode/impl=durable", func(b *testing.B) { // open without the jar
		report := meter(b)
		for b.Loop() {
			k := mustOpen(b, db)
			if n, err := load(k); n != *size || err != nil {
				b.Fatalf("%d records, %v", n, err)
			}
			mustClose(b, k)
		}
		report(b.N * *size)
	})
	b.Run("op=open/impl=file", func(b *testing.B) {
		report := meter(b)
		for b.Loop() {
			wantSize(b, loadWhole(b, file))
		}
		report(b.N * *size)
	})

	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("op=flush/changed=%d/impl=durable", n), func(b *testing.B) {
			j := openJar(b, db)
			for b.Loop() {
				change(b, j.Jar, n)
				if err := j.Flush(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			closeJar(b, j)
		})
		b.Run(fmt.Sprintf("op=flush/changed=%d/impl=file", n), func(b *testing.B) {
			j := loadWhole(b, file)
			b.ResetTimer()
			for b.Loop() {
				change(b, j, n)
				saveWhole(b, j, file)
			}
		})
	}

	// Writes and reads continue for the time of -benchtime.
	for _, impl := range []string{"memory", "durable"} {
		b.Run("op=write/impl="+impl, func(b *testing.B) {
			j, done := benchJar(b, impl, db, file)
			report, n := meter(b), 0
			for b.Loop() {
				change(b, j, 1000)
				n += 1000
			}
			report(n)
			done()
		})
		b.Run("op=read/impl="+impl, func(b *testing.B) {
			j, done := benchJar(b, impl, db, file)
			urls := make([]*url.URL, 1000)
			for i := range urls {
				urls[i] = &url.URL{Scheme: "https", Host: benchCookie(rand.IntN(*size), time.Now()).Domain, Path: "/"}
			}
			buf := make([]byte, 0, 1024)
			b.ReportAllocs()
			report := meter(b)
			for b.Loop() {
				for _, u := range urls {
					if buf = j.AppendHeader(buf[:0], &jar.Request{URL: u}); len(buf) == 0 {
						b.Fatal("no cookies")
					}
				}
			}
			report(b.N * len(urls) * perSite)
			done()
		})
	}
}

func benchJar(b *testing.B, impl, db, file string) (*jar.Jar, func()) {
	b.Helper()
	defer b.ResetTimer()
	if impl == "memory" {
		return loadWhole(b, file), func() {}
	}
	j := openJar(b, db)
	return j.Jar, func() { closeJar(b, j) }
}

// change has servers set n cookies again.
func change(b *testing.B, j *jar.Jar, n int) {
	b.Helper()
	for range n {
		i := rand.IntN(*size) / perSite
		c := benchCookie(i*perSite, time.Time{})
		r := &jar.Request{URL: &url.URL{Scheme: "https", Host: c.Domain, Path: "/"}}
		line := fmt.Sprintf("%s=%032x; Max-Age=3600; Path=/; Secure", c.Name, rand.Uint64())
		if v := j.Receive(r, []string{line}); !v[0].OK() {
			b.Fatal(v)
		}
	}
}
