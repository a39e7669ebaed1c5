package main

import (
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// families are hosts that have to do with each other, each with Domain values
// that are worth a try in it.
var families = []struct{ hosts, domains []string }{
	{[]string{"www.example.test", "example.test", "a.www.example.test", "mail.example.test", "notexample.test"},
		[]string{"example.test", "www.example.test", "test", "ample.test", "mail.example.test", "a.www.example.test", "other.test"}},
	{[]string{"www.shop.co.uk", "shop.co.uk", "co.uk", "other.co.uk", "a.www.shop.co.uk"},
		[]string{"shop.co.uk", "co.uk", "uk", "www.shop.co.uk", "other.co.uk"}},
	{[]string{"alice.github.io", "github.io", "x.alice.github.io", "bob.github.io"},
		[]string{"alice.github.io", "github.io", "io", "bob.github.io", "x.alice.github.io"}},
	{[]string{"a.b.kawasaki.jp", "b.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp", "a.city.kawasaki.jp", "x.a.b.kawasaki.jp"},
		[]string{"a.b.kawasaki.jp", "b.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp", "jp", "a.city.kawasaki.jp"}},
	{[]string{"www.ck", "a.www.ck", "foo.ck", "x.foo.ck", "ck", "y.x.foo.ck"},
		[]string{"www.ck", "foo.ck", "ck", "x.foo.ck", "a.www.ck"}},
	{[]string{"127.0.0.1", "127.0.0.2"},
		[]string{"127.0.0.1", "127.0.0.2", "0.0.1", "1", "127.1", "0x7f.0.0.1", "2130706433", "localhost"}},
	{[]string{"10.1.2.3", "10.1.2.4"},
		[]string{"10.1.2.3", "1.2.3", "2.3", "10.1.2.3.", "10.1.2.03", "3.2.1.10"}},
	{[]string{"[2001:db8::1]", "[::1]"},
		[]string{"[2001:db8::1]", "2001:db8::1", "[2001:DB8::1]", "[2001:db8:0::1]", "[::1]", "::1", "1", "db8::1"}},
	{[]string{"localhost", "app.localhost", "x.app.localhost"},
		[]string{"localhost", "app.localhost", "x.app.localhost", "localhost.localdomain"}},
	{[]string{"intranet", "wiki.intranet", "other"},
		[]string{"intranet", "wiki.intranet", "other", "intra"}},
	{[]string{"xn--bcher-kva.test", "www.xn--bcher-kva.test", "bcher-kva.test"},
		[]string{"xn--bcher-kva.test", "b\xc3\xbccher.test", "XN--BCHER-KVA.test", "B\xc3\x9cCHER.test", "b%C3%BCcher.test", "b\xfccher.test", "bcher-kva.test", "www.b\xc3\xbccher.test", "xn--b.test"}},
	{[]string{"www.example.test.", "example.test.", "www.example.test", "example.test"},
		[]string{"example.test.", "example.test", "www.example.test.", "test.", "www.example.test"}},
	{[]string{"my_host.example.test", "example.test", "-x.example.test", "1.example.test"},
		[]string{"example.test", "my_host.example.test", "_host.example.test", "my%5Fhost.example.test", "1.example.test", "e%78ample.test", "example%2Etest"}},
}

// domains is about the Domain attribute.
func domains(g *gen) []scenario.Step {
	f := pick(g, families...)
	if g.percent(20) {
		f = families[0]
	}
	host := f.hosts[0]
	if g.percent(40) {
		host = pick(g, f.hosts...)
	}
	origin := g.origin(host, pick(g, "", "", "", ":8080"))
	var lines []string
	for i := range 2 + g.IntN(4) {
		d := pick(g, f.domains...)
		switch g.IntN(16) {
		case 0:
			d = g.mangleCase(d)
		case 1, 2, 3:
			d = "." + d
		case 4:
			d = pick(g, "..", ". ", "*.", "*", "-", "http://", "//", "@", "a.", "a..") + d
		case 5:
			d += pick(g, ".", "..", ":80", ":8080", "/", "/x", " x", "#", "?", "%00", "\x01", "*", "\\")
		case 6:
			d = pick(g, `"`+d+`"`, " "+d+" ", "\t"+d, "'"+d+"'", d+","+d, d+" "+d)
		case 7:
			d = pick(g, "", ".", "..", " ", "*", "%", "null", "x", "a.b.c.d.e", strings.Repeat("a.", 130)+"test", strings.Repeat("x", 64)+".test")
		case 8:
			d += pick(g, "; Domain=", "; Domain", "; Domain=.", "; Domain= ; Secure", "; Domain="+pick(g, f.domains...), "; Domain=x")
		}
		lines = append(lines, string(rune('a'+i))+"=1"+pick(g, "; Domain=", "; Domain=", "; domain=", ";Domain = ")+d+pick(g, "", "; Path=/"))
	}
	if g.percent(20) {
		lines = append(lines, "z=1")
	}
	steps := []scenario.Step{set(typed, origin+"/", lines...), get(typed, origin+"/")}
	for _, h := range some(g, 1, 3, f.hosts...) {
		steps = append(steps, get(typed, g.origin(h, pick(g, "", "", ":8443"))+"/"))
	}
	if g.percent(15) {
		steps = append(steps, get(scripted, origin+"/"))
	}
	return steps
}

// paths is about the Path attribute and the default path.
func paths(g *gen) []scenario.Step {
	site := g.scheme() + "example.test"
	targets := []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/ab", "/A", "/a//b", "//", "//a", "/a%2Fb", "/%61", "/a%20b", "/a;p=1/b", "/a;p=1", "/a?x=/b/", "/a/b?x", "/?a/b", "/a/%C3%A9", "/a/%c3%a9", "/b", "/a.b/c", "/a/b//", "/%2561", "/a+b"}
	var steps []scenario.Step
	for range 1 + g.IntN(2) {
		var lines []string
		for i := range 1 + g.IntN(5) {
			path := pick(g, append(targets, "/", "", "a", "a/b", "../", "/a/../b", "/a/./b", "./a", " /a", "/a ", `"/a"`, "/a\tb", "/a\x01", "/a/\xc3\xa9", "/a/\xe9", "/a/*", "/*", "\\a", "/a\\b", "//a", "/a#b", "/a,b", "%2Fa", "http://example.test/a", "/"+strings.Repeat("x", 30), "/a/;", "/ a")...)
			attr := pick(g, "; Path=", "; Path=", "; path=", ";Path =", "; Path= ") + path
			switch g.IntN(8) {
			case 0:
				attr = ""
			case 1:
				attr += pick(g, "; Path", "; Path=", "; Path=x", "; Path=/a", "; Path=/; Path=/b")
			}
			lines = append(lines, string(rune('a'+i))+"=1"+attr)
		}
		steps = append(steps, set(typed, site+pick(g, targets...), lines...))
	}
	for _, target := range some(g, 2, 5, targets...) {
		steps = append(steps, get(typed, site+target))
	}
	if g.percent(15) {
		steps = append(steps, get(scripted, site+pick(g, targets...)))
	}
	return steps
}
