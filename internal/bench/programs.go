package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime"
	"strings"

	"uacookie/jar"
)

// small are the lines of nine small cookies.
var small = []string{
	"theme=dark; Path=/", "lang=en; Path=/", "tz=60; Path=/", "seen=1; Path=/", "ab=b7; Path=/",
	"consent=yes; Path=/", "cur=EUR; Path=/", "dpr=2; Path=/", "nav=open; Path=/",
}

// renew renews a session whose value has 20 to 64 bytes, on a site that has small cookies too.
func renew() sides {
	s := newSite("https://www.example.com/a/b")
	std, own := filled([]site{s}, small, false)
	run := func(j http.CookieJar) func(int) {
		cookies, i := sessions(), 0
		return func(n int) {
			for range n {
				j.SetCookies(s.url, cookies[i%len(cookies)])
				i++
			}
		}
	}
	return sides{std: run(std), own: run(own)}
}

// sessions returns successive cookies of a session.
func sessions() [][]*http.Cookie {
	random := rand.New(rand.NewPCG(1, 2))
	cookies := make([][]*http.Cookie, 64)
	for i := range cookies {
		value := strings.Repeat(string(rune('a'+i%26)), 20+random.IntN(45))
		cookies[i] = []*http.Cookie{{Name: "session", Value: value, Path: "/"}}
	}
	return cookies
}

// renewHeap compares the heap of sites that renew their session with the heap of the same
// sites when the session is set once.
func renewHeap(*row) result {
	const sites = 2000
	all, cookies := manySites(sites), sessions()
	cost := func(renewals int) float64 {
		j := newOwn(false)
		before := heap()
		for k, s := range all {
			ownJar{j}.set(s, small)
			for i := range 1 + renewals {
				j.SetCookies(s.url, cookies[(k+i)%len(cookies)])
			}
		}
		after := heap()
		runtime.KeepAlive(j)
		return (after - before) / sites
	}
	once, often := cost(0), cost(50)
	return result{
		std: fmt.Sprintf("%.0f B once", once), own: fmt.Sprintf("%.0f B", often),
		note: "<= +50%", met: often <= 1.5*once,
	}
}

// sixOver is overLine for lines of six attributes, with Domain and Expires.
func sixOver() sides {
	s := newSite("https://www.example.com/a/b")
	const attributes = "; Expires=Wed, 21 Oct 2065 07:28:00 GMT; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax"
	lines := [2][]string{{"session=5f3c8a1e9b7d4f60a2c4" + attributes}, {"session=60a2c45f3c8a1e9b7d4f" + attributes}}
	return overwriting(s, lines)
}

// An observer watches a new jar.
type observer func() *jar.Jar

func withheldSet() *jar.Jar {
	j, err := jar.New(&jar.Options{Withheld: func(*jar.Refusal) { panic("withheld") }})
	if err != nil {
		panic(err)
	}
	return j
}

func watched() *jar.Jar {
	j := newOwn(false)
	j.Watch(func(jar.Event) {})
	return j
}

// observed returns the sides of a row that compares the header of an observed jar with that
// of another one, in place of net/http/cookiejar.
func observed(watch observer) func() sides {
	return func() sides {
		s := newSite("https://www.example.com/a/b/c")
		run := func(j *jar.Jar) func(int) {
			ownJar{j}.set(s, mixed)
			buf := make([]byte, 0, 4096)
			return func(n int) {
				for range n {
					buf = j.AppendHeader(buf[:0], s.request)
				}
			}
		}
		return sides{std: run(newOwn(false)), own: run(watch())}
	}
}

// canned is an http.RoundTripper that returns the same response to each request.
type canned struct{ header http.Header }

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: c.header, Body: http.NoBody, Request: req}, nil
}

// page is what the server of the rows about requests answers: two cookies are set.
var page = canned{http.Header{"Set-Cookie": {mixed[0], mixed[2]}, "Content-Type": {"text/html"}}}

