package main

import (
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// Parts of a Set-Cookie field value that a parser may trip over.
var (
	names = []string{
		"a", "a", "b", "sid", "SID", "", "", " a", "a ", "\ta", "a\t", "a b", "a\tb", `"a"`, `"a`, "a,b", "a:b",
		"[a]", "{a}", "(a)", "a@b", "a/b", `a\b`, "a?b", "a<b>", "$Version", "Path", "Secure", "Domain", "expires",
		"\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xe9", "\xff", "a\x01b", "a\x7f", "\x1fa", "a\x80", "\xa0a", "%61", "a%3D", "__a", "a.b", "a!#$&'*+-^`|~",
	}
	values = []string{
		"1", "1", "2", "", " 1", "1 ", " 1 ", "\t1", "1\t", " \t 1 \t ", "1 2", "1\t2", `"1"`, `"1`, `1"`, `"1 2"`, `" 1 "`, `"1;2"`,
		"1=2", "=", "=1", "==", "1=", "1,2", ",", `{"k":[1, 2]}`, "%31", "%3B", `\1`, `"\"1\""`, "'1'",
		"\xc3\xa9", "\xe6\x97\xa5", "\xe9", "\xff\xfe", "\xa0", "1\xa0", "\xc2\xa01", "1\x012", "\x7f", "1\x1f", "\x0b1", "1\x0c", "a@b.c/d?e#f", "<1>", "deleted",
	}
	equals     = []string{"=", "=", "=", "=", "=", " =", "= ", " = ", "\t=", "=\t", "", " ", "=="}
	separators = []string{"; ", "; ", "; ", ";", " ;", ";;", "; ;", ";\t", "\t; ", " ; \t", ";  "}

	// whole are lines that are odd as a whole.
	whole = []string{
		"", " ", "\t", ";", "; ", ";;", "=", " = ", "==", "=;", "a", " a ", "a;", ";a", "; a=1", " ; a=1", "=a", " =a", "= a", "=a=b", "==a", "=;a=1",
		"a; Secure", "Secure", "=; Secure", "; Secure; a=1", "a=1;Path", "a=1; =", "a=1; =b", "a=1; ;;; Path=/", "a=1, b=2", "a=1,b=2; Path=/", "a=1\x00", "a=1\x00; Path=/",
		"a\x00=1", "a=1\rb=2", "a=1; \x01=2", "a=1; x=\x01", "a=1; Path=/\x01", "a=1; Path=/\x7f", "a=1; x=\t", "a=1; x\ty=1", "a=1; HttpOnly\x02", "Set-Cookie: a=1", "a=1 b=2", "a='1;2'", "\"a=1\"", "\"a=1; b\"", "a=\"1; b=2\"",
		"\xef\xbb\xbfa=1", "a =1", "a = \"1\" ; Path = /", "a=1; Path=\"/\"", "a=1; Path = / ", "a=1;PATH=/;path=/x", "a=1;\tSecure", "a=1;\x0bSecure", "a=1; Secure ;", "a=1; Secure=false", "a=1; Secure=",
		"a=1; \"Secure\"", "a=1; Se cure", "a=1; HttpOnly=no", "a=1; Http-Only", "a=1; SameSite", "a=1; SameSite=", "a=1; Path=/; Path=", "a=1; Domain=; Domain=example.test", "a=1; Expires", "a=1; Max-Age", "a=1; Version=1; Comment=c",
	}
)

// cookiePair returns a name and a value, one of them odd or both.
func (g *gen) cookiePair() string {
	name, value, equal := pick(g, "a", "b", "c"), pick(g, "1", "2", "3"), "="
	switch g.IntN(4) {
	case 0:
		name = pick(g, names...)
	case 1:
		value = pick(g, values...)
	case 2:
		equal = pick(g, equals...)
	default:
		name, value, equal = pick(g, names...), pick(g, values...), pick(g, equals...)
	}
	return name + equal + value
}

// attribute returns an attribute, seldom one that keeps the cookie from being seen.
func (g *gen) attribute() string {
	switch g.IntN(10) {
	case 0:
		return g.mangleCase("HttpOnly") + pick(g, "", "", "=", "=x")
	case 1:
		return g.mangleCase("Secure") + pick(g, "", "", " ", "=", "=0")
	case 2, 3:
		return g.mangleCase("Path") + pick(g, equals...) + pick(g, "/", "/", "/x", "x", "", `"/"`, "/x/", " /x", "/\xc3\xa9", "/%78", "/X")
	case 4:
		return g.mangleCase("SameSite") + pick(g, equals...) + g.mangleCase(pick(g, "Lax", "Strict", "None", "", "x", `"Lax"`, "Lax Strict"))
	case 5:
		return g.mangleCase("Max-Age") + pick(g, equals...) + pick(g, "6000", "0", "-1", "", "x", "6000x", "+6000", `"0"`, "0.5")
	case 6:
		return g.mangleCase("Expires") + pick(g, equals...) + pick(g, "Wed, 01 Jan 2031 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "0", "", "never")
	case 7:
		return g.mangleCase("Domain") + pick(g, equals...) + pick(g, "example.test", ".example.test", "", ".", "test", "EXAMPLE.test", `"example.test"`, "www.example.test")
	case 8:
		return pick(g, "Priority=High", "Priority=x", "Version=1", "Comment=c d", "Partitioned", "Partitioned=1", "Port=\"80\"", "x", "=", "=x", "x=y=z", "$Path=/")
	default:
		return pick(g, "", " ", "\t", "x\x01", "\xc3\xa9=\xff", "Path\x00", "x\ty")
	}
}

// line returns a Set-Cookie field value.
func (g *gen) line() string {
	if g.percent(25) {
		return pick(g, whole...)
	}
	var b strings.Builder
	b.WriteString(g.cookiePair())
	for range g.IntN(4) {
		b.WriteString(pick(g, separators...))
		b.WriteString(g.attribute())
	}
	if g.percent(10) {
		b.WriteString(pick(g, ";", "; ", ";;", " ", "\t"))
	}
	return b.String()
}

// parsing is about what a line says.
func parsing(g *gen) []scenario.Step {
	url := g.scheme() + "www.example.test" + pick(g, "/", "/x/", "/x/y")
	var steps []scenario.Step
	if g.percent(8) {
		steps = append(steps, set(typed, url, g.longLine()))
	}
	for range 1 + g.IntN(2) {
		var lines []string
		for range 1 + g.IntN(4) {
			lines = append(lines, g.line())
		}
		steps = append(steps, set(typed, url, lines...))
	}
	steps = append(steps, get(typed, url))
	if g.percent(30) {
		steps = append(steps, get(typed, "https://www.example.test/x/y/z"))
	}
	if g.percent(20) {
		steps = append(steps, get(typed, "https://example.test/x"))
	}
	if g.percent(30) {
		steps = append(steps, get(scripted, url))
	}
	return steps
}

// longLine returns a line at a limit: 4096 for name and value, 1024 for an attribute.
func (g *gen) longLine() string {
	long := func(n int) string { return strings.Repeat("x", n+g.IntN(3)-1) }
	switch g.IntN(6) {
	case 0:
		return "a=" + long(4095)
	case 1:
		return long(4095) + "=1"
	case 2:
		return long(4096)
	case 3:
		return "a=1; Path=/" + long(1023)
	case 4:
		return "a=1; Path=/x; Path=/" + long(1023)
	default:
		return "a=1; Domain=" + long(1024) + pick(g, "", "; Domain=example.test")
	}
}

// attributes is about one attribute given several times, in several ways.
func attributes(g *gen) []scenario.Step {
	url := g.scheme() + "www.example.test/x/y"
	kind := pick(g,
		func() string { return "Path=" + pick(g, "/", "/x", "/x/y", "/z", "", "x", `"/x"`, "/x/") },
		func() string {
			return "Domain=" + pick(g, "example.test", "www.example.test", "", ".", ".example.test", "test", "other.test", " ", "WWW.Example.TEST")
		},
		func() string { return "Max-Age=" + pick(g, "6000", "0", "-1", "", "x", "900", "-", "+5000") },
		func() string {
			return "Expires=" + pick(g, "Wed, 01 Jan 2031 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "", "x", "0")
		},
		func() string { return "SameSite=" + pick(g, "Lax", "Strict", "None", "", "x", "none ", "LAX") },
		func() string {
			return pick(g, "Secure", "secure=no", "HttpOnly", "httponly=0", "Secure;Secure", "HttpOnly; Secure", "Partitioned")
		},
	)
	var lines []string
	for i := range 2 + g.IntN(3) {
		line := string(rune('a'+i)) + "=1"
		for range 1 + g.IntN(3) {
			line += pick(g, "; ", ";", " ; ") + kind()
		}
		if g.percent(30) {
			line += "; " + g.attribute()
		}
		lines = append(lines, line)
	}
	return append([]scenario.Step{set(typed, url, lines...)},
		some(g, 2, 4,
			get(typed, url),
			get(typed, "https://example.test/x"),
			get(typed, "http://www.example.test/x"),
			get(typed, "https://a.www.example.test/x/y/"),
			get(scripted, url),
			get(link("https://evil.test/"), url),
			get(fetch("http://evil.test/"), url),
		)...)
}
