package main

import (
	"fmt"
	"runtime"

	"golang.org/x/net/publicsuffix"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// heap returns the number of live bytes on the heap after a collection.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// heapACookie measures the heap for a cookie, including its name and value.
func heapACookie(*row) result {
	const sites, each = 100_000, 5
	all := manySites(sites)
	lines := few(each)
	cost := func(j setter) float64 {
		before := heap()
		for _, s := range all {
			j.set(s, lines)
		}
		after := heap()
		runtime.KeepAlive(j)
		runtime.KeepAlive(all)
		return (after - before) / (sites * each)
	}
	std, own := cost(stdJar{newStd()}), cost(ownJar{newOwn(false)})
	return result{
		std: fmt.Sprintf("%.0f B", std), own: fmt.Sprintf("%.0f B", own),
		note: "<= 150 B", met: own <= 150,
	}
}

// manyHosts measures the growth of the heap after lookups of a million unknown hosts of one
// site, once each: as two user agents, and with a list that needs a lookup for each host.
// It should be almost zero, because the jar does not remember hosts.
func manyHosts(*row) result {
	const hosts = 1_000_000
	var most float64
	for _, ua := range []jar.UserAgent{policy.Standard, policy.Chromium} {
		for _, list := range []jar.PublicSuffixList{nil, ownList{publicsuffix.List}} {
			j := newAgent(ua, list)
			asked := newSite("https://www.example.com/a/b/c")
			ownJar{j}.set(asked, mixed)
			buf := make([]byte, 0, 4096)
			before := heap()
			for i := range hosts {
				asked.url.Host = fmt.Sprintf("h%d.example.com", i)
				if buf = j.AppendHeader(buf[:0], asked.request); len(buf) == 0 {
					panic("nothing is sent")
				}
			}
			most = max(most, heap()-before)
			runtime.KeepAlive(j)
		}
	}
	return result{own: fmt.Sprintf("%.0f B", most), note: "<= 64 KiB", met: most <= 64<<10}
}

// gcCycle measures the CPU time of a garbage collection with 3M cookies in the jar.
func gcCycle(r *row) result {
	const sites, each = 600_000, 5
	lines := few(each)
	cycles := func(j setter) []float64 {
		for i := range sites {
			j.set(newSite(fmt.Sprintf("https://www.site%d.com/", i)), lines)
		}
		runtime.GC()
		var times []float64
		for range 7 {
			times = append(times, slice(func(int) { runtime.GC() }, 1))
		}
		runtime.KeepAlive(j)
		return times
	}
	std := cycles(stdJar{newStd()})
	runtime.GC()
	own := cycles(ownJar{newOwn(false)})
	return compare(std, own, r.target)
}

// hardTotal measures the time that Limits.Total adds to an insertion into a full jar.
func hardTotal(*row) result {
	const total = 3_000_000
	free, full := filledTo(total, 0), filledTo(total, total)
	var without, with, more []float64
	for k := range pairs {
		sites := newSites(k)
		a, b := insert(free, sites), insert(full, sites)
		without, with, more = append(without, a), append(with, b), append(more, b-a)
	}
	added := quantile(more, .5)
	return result{
		std: nanoseconds(quantile(without, .5)) + " without", own: nanoseconds(quantile(with, .5)),
		note: "<= +500 ns", met: added <= 500,
	}
}

// hardTotalTime returns the time of an insertion into a jar with a hard total of 1M.
func hardTotalTime() float64 {
	const total = 1_000_000
	full := filledTo(total, total)
	var times []float64
	for k := range pairs {
		times = append(times, insert(full, newSites(k)))
	}
	return quantile(times, .5)
}

// filledTo returns a jar with n cookies, five for each site, and the limit as its Total.
func filledTo(n, limit int) *jar.Jar {
	j, err := jar.New(&jar.Options{Limits: &jar.Limits{Total: limit, Domain: 50}})
	if err != nil {
		panic(err)
	}
	for i := range n / 5 {
		ownJar{j}.set(newSite(fmt.Sprintf("https://www.site%d.com/", i)), few(5))
	}
	return j
}

// newSites returns sites that are in no jar, others for each k.
func newSites(k int) []site {
	sites := make([]site, 20_000)
	for i := range sites {
		sites[i] = newSite(fmt.Sprintf("https://www.new%d-%d.org/", k, i))
	}
	return sites
}

// insert sets a cookie on each site, and returns the time of one insertion.
func insert(j *jar.Jar, sites []site) float64 {
	line := few(1)
	return slice(func(n int) {
		for i := range n {
			ownJar{j}.set(sites[i], line)
		}
	}, len(sites))
}