// requests returns a function that requests a page n times.
func requests(c *http.Client, next func() *url.URL) func(n int) {
	req, err := http.NewRequest("GET", "https://www.example.com/a/b/c", nil)
	if err != nil {
		panic(err)
	}
	req.Header.Set("User-Agent", "bench")
	req.Header.Set("Accept", "*/*")
	return func(n int) {
		for range n {
			req.Header.Del("Cookie") // http.Client adds the cookies of its Jar to the request itself
			req.URL = next()
			req.Host = req.URL.Host // whose cookies net/http asks the Jar for
			resp, err := c.Do(req)
			if err != nil {
				panic(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}
}

// through returns the sides of a row about whole requests: std in http.Client.Jar, and this
// project's jar in the client that face returns. net/http's own part is in both.
func through(face func(*jar.Jar) *http.Client) func() sides {
	return func() sides {
		s := newSite("https://www.example.com/a/b/c")
		std, own := filled([]site{s}, mixed, false)
		same := func() *url.URL { return s.url }
		return sides{std: requests(&http.Client{Transport: page, Jar: std}, same), own: requests(face(own), same)}
	}
}

func throughJar(j *jar.Jar) *http.Client { return &http.Client{Transport: page, Jar: j} }

func throughTransport(j *jar.Jar) *http.Client {
	return &http.Client{Transport: &jar.Transport{Base: page, Jar: j}}
}

// roundTrip compares what a Transport adds to a request with what cookiejar adds: the time
// of a client without cookies is subtracted from both.
func roundTrip(r *row) result {
	s := through(throughTransport)()
	u := newSite("https://www.example.com/a/b/c").url
	bare := requests(&http.Client{Transport: page}, func() *url.URL { return u })
	nBare, nStd, nOwn := s.count(bare), s.count(s.std), s.count(s.own)
	var a, b []float64
	for range pairs {
		t := slice(bare, nBare)
		a, b = append(a, slice(s.std, nStd)-t), append(b, slice(s.own, nOwn)-t)
	}
	got := compare(a, b, r.target)
	got.allocs, got.bound = allocations(s.own)-allocations(bare), 7
	return got
}

// identity measures the heap of a jar with three cookies on each of n sites, as programs have
// that keep a jar for each of many identities.
func identity(n int, note string) func(*row) result {
	return func(*row) result {
		const jars = 2000
		sites, lines := manySites(n), few(3)
		cost := func(fresh func() setter) float64 {
			all := make([]setter, jars)
			before := heap()
			for i := range all {
				all[i] = fresh()
				for _, s := range sites {
					all[i].set(s, lines)
				}
			}
			after := heap()
			runtime.KeepAlive(all)
			return (after - before) / jars
		}
		std, own := cost(func() setter { return stdJar{newStd()} }), cost(func() setter { return ownJar{newOwn(false)} })
		most := std
		if n == 0 {
			most = 400
		}
		return result{std: fmt.Sprintf("%.0f B", std), own: fmt.Sprintf("%.0f B", own), note: note, met: own <= most}
	}
}

// made makes jars with a public suffix list.
func made() sides {
	var std *cookiejar.Jar
	var own *jar.Jar
	s := sides{
		std: func(n int) {
			for range n {
				std = newStd()
			}
		},
		own: func(n int) {
			for range n {
				own = newOwn(false)
			}
		},
	}
	runtime.KeepAlive(std)
	runtime.KeepAlive(own)
	return s
}

// clone compares the setting of 10,000 cookies with a Clone of them and one write to it.
func clone() sides {
	sites, lines := manySites(2000), few(5)
	fill := func() *jar.Jar {
		j := newOwn(true)
		for _, s := range sites {
			ownJar{j}.set(s, lines)
		}
		return j
	}
	j := fill()
	return sides{
		std: func(n int) {
			for range n {
				fill()
			}
		},
		own: func(n int) {
			for i := range n {
				ownJar{j.Clone()}.set(sites[i%len(sites)], lines[:1])
			}
		},
	}
}

// crawler returns the sides of a row that visits sites: a header, and then three lines. A
// fifth of the sites are new, the others are of the last 30,000. The limit is the Total of
// this project's jar.
func crawler(total int) func() sides {
	return func() sides {
		const working = 30_000
		hosts := make([]string, 10*working)
		for i := range hosts {
			hosts[i] = fmt.Sprintf("www.site%d.com", i)
		}
		lines := few(3)
		run := func(j setter, read func(site)) func(int) {
			asked := newSite("https://www.example.com/a/b")
			random, last := rand.New(rand.NewPCG(1, 2)), 0
			visit := func(host string) {
				asked.url = &url.URL{Scheme: "https", Host: host, Path: "/a/b"}
				asked.request = &jar.Request{URL: asked.url}
				read(asked)
				j.set(asked, lines)
			}
			for ; last < working; last++ {
				visit(hosts[last])
			}
			return func(n int) {
				for range n {
					if random.IntN(5) == 0 {
						visit(hosts[last%len(hosts)])
						last++
					} else {
						visit(hosts[(last-1-random.IntN(working))%len(hosts)])
					}
				}
			}
		}
		std := newStd()
		own, err := jar.New(&jar.Options{Limits: &jar.Limits{Total: total, Domain: 50}})
		if err != nil {
			panic(err)
		}
		buf := make([]byte, 0, 4096)
		return sides{
			std: run(stdJar{std}, func(s site) { clientPath(std, s) }),
			own: run(ownJar{own}, func(s site) { buf = own.AppendHeader(buf[:0], s.request) }),
		}
	}
}
