package main

import (
	"fmt"

	"uacookie/testdata/browsers/scenario"
)

// prefixes is about names that promise something.
func prefixes(g *gen) []scenario.Step {
	host := pick(g, "www.example.test", "www.example.test", "example.test", "localhost", "127.0.0.1", "[::1]", "10.1.2.3", "alice.github.io", "github.io", "www.ck", "test")
	c := pick(g, typed, typed, typed, scripted)
	url := g.scheme() + host + pick(g, "/", "/", "/x/y")
	name := func() string {
		prefix := pick(g, "__Secure-", "__Host-", "__Host-", "__Http-", "__Host-Http-")
		if g.percent(30) {
			prefix = g.mangleCase(prefix)
		}
		switch g.IntN(14) {
		case 0:
			return "=" + prefix + pick(g, "", "a", "a=1", "=1")
		case 1:
			return prefix + pick(g, "", "a")
		case 2:
			return pick(g, " ", "\t", "  ") + prefix + "a=1"
		case 3:
			return pick(g, "_", "x", "\x7f", "\xc2\xa0", `"`, "$") + prefix + "a=1"
		case 4:
			return prefix + "=1"
		case 5:
			return pick(g, "__Secure", "__Host", "__Secure -a", "__Host_a", "__SecureHost-a", "__Http", "__Host-Http", "__Secure-__Host-a", "__Host-__Secure-a") + "=1"
		case 6:
			return " = " + prefix + "a=1"
		default:
			return prefix + pick(g, "a", "a", "b") + "=" + pick(g, "1", "", "=")
		}
	}
	var lines []string
	for range 2 + g.IntN(4) {
		line := name()
		if g.percent(85) {
			line += "; Secure"
		}
		if g.percent(70) {
			line += "; Path=" + pick(g, "/", "/", "/", "/", "", "/x", "x", "//", `"/"`, "/x; Path=/", "/; Path=", "/; Path=/x")
		}
		if g.percent(45) {
			line += "; HttpOnly"
		}
		if g.percent(25) {
			line += "; Domain=" + pick(g, "", host, "."+host, "example.test", ".", "x")
		}
		if g.percent(15) {
			line += "; " + pick(g, "SameSite=None", "Partitioned", "SameSite=None; Partitioned", "SameSite=Strict", "Max-Age=6000")
		}
		lines = append(lines, line)
	}
	steps := []scenario.Step{set(c, url, lines...), get(typed, url)}
	for _, scheme := range some(g, 0, 2, "https://", "http://") {
		steps = append(steps, get(typed, scheme+pick(g, host, host, "example.test")+"/x/y"))
	}
	return steps
}

// overlays is about insecure responses that come near secure cookies.
func overlays(g *gen) []scenario.Step {
	hosts := []string{"example.test", "www.example.test", "a.www.example.test", "mail.example.test"}
	ps := []string{"/", "/a", "/a/", "/a/b", "/ab", "/b"}
	line := func(value string) string {
		s := pick(g, "a", "a", "a", "a", "b", "") + "=" + value
		if g.percent(70) {
			s += "; Path=" + pick(g, ps...)
		}
		if g.percent(45) {
			s += "; Domain=" + pick(g, "example.test", "example.test", "www.example.test")
		}
		if g.percent(10) {
			s += "; " + pick(g, "Max-Age=0", "HttpOnly", "SameSite=None", "SameSite=Strict", "Partitioned")
		}
		return s
	}
	if g.percent(8) {
		hosts = []string{"localhost", "localhost", "127.0.0.1", "app.localhost"}
	}
	target := func() string { return pick(g, hosts...) + pick(g, "/", "/a", "/a/b", "/a/b/c", "/b") }
	first := target()
	var secure, plain []string
	for i := range 1 + g.IntN(3) {
		s := line(fmt.Sprint("s", i))
		if g.percent(85) {
			s += "; Secure"
		}
		secure = append(secure, s)
	}
	for i := range 1 + g.IntN(3) {
		s := line(fmt.Sprint("p", i))
		if g.percent(10) {
			s += "; Secure"
		}
		plain = append(plain, s)
	}
	second := "http://" + pick(g, first, target())
	steps := []scenario.Step{set(typed, "https://"+first, secure...)}
	if g.percent(25) {
		steps = append([]scenario.Step{set(typed, "http://"+target(), line("o0"), line("o1"))}, steps...)
	}
	steps = append(steps, set(pick(g, typed, typed, typed, scripted), second, plain...))
	if g.percent(20) {
		steps = append(steps, set(pick(g, typed, scripted), "https://"+target(), line("t0")))
	}
	return append(steps, get(typed, "https://"+first), get(typed, second), get(typed, g.scheme()+target()+"/b/c"))
}

// order is about which cookie comes first, and what an overwrite does to that.
func order(g *gen) []scenario.Step {
	host := "www.example.test"
	line := func() string {
		s := pick(g, "a", "a", "b", "c", "") + "=" + pick(g, "1", "1", "2", "3")
		if g.percent(50) {
			s += "; Path=" + pick(g, "/", "/", "/x", "/x/y", "/x/y/")
		}
		if g.percent(30) {
			s += "; Domain=" + pick(g, "example.test", "www.example.test", ".www.example.test")
		}
		if g.percent(35) {
			s += "; " + pick(g, "Secure", "HttpOnly", "SameSite=Strict", "SameSite=Lax", "Max-Age=6000", "Expires=Wed, 01 Jan 2031 00:00:00 GMT", "Priority=High", "Max-Age=9000")
		}
		return s
	}
	url := func() string { return g.scheme() + host + pick(g, "/", "/x/y/z", "/x/y/z", "/x/y") }
	var steps []scenario.Step
	for range 2 + g.IntN(3) {
		var lines []string
		for range 1 + g.IntN(4) {
			lines = append(lines, line())
		}
		steps = append(steps, set(pick(g, typed, typed, typed, scripted), url(), lines...))
		if g.percent(25) {
			steps = append(steps, get(typed, url()))
		}
	}
	steps = append(steps, get(typed, "https://"+host+"/x/y/z"))
	if g.percent(40) {
		steps = append(steps, get(pick(g, typed, scripted), url()))
	}
	return steps
}

