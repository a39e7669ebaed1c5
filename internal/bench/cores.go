package main

import (
	"net/http"
	"runtime"
	"sync"
	"time"

	"uacookie/jar"
)

// hot returns the work of a goroutine on one hot site, for both jars: n operations, all
// reads. If every is not zero, one operation in every is a write.
func hot(every int) (std, own func(n int)) {
	s := newSite("https://www.example.com/a/b/c")
	stdJar, ownJar := filled([]site{s}, mixed, false)
	cookies := [2][]*http.Cookie{
		{{Name: "session", Value: "5f3c8a1e9b7d4f60a2c4", Path: "/"}},
		{{Name: "session", Value: "60a2c45f3c8a1e9b7d4f", Path: "/"}},
	}
	loop := func(j http.CookieJar, read func(buf []byte) []byte) func(int) {
		return func(n int) {
			buf := make([]byte, 0, 4096)
			for i := range n {
				if every > 0 && i%every == 0 {
					j.SetCookies(s.url, cookies[i/every%2])
				} else {
					buf = read(buf[:0])
				}
			}
		}
	}
	return loop(stdJar, func(buf []byte) []byte { clientPath(stdJar, s); return buf }),
		loop(ownJar, func(buf []byte) []byte { return ownJar.AppendHeader(buf, &jar.Request{URL: s.url}) })
}

// rate returns the number of operations in a second of several goroutines together.
func rate(f func(int), n, goroutines int) float64 {
	var group sync.WaitGroup
	start := time.Now()
	for range goroutines {
		group.Go(func() { f(n) })
	}
	group.Wait()
	return float64(n*goroutines) / time.Since(start).Seconds()
}

// bothCores reports whether two cores are available now. Two hardware threads of one core
// do not count. On those, two goroutines would also double the rate of a computation that
// waits for its own results, such as a chain of products. So the computation here consists
// of several independent sums.
func bothCores() bool {
	spin := func(n int) {
		a, b, c, d, e, f := 1, 2, 3, 4, 5, 6
		for i := range n {
			a += i
			b ^= i
			c -= i
			d += a
			e ^= b
			f += c
		}
		runtime.KeepAlive(a ^ b ^ c ^ d ^ e ^ f)
	}
	const n = 5_000_000
	return rate(spin, n, 2) > 1.9*rate(spin, n, 1)
}

// coreSlices calls f, which measures one pair of figures, until it has enough pairs that
// were measured while two cores were available. After too many attempts it returns fewer.
func coreSlices(f func() (a, b float64)) (a, b []float64) {
	if runtime.GOMAXPROCS(0) < 2 {
		return nil, nil
	}
	for range 10 * pairs {
		if len(a) == pairs {
			break
		}
		if !bothCores() {
			continue
		}
		x, y := f()
		if bothCores() {
			a, b = append(a, x), append(b, y)
		}
	}
	return a, b
}

const coreOps = 50_000

// scaling compares the rate of two goroutines with the rate of one.
func scaling(every int) func(*row) result {
	return func(r *row) result {
		_, own := hot(every)
		two, one := coreSlices(func() (float64, float64) {
			return rate(own, coreOps, 2), rate(own, coreOps, 1)
		})
		return coreResult(two, one, r.target)
	}
}

// twoCores compares the rate of two goroutines with this project's jar and with the
// standard library's.
func twoCores(every int) func(*row) result {
	return func(r *row) result {
		std, own := hot(every)
		ours, theirs := coreSlices(func() (float64, float64) {
			return rate(own, coreOps, 2), rate(std, coreOps/5, 2)
		})
		return coreResult(ours, theirs, r.target)
	}
}

func coreResult(a, b []float64, target float64) result {
	if len(a) == 0 {
		return result{note: "two cores were never available"}
	}
	r := compare(a, b, target)
	r.std, r.own = "", ""
	return r
}
