package main

import (
	"fmt"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// pages are where requests for bank.test come from: same-origin, same-site,
// of the same site but for the scheme, and of another site.
var pages = []string{
	"https://bank.test/", "https://www.bank.test/x", "https://other.bank.test/", "http://bank.test/", "http://www.bank.test/",
	"https://evil.test/", "https://evil.test/", "http://evil.test/",
}

// targets are what requests ask for.
var targets = []string{"https://bank.test/", "https://www.bank.test/", "https://www.bank.test/x/y", "http://bank.test/", "http://www.bank.test/"}

// sites have the same shape as bank.test, but their sites are harder to tell.
var sites = []string{"bank.test", "bank.test", "bank.test", "bank.co.uk", "bank.github.io", "bank.kawasaki.jp", "city.kawasaki.jp", "localhost", "xn--bcher-kva.test"}

// move moves the steps from bank.test to another site, now and then.
func (g *gen) move(steps []scenario.Step) []scenario.Step {
	r := strings.NewReplacer("bank.test", pick(g, sites...))
	for i := range steps {
		s := &steps[i]
		s.URL = r.Replace(s.URL)
		s.Ctx.Top, s.Ctx.Initiator = r.Replace(s.Ctx.Top), r.Replace(s.Ctx.Initiator)
		for j := range s.Ctx.RedirectFrom {
			s.Ctx.RedirectFrom[j] = r.Replace(s.Ctx.RedirectFrom[j])
		}
		for j := range s.Lines {
			s.Lines[j] = scenario.Bytes(r.Replace(string(s.Lines[j])))
		}
	}
	return steps
}

// site lines are cookies of each SameSite kind, odd ones among them.
func (g *gen) siteLines(low, high int) []string {
	var lines []string
	for i := range low + g.IntN(high-low+1) {
		line := string(rune('a'+i)) + "=1"
		switch g.IntN(6) {
		case 0: // none given
		case 1:
			line += "; SameSite" + pick(g, "", "=", "=x", "=None Strict", "=Lax,Strict", `="Lax"`, "=no_restriction", "=unspecified", "=default", "= strict ", "=STRICT", "=lAx", "=nOnE", "=\x01")
		case 2:
			line += "; SameSite=" + pick(g, "Lax", "Strict", "None", "x") + "; SameSite=" + pick(g, "Lax", "Strict", "None", "x", "")
		default:
			line += "; SameSite=" + pick(g, "Lax", "Strict", "None", "None")
		}
		if g.percent(65) {
			line += "; Secure"
		}
		if g.percent(25) {
			line += "; Domain=bank.test"
		}
		if g.percent(20) {
			line += "; " + pick(g, "Path=/", "Max-Age=6000", "HttpOnly", "Path=/x")
		}
		lines = append(lines, line)
	}
	return lines
}

// sameSite varies the initiator of a request and the documents around it.
func sameSite(g *gen) []scenario.Step {
	url := pick(g, targets...)
	setting := typed
	if g.percent(45) {
		setting = g.context(url, pages...)
	}
	steps := []scenario.Step{set(setting, url, g.siteLines(3, 5)...)}
	if g.percent(20) {
		from := pick(g, targets...)
		steps = append(steps, set(g.context(from, pages...), from, g.siteLines(1, 3)...))
	}
	for range 2 + g.IntN(3) {
		u := pick(g, url, url, pick(g, targets...))
		steps = append(steps, get(g.context(u, pages...), u))
	}
	return g.move(steps)
}

// redirects is about requests that went elsewhere first.
func redirects(g *gen) []scenario.Step {
	hops := append([]string{"https://bank.test/hop", "https://evil.test/hop", "https://evil.test/hop?2", "http://evil.test/hop", "http://bank.test/hop", "https://www.bank.test/hop", "https://third.test/hop"}, pages...)
	redirected := func(url string) scenario.Ctx {
		for range 20 {
			c := g.context(url, pages...)
			c.RedirectFrom = some(g, 1, 3, hops...)
			if runs(c, url) && distinct(append(c.RedirectFrom, url)) {
				return c
			}
		}
		return typed
	}
	url := pick(g, targets...)
	steps := []scenario.Step{set(typed, url, g.siteLines(3, 5)...)}
	if g.percent(40) {
		steps[0].Ctx = redirected(url)
	}
	for range 2 + g.IntN(3) {
		u := pick(g, url, url, pick(g, targets...))
		steps = append(steps, get(redirected(u), u))
	}
	return g.move(steps)
}

// distinct reports whether all are different, so that no redirect is a loop.
func distinct(all []string) bool {
	seen := map[string]bool{}
	for _, s := range all {
		seen[s] = true
	}
	return len(seen) == len(all)
}

// frames is about iframes, and requests from within.
func frames(g *gen) []scenario.Step {
	framed := func(url string) scenario.Ctx {
		for range 20 {
			c := pick(g, iframe, iframe, fetch)(pick(g, pages...))
			if g.percent(60) {
				c.Initiator = pick(g, pages...)
			}
			if runs(c, url) {
				return c
			}
		}
		return typed
	}
	url := pick(g, targets...)
	steps := []scenario.Step{set(pick(g, typed, framed(url)), url, g.siteLines(3, 5)...)}
	for range 2 + g.IntN(3) {
		u := pick(g, url, url, pick(g, targets...))
		steps = append(steps, get(framed(u), u))
	}
	return g.move(steps)
}

// partitions is about Partitioned cookies.
func partitions(g *gen) []scenario.Step {
	tops := []string{"https://top-a.test/", "https://top-b.test/", "https://bank.test/", "https://www.bank.test/", "http://top-a.test/", "https://x.top-a.test/", "https://top-a.test:8443/"}
	line := func(value string) string {
		s := pick(g, "a", "a", "b", "c", "__Host-p", "__Secure-p") + "=" + value
		if g.percent(90) {
			s += "; Secure"
		}
		if g.percent(80) {
			s += "; SameSite=" + pick(g, "None", "None", "None", "None", "Lax", "Strict", "x")
		}
		if g.percent(70) {
			s += "; " + pick(g, "Partitioned", "Partitioned", "Partitioned", "partitioned", "Partitioned=", "Partitioned=x", "Partitioned; Partitioned", "Partition")
		}
		if g.percent(60) {
			s += "; Path=" + pick(g, "/", "/", "/x")
		}
		if g.percent(15) {
			s += "; Domain=bank.test"
		}
		if g.percent(15) {
			s += "; " + pick(g, "HttpOnly", "Max-Age=0", "Max-Age=6000")
		}
		return s
	}
	context := func(url string) scenario.Ctx {
		if g.percent(20) {
			return pick(g, typed, scripted)
		}
		for range 20 {
			c := pick(g, fetch, fetch, iframe, link)(pick(g, tops...))
			if g.percent(20) && c.Kind != scenario.Navigate {
				c.Initiator = pick(g, tops...)
			}
			if g.percent(10) {
				c.RedirectFrom = []string{"https://top-b.test/hop"}
			}
			if runs(c, url) {
				return c
			}
		}
		return typed
	}
	host := pick(g, "https://bank.test", "https://bank.test", "https://www.bank.test", "http://bank.test")
	var steps []scenario.Step
	n := 0
	for range 1 + g.IntN(4) {
		var lines []string
		for range 1 + g.IntN(3) {
			n++
			lines = append(lines, line(fmt.Sprint(n)))
		}
		steps = append(steps, set(context(host), host+"/x", lines...))
	}
	for range 2 + g.IntN(4) {
		h := pick(g, host, host, "https://bank.test")
		steps = append(steps, get(context(h), h+"/x"))
	}
	return g.move(steps)
}

// mixture is a bit of everything: a small site and those who visit it.
func mixture(g *gen) []scenario.Step {
	var steps []scenario.Step
	for range 2 + g.IntN(3) {
		url := pick(g, targets...)
		var lines []string
		for range 1 + g.IntN(3) {
			if g.percent(50) {
				lines = append(lines, strings.ReplaceAll(g.line(), "example.test", "bank.test"))
			} else {
				lines = append(lines, g.siteLines(1, 1)...)
			}
		}
		steps = append(steps, set(g.context(url, pages...), url, lines...))
	}
	for range 2 + g.IntN(3) {
		url := pick(g, targets...)
		c := g.context(url, pages...)
		if g.percent(20) {
			c = scripted
		}
		steps = append(steps, get(c, url))
	}
	return steps
}