// deletion is about expired cookies: which one do they take with them?
func deletion(g *gen) []scenario.Step {
	hosts := []string{"www.example.test", "www.example.test", "example.test"}
	line := func(value, extra string) string {
		s := pick(g, "a", "a", "b", "", "__Secure-a", "__Host-a") + "=" + value
		if g.percent(60) {
			s += "; Path=" + pick(g, "/", "/", "/x", "/x/")
		}
		if g.percent(40) {
			s += "; Domain=" + pick(g, "example.test", "www.example.test")
		}
		if g.percent(35) {
			s += "; " + pick(g, "Secure", "Secure", "HttpOnly", "SameSite=None; Secure", "Secure; SameSite=None; Partitioned")
		}
		return s + extra
	}
	url := func() string { return g.scheme() + pick(g, hosts...) + pick(g, "/", "/x/y") }
	var lines, deletions []string
	for i := range 2 + g.IntN(4) {
		lines = append(lines, line(fmt.Sprint(i), pick(g, "", "", "; Max-Age=6000")))
	}
	for range 1 + g.IntN(3) {
		deletions = append(deletions, line(pick(g, "", "x", "0"), pick(g, "; Max-Age=0", "; Max-Age=-1", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "; expires=Mon, 01-Jan-1990 00:00:00 GMT", "; Max-Age=0; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=6000")))
	}
	steps := []scenario.Step{
		set(typed, "https://www.example.test"+pick(g, "/", "/x/y"), lines...),
		get(typed, "https://www.example.test/x/y"),
		set(pick(g, typed, typed, scripted, fetch("https://evil.test/"), fetch("https://www.example.test/")), "https://www.example.test/x/y", deletions...),
		get(typed, "https://www.example.test/x/y"),
	}
	if g.percent(40) {
		steps[2].URL, steps[2].Ctx = url(), pick(g, typed, typed, scripted)
	}
	if g.percent(40) { // set again: where does it come in the order?
		steps = append(steps, set(typed, url(), line("new", "")), get(typed, "https://www.example.test/x/y"))
	}
	return steps
}

// scripts is about document.cookie.
func scripts(g *gen) []scenario.Step {
	host := pick(g, "www.example.test", "www.example.test", "localhost", "127.0.0.1", "alice.github.io", "test")
	url := g.scheme() + host + pick(g, "/", "/x/y")
	line := func() string {
		switch g.IntN(8) {
		case 0: // what only a script can say
			return pick(g, "a=1\nb=2", "a=1\r\nb=2", "a=1\n", "\na=1", "a\n=1", "a=1; Path=/\n", "a=1\x00", "a=1\x00b", "\x00a=1", "a\x00=1", "a=1; Path=/\x00x", "a=1; Domain\n=x", "a=1\r", "\r\n", "\x00", "\t", "a=\t1", "a=1\t; Path=/")
		case 1:
			return pick(g, "", "=", "a", "=a", "; Path=/", "a; HttpOnly", "\xc3\xa9=\xe2\x82\xac", "a=\xf0\x9f\x8d\xaa", "a=\xc2\xa0", "\xef\xbb\xbfa=1", "a=\xc2\x80", "a=\xef\xbf\xbd", "a=\xc2\x85b")
		}
		s := pick(g, "a", "a", "b", "c", "__Host-a", "__Secure-a", "__Http-a", "") + "=" + pick(g, "1", "2", "", "3 4", `"5"`)
		for range g.IntN(4) {
			s += "; " + pick(g, "HttpOnly", "Secure", "Secure", "Path=/", "Path=/", "Path=/x", "SameSite=Strict", "SameSite=None", "SameSite=Lax", "Max-Age=0", "Max-Age=6000", "Domain="+host, "Domain=example.test", "Partitioned", "Expires=Thu, 01 Jan 1970 00:00:00 GMT")
		}
		return s
	}
	var header, written []string
	for range 1 + g.IntN(3) {
		header = append(header, pick(g, "a", "b", "c", "d", "")+"=h"+pick(g, "", "; HttpOnly", "; HttpOnly", "; Secure; HttpOnly", "; Secure", "; SameSite=Strict", "; HttpOnly; Path=/x", "; Path=/x")+pick(g, "", "; Path=/"))
	}
	for range 1 + g.IntN(4) {
		written = append(written, line())
	}
	steps := []scenario.Step{set(typed, url, header...), set(scripted, url, written...)}
	if g.percent(25) {
		steps[0], steps[1] = steps[1], steps[0]
	}
	if g.percent(10) {
		steps = append(steps, set(typed, url, pick(g, "r=\xff", "r=\xc3\xa9", "\xe9=1", "r=\xed\xa0\x80", "r=\xc3")))
	}
	steps = append(steps, get(scripted, url), get(typed, url))
	if g.percent(30) {
		steps = append(steps, get(scripted, g.scheme()+host+"/x/"))
	}
	return steps
}
