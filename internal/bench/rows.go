package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"uacookie/internal/parse"
	"uacookie/jar"
	"uacookie/jar/policy"
)

var rows = []row{
	{name: "header, 1 site x 10", target: 40, allocs: 0, both: headers(1, mixed)},
	{name: "header, 100k sites x 5", target: 8, allocs: 0, both: headers(100_000, few(5))},
	{name: "header, 1M sites x 3", target: 4, allocs: 0, both: headers(1_000_000, few(3))},
	{name: "header as Chromium, 1 site x 10: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Chromium, 1, mixed)},
	{name: "header as Chromium, 100k sites x 5: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Chromium, 100_000, few(5))},
	{name: "header as Chromium, 1M sites x 3: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Chromium, 1_000_000, few(3))},
	{name: "header as Firefox, 1 site x 10: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Firefox, 1, mixed)},
	{name: "header as Firefox, 100k sites x 5: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Firefox, 100_000, few(5))},
	{name: "header as Firefox, 1M sites x 3: to Standard", target: 0.9, allocs: 0, both: agentHeaders(policy.Firefox, 1_000_000, few(3))},
	{name: "Cookies, 1 site x 10", target: 5, allocs: 2, both: lists(1, mixed)},
	{name: "Cookies, 100k sites x 5", target: 3, allocs: 2, both: lists(100_000, few(5))},
	{name: "Cookies, 1M sites x 3", target: 2, allocs: 2, both: lists(1_000_000, few(3))},
	{name: "unknown host", target: 3, allocs: 0, both: unknown},
	{name: "two cores, one hot site, reads: scaling", target: 1.8, special: scaling(0)},
	{name: "two cores, one hot site, reads: to std", target: 5, special: twoCores(0)},
	{name: "two cores, one hot site, 95% reads: scaling", target: 1.3, special: scaling(20)},
	{name: "two cores, one hot site, 95% reads: to std", target: 5, special: twoCores(20)},
	{name: "line parsed and stored over an old one", target: 3, allocs: 3, both: overLine},
	{name: "parser alone, six attributes", target: 4, allocs: 0, both: parser},
	{name: "overwrite, site of 1", target: 2.5, allocs: -1, both: overwrite(1)},
	{name: "overwrite, site of 10", target: 1.5, allocs: -1, both: overwrite(10)},
	{name: "overwrite, site of 150", target: 1.5, allocs: -1, both: overwrite(150)},
	{name: "overwrite, site of 1000", target: 2, allocs: -1, both: overwrite(1000)},
	{name: "new site", target: 1.8, allocs: -1, both: added(20_000, 1)},
	{name: "each cookie added, 5 a site", target: 1.8, allocs: -1, both: added(4000, 5)},
	{name: "1000 built on one site", target: 1.5, allocs: -1, both: added(1, 1000)},
	{name: "heap a cookie, 100k sites x 5", special: heapACookie},
	{name: "heap for a million hosts under one site, each asked once", special: manyHosts},
	{name: "GC CPU a cycle, 3M cookies", target: 8, special: gcCycle},
	{name: "insert at a hard total of 3M", special: hardTotal},

	// What programs do.
	{name: "renewed session beside 9 small cookies", target: 2.4, allocs: .2, both: renew},
	{name: "heap of a site that renews its session", special: renewHeap},
	{name: "line of six attributes over an old one", target: 6, allocs: .2, both: sixOver},
	{name: "header, Withheld set: to the bare header", target: 1 / 2.5, allocs: 0, both: observed(withheldSet)},
	{name: "header, watched: to the bare header", target: 1. / 6, allocs: 1, both: observed(watched)},
	{name: "RoundTrip through Transport, 10 sent, 2 set", target: 5, special: roundTrip},
	{name: "request through http.Client.Jar, 10 sent, 2 set", target: 1.3, allocs: -1, both: through(throughJar)},
	{name: "request through Transport, 10 sent, 2 set", target: 2, allocs: -1, both: through(throughTransport)},
	{name: "a jar of its own: empty", special: identity(0, "<= 400 B")},
	{name: "a jar of its own: one site of 3", special: identity(1, "<= std")},
	{name: "a jar of its own: five sites of 3", special: identity(5, "<= std")},
	{name: "a jar of its own: New", target: 1. / 4, allocs: -1, both: made},
	{name: "Clone of 10k cookies and a write: to setting them", target: 10, allocs: -1, both: clone},
	{name: "two cores, two sites, Changed set: scaling", target: 1.5, special: changedScaling},
	{name: "hot read beside insertions: to insertions in another jar", target: .95, special: besideInsertions},
	{name: "crawler: 1 read, 3 writes, 20% new sites", target: 3, allocs: -1, both: crawler(0)},
	{name: "crawler at a hard total", target: 2.5, allocs: -1, both: crawler(90_000)},
	{name: "p99 of a read, 3M cookies, collector running", target: 6, special: latency(false)},
	{name: "p99 of a write, 3M cookies, collector running", target: 6, special: latency(true)},
	{name: "cookie of a file in our JSON, read: to encoding/json", target: 5, allocs: -1, both: readFile},

	// This jar beside programs that can do nothing else: see limit.go.
	{name: "header, 1 site x 10: to its limit", target: .5, allocs: 0, both: hotLimit},
	{name: "header, 1M sites x 3: to its limit", target: .667, allocs: 0, both: coldLimit(1_000_000)},
	{name: "line of five attributes over an old one: to its limit", target: 1 / 2.5, allocs: .2, both: lineLimit},
}

// ask returns the hosts of n random sites, adjacent in memory. A real caller has just built
// the URL, so it is in the CPU's cache, for every site.
func ask(sites []site, n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	hosts := make([]string, n)
	for i := range hosts {
		hosts[i] = strings.Clone(sites[random.IntN(len(sites))].url.Host)
	}
	return hosts
}

// reads returns both sides of a row that reads random sites.
func reads(n int, lines []string, std func(*cookiejar.Jar, site), own func(*jar.Jar, site)) func() sides {
	return func() sides {
		sites := manySites(n)
		if n == 1 {
			sites[0] = newSite("https://www.example.com/a/b/c")
		}
		stdJar, ownJar := filled(sites, lines, false)
		hosts := ask(sites, min(n*8, 1<<20))
		asked := newSite(sites[0].url.String())
		i, j := 0, 0
		return sides{
			std: func(n int) {
				for range n {
					asked.url.Host = hosts[i%len(hosts)]
					std(stdJar, asked)
					i++
				}
			},
			own: func(n int) {
				for range n {
					asked.url.Host = hosts[j%len(hosts)]
					own(ownJar, asked)
					j++
				}
			},
		}
	}
}

// clientPath does what http.Client does before a request.
func clientPath(j *cookiejar.Jar, s site) {
	req := &http.Request{Header: make(http.Header)}
	for _, c := range j.Cookies(s.url) {
		req.AddCookie(c)
	}
}

func headers(n int, lines []string) func() sides {
	buf := make([]byte, 0, 4096)
	return reads(n, lines, clientPath, func(j *jar.Jar, s site) { buf = j.AppendHeader(buf[:0], s.request) })
}

// agentHeaders returns the sides of a row that compares this jar as another user agent with
// this jar as Standard, in place of net/http/cookiejar. Neither jar has limits, because a
// million sites exceed a browser's.
func agentHeaders(ua policy.UserAgent, n int, lines []string) func() sides {
	return func() sides {
		sites := manySites(n)
		if n == 1 {
			sites[0] = newSite("https://www.example.com/a/b/c")
		}
		hosts := ask(sites, min(n*8, 1<<20))
		run := func(ua jar.UserAgent) func(int) {
			j := newAgent(ua, nil)
			for _, s := range sites {
				ownJar{j}.set(s, lines)
			}
			asked, buf, i := newSite(sites[0].url.String()), make([]byte, 0, 4096), 0
			return func(n int) {
				for range n {
					asked.url.Host = hosts[i%len(hosts)]
					buf = j.AppendHeader(buf[:0], asked.request)
					i++
				}
			}
		}
		return sides{std: run(policy.Standard), own: run(ua)}
	}
}

func lists(n int, lines []string) func() sides {
	return reads(n, lines,
		func(j *cookiejar.Jar, s site) { _ = j.Cookies(s.url) },
		func(j *jar.Jar, s site) { _ = j.Cookies(s.url) })
}

// unknown looks up unknown sites in jars of 10,000 sites.
func unknown() sides {
	std, own := filled(manySites(10_000), few(1), false)
	asked := newSite("https://www.unknown.org/a/b")
	hosts := make([]string, 10_000)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("www.unknown%d.org", i)
	}
	buf := make([]byte, 0, 4096)
	return sides{
		std: func(n int) {
			for i := range n {
				asked.url.Host = hosts[i%len(hosts)]
				clientPath(std, asked)
			}
		},
		own: func(n int) {
			for i := range n {
				asked.url.Host = hosts[i%len(hosts)]
				buf = own.AppendHeader(buf[:0], asked.request)
			}
		},
	}
}

// overLine passes lines to both jars whose cookie they already have with another value.
func overLine() sides {
	s := newSite("https://www.example.com/a/b")
	lines := [2][]string{
		{"session=5f3c8a1e9b7d4f60a2c4; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"},
		{"session=60a2c45f3c8a1e9b7d4f; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"},
	}
	return overwriting(s, lines)
}

// overwriting passes to both jars, which have the cookie of the first line, the two lines in turn.
func overwriting(s site, lines [2][]string) sides {
	std, own := filled([]site{s}, lines[0], false)
	run := func(j setter) func(int) {
		return func(n int) {
			for i := range n {
				j.set(s, lines[i%2])
			}
		}
	}
	return sides{std: run(stdJar{std}), own: run(ownJar{own})}
}

func parser() sides {
	const line = "session=5f3c8a1e9b7d4f60a2c4; Expires=Wed, 21 Oct 2065 07:28:00 GMT; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax"
	return sides{
		std: func(n int) {
			for range n {
				if _, err := http.ParseSetCookie(line); err != nil {
					panic(err)
				}
			}
		},
		own: func(n int) {
			for range n {
				if l := parse.SetCookie(line, 0); l.Name == "" {
					panic("not parsed")
				}
			}
		},
	}
}

// overwrite overwrites cookies of a site of count cookies, by SetCookies.
func overwrite(count int) func() sides {
	return func() sides {
		s := newSite("https://www.example.com/a/b")
		lines := make([]string, count)
		cookies := make([][]*http.Cookie, 2*count)
		for i := range lines {
			lines[i] = fmt.Sprintf("name%d=%032d; Path=/", i, i)
			for k, value := range []string{strings.Repeat("x", 32), strings.Repeat("y", 32)} {
				cookies[i+k*count] = []*http.Cookie{{Name: fmt.Sprint("name", i), Value: value, Path: "/"}}
			}
		}
		std, own := filled([]site{s}, lines, true)
		run := func(j http.CookieJar) func(int) {
			i := 0
			return func(n int) {
				for range n {
					j.SetCookies(s.url, cookies[i%len(cookies)])
					i++
				}
			}
		}
		return sides{std: run(std), own: run(own)}
	}
}

// added fills new jars with count cookies on each of n sites, one cookie at a time. An
// operation is the insertion of one cookie.
func added(n, count int) func() sides {
	return func() sides {
		sites := manySites(n)
		var lines [][]string
		for _, line := range few(count) {
			lines = append(lines, []string{line})
		}
		run := func(fresh func() setter) func(int) {
			return func(ops int) {
				j, done := fresh(), 0
				for done < ops {
					for _, line := range lines {
						for _, s := range sites {
							if done++; done > ops {
								return
							}
							j.set(s, line)
						}
					}
					j = fresh()
				}
			}
		}
		return sides{
			std:   run(func() setter { return stdJar{newStd()} }),
			own:   run(func() setter { return ownJar{newOwn(true)} }),
			limit: n * count * 4,
		}
	}
}
