package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"uacookie/jar"
)

// This file measures what goroutines do to each other in one jar.

// changedScaling compares the rate of two goroutines that write to two sites with the rate of
// one, in a jar whose Changed is set.
func changedScaling(r *row) result {
	var changes int
	j, err := jar.New(&jar.Options{Changed: func(jar.Change) { changes++ }})
	if err != nil {
		panic(err)
	}
	sites := manySites(2)
	lines := [2][]string{few(1), {"name-of-16-oct00=other; Path=/"}}
	var turn atomic.Int32
	write := func(n int) {
		s := sites[turn.Add(1)%2]
		for i := range n {
			ownJar{j}.set(site{s.url, &jar.Request{URL: s.url}}, lines[i%2])
		}
	}
	two, one := coreSlices(func() (float64, float64) {
		return rate(write, coreOps, 2), rate(write, coreOps, 1)
	})
	return coreResult(two, one, r.target)
}

// besideInsertions compares the rate of hot reads while another goroutine inserts cookies of
// other sites into the jar with the rate while it inserts them into another jar.
func besideInsertions(r *row) result {
	_, hotJar := filled([]site{newSite("https://www.example.com/a/b/c")}, mixed, true)
	hotSite := newSite("https://www.example.com/a/b/c")
	read := func(n int) {
		buf := make([]byte, 0, 4096)
		for range n {
			buf = hotJar.AppendHeader(buf[:0], hotSite.request)
		}
	}
	sites, lines := manySites(2000), few(2)
	beside := func(j *jar.Jar) float64 {
		var stop atomic.Bool
		done := make(chan bool)
		go func() {
			for i := 0; !stop.Load(); i++ {
				ownJar{j}.set(sites[i%len(sites)], lines)
			}
			close(done)
		}()
		got := rate(read, 4*coreOps, 1)
		stop.Store(true)
		<-done
		return got
	}
	other := newOwn(true)
	same, apart := coreSlices(func() (float64, float64) { return beside(hotJar), beside(other) })
	return coreResult(same, apart, r.target)
}

// latency measures single reads or writes of a jar of 3M cookies while the garbage collector
// runs all the time.
func latency(write bool) func(*row) result {
	const sites, each, samples = 600_000, 5, 200_000
	return func(r *row) result {
		lines := few(each)
		quantiles := func(j setter, read func(site)) (p50, p99, p999 float64) {
			for i := range sites {
				j.set(newSite(fmt.Sprintf("https://www.site%d.com/", i)), lines)
			}
			asked := manySites(20_000)
			var stop atomic.Bool
			done := make(chan bool)
			go func() {
				for !stop.Load() {
					runtime.GC()
				}
				close(done)
			}()
			times := make([]float64, samples)
			for i := range times {
				s := asked[i*7919%len(asked)]
				start := time.Now()
				if write {
					j.set(s, lines[i%each:][:1])
				} else {
					read(s)
				}
				times[i] = float64(time.Since(start))
			}
			stop.Store(true)
			<-done
			runtime.KeepAlive(j)
			return quantile(times, .5), quantile(times, .99), quantile(times, .999)
		}
		show := func(p50, p99, p999 float64) string {
			return fmt.Sprintf("%s, %s, %s", nanoseconds(p50), nanoseconds(p99), nanoseconds(p999))
		}
		std := newStd()
		a50, a99, a999 := quantiles(stdJar{std}, func(s site) { clientPath(std, s) })
		std = nil
		runtime.GC()
		own, buf := newOwn(false), make([]byte, 0, 4096)
		b50, b99, b999 := quantiles(ownJar{own}, func(s site) { buf = own.AppendHeader(buf[:0], s.request) })
		got := compare([]float64{a99}, []float64{b99}, r.target)
		got.std, got.own = show(a50, a99, a999), show(b50, b99, b999)
		got.lo, got.hi = 0, 0
		return got
	}
}
