package jar_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/policy"
)

// The tests of the files hostile_*_test.go are known failures of other cookie jars, tried on this
// one. Each says where the lesson was learned.

// A path matches up to the end of a segment, "/" matches all paths, and octets are compared as
// they are: nothing is decoded or resolved.
//
// Learned from early browsers, which sent a cookie of Path=/any to /anybad.
func TestPathEndsAtSegment(t *testing.T) {
	tests := []struct {
		path    string
		yes, no []string
		why     string
	}{
		{path: "/any", yes: []string{"/any", "/any/", "/any/x", "/any//", "/any/../x"}, no: []string{"/anybad", "/any%2F", "/any%2fx", "/any;x", "/any.x", "/an", "/", "/ANY", "/x/any", "//any"}, why: "a segment ends at a slash"},
		{path: "/any/", yes: []string{"/any/", "/any/x"}, no: []string{"/any", "/anybad", "/any%2F"}, why: "the path itself ends in a slash"},
		{path: "/", yes: []string{"/", "/x", "//", "/%2F", "/..", "/x/../y"}, why: "every path is below the root"},
		{path: "/a%2Fb", yes: []string{"/a%2Fb", "/a%2Fb/c"}, no: []string{"/a/b", "/a%2fb", "/a%2Fbc"}, why: "an encoded slash is not decoded"},
		{path: "/a/b", yes: []string{"/a/b", "/a/b/c"}, no: []string{"/a%2Fb", "/a//b", "/a/./b", "/a/%62", "/a/x/../b"}, why: "the request path is neither decoded nor resolved"},
		{path: "//", yes: []string{"//", "//x"}, no: []string{"/", "/x"}, why: "two slashes are not one"},
		{path: "/..", yes: []string{"/..", "/../x"}, no: []string{"/", "/x"}, why: "dots are a segment like others"},
		{path: "/a?b", no: []string{"/a", "/a?b"}, why: "a query is no part of the request path"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			j := mustJar(t, nil)
			j.Receive(to(t, "http://a.test/"), []string{"p=1; Path=" + tt.path})
			for i, paths := range [][]string{tt.yes, tt.no} {
				for _, path := range paths {
					want := [...]string{"p=1", ""}[i]
					if got := j.Header(to(t, "http://a.test"+path)); got != want {
						t.Errorf("Path=%s: Header(%s) = %q, want %q: %s", tt.path, path, got, want, tt.why)
					}
				}
			}
		})
	}
}

// An insecure origin overlays no Secure cookie, at path "/" included.
//
// Learned from CVE-2025-9086: curl compared the paths wrongly when a cookie of path "/" over
// http was to replace a Secure one.
func TestOverlayAtRoot(t *testing.T) {
	for _, tt := range []struct {
		secure, plain string
		want          jar.Reason
		why           string
	}{
		{"/", "/", policy.ReasonSecureOverlay, "the paths are identical"},
		{"/", "/x", policy.ReasonSecureOverlay, "it would be sent before the Secure cookie"},
		{"/x", "/x/y", policy.ReasonSecureOverlay, "it would be sent before the Secure cookie"},
		{"/x", "/", 0, "the Secure cookie is sent first, and never replaced"},
		{"/x", "/xy", 0, "no request carries both"},
		{"/x/", "/x", 0, "the Secure cookie is sent first, and never replaced"},
	} {
		t.Run(tt.secure+" then "+tt.plain, func(t *testing.T) {
			j := mustJar(t, nil)
			j.Receive(to(t, "https://target.test/"), []string{"s=good; Secure; Path=" + tt.secure})
			if v := j.Receive(to(t, "http://target.test/"), []string{"s=evil; Path=" + tt.plain})[0]; v.Reason != tt.want {
				t.Errorf("Secure at %s, then over http at %s: %v, want %v: %s", tt.secure, tt.plain, v, tt.want, tt.why)
			}
			if got := j.Header(to(t, "https://target.test"+tt.secure)); !strings.HasPrefix(got, "s=good") {
				t.Errorf("Secure at %s, then over http at %s: Header = %q, want s=good first", tt.secure, tt.plain, got)
			}
		})
	}
}

// An insecure origin overlays no Secure cookie from a parent domain, from a subdomain, or across
// a public suffix.
//
// Learned from "Cookies Lack Integrity: Real-World Implications" (USENIX Security
// 2015): a cookie set over http at a parent or a sibling passed for the one that was
// set over https.
func TestOverlayFromAnywhere(t *testing.T) {
	tests := []struct {
		name                           string
		secure, line, plain, plainLine string
		want                           jar.Reason
	}{
		{"the host itself", "https://a.test/", "s=1; Secure", "http://a.test/", "s=2", policy.ReasonSecureOverlay},
		{"from above", "https://www.a.test/", "s=1; Secure", "http://a.test/", "s=2; Domain=a.test", policy.ReasonSecureOverlay},
		{"from above, host-only", "https://www.a.test/", "s=1; Secure", "http://a.test/", "s=2", policy.ReasonSecureOverlay},
		{"from below", "https://a.test/", "s=1; Secure; Domain=a.test", "http://www.a.test/", "s=2", policy.ReasonSecureOverlay},
		{"for above", "https://a.test/", "s=1; Secure", "http://www.a.test/", "s=2; Domain=a.test", policy.ReasonSecureOverlay},
		{"to delete", "https://a.test/", "s=1; Secure", "http://a.test/", "s=; Max-Age=0", policy.ReasonSecureOverlay},
		{"beside", "https://x.a.test/", "s=1; Secure", "http://y.a.test/", "s=2", 0},
		{"another name", "https://a.test/", "s=1; Secure", "http://a.test/", "S=2", 0},
		{"not Secure", "https://a.test/", "s=1", "http://a.test/", "s=2", 0},
		{"a loopback host is secure", "https://localhost/", "s=1; Secure", "http://localhost/", "s=2", 0},
		{"from below a suffix", "https://www.amazonaws.com/", "s=1; Secure; Domain=amazonaws.com", "http://me.s3.amazonaws.com/", "s=2", 0},
		{"beside a suffix", "https://www.amazonaws.com/", "s=1; Secure", "http://me.s3.amazonaws.com/", "s=2", 0},
		{"a suffix's own host", "https://bank.co.uk/", "s=1; Secure", "http://co.uk/", "s=2", 0},
		{"another suffix's own host", "https://bank.co.uk/", "s=1; Secure", "http://org.uk/", "s=2", 0},
	}
	// The draft refuses these as secure-overlay: deviation "registrable-domain".
	deviations := map[string]bool{"from below a suffix": true, "a suffix's own host": true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock{noon}
			j := mustJar(t, &jar.Options{Now: c.now})
			j.Receive(to(t, tt.secure), []string{tt.line + "; Max-Age=60"})
			if v := j.Receive(to(t, tt.plain), []string{tt.plainLine})[0]; v.Reason != tt.want {
				t.Errorf("%q at %s, then %q at %s: %v, want %v", tt.line, tt.secure, tt.plainLine, tt.plain, v, tt.want)
			}
			draft := modelJar{now: noon, draft: true}
			draft.receive(&modelRequest{url: testkit.URL(t, tt.secure)}, tt.line)
			taken := draft.receive(&modelRequest{url: testkit.URL(t, tt.plain)}, tt.plainLine)
			if deviates := taken != (tt.want == 0); deviates != deviations[tt.name] {
				t.Errorf("%q at %s, then %q at %s: taken by the draft: %t", tt.line, tt.secure, tt.plainLine, tt.plain, taken)
			}
			c.at = c.at.Add(time.Minute)
			if v := j.Receive(to(t, tt.plain), []string{tt.plainLine})[0]; !v.OK() {
				t.Errorf("when %q has expired: %v, want it taken", tt.line, v)
			}
		})
	}
}

// A cookie overlays no Secure cookie of another name, however many there are.
func TestOverlayIsByName(t *testing.T) {
	j := mustJar(t, &jar.Options{Limits: &jar.Limits{}})
	for i := range 300 {
		j.Receive(to(t, "https://a.test/"), []string{fmt.Sprintf("secure%d=1; Secure", i)})
	}
	for i := range 300 {
		name := fmt.Sprintf("plain%d", i)
		if v := j.Receive(to(t, "http://a.test/"), []string{name + "=1"})[0]; !v.OK() {
			t.Fatalf("%v, want it taken: no cookie has its name", v)
		}
	}
}

// A default path may have a semicolon, as in the URLs of Java servers, which a Path attribute
// cannot. Writing such a cookie to a file and reading it back does not lose it.
func TestDefaultPathWithSemicolon(t *testing.T) {
	j := mustJar(t, nil)
	j.Receive(to(t, "https://a.test/shop;jsessionid=1/page"), []string{"a=1"})
	for _, format := range []cookiefile.Format{cookiefile.FormatJSON, cookiefile.FormatNetscape, cookiefile.FormatPlaywright} {
		var file bytes.Buffer
		if err := cookiefile.Write(&file, j.All(), &cookiefile.WriteOptions{Format: format}); err != nil {
			t.Fatal(err)
		}
		again := mustJar(t, nil)
		if n, err := cookiefile.Load(again, &file, nil); n != 1 || err != nil {
			t.Errorf("%v: Load = %d, %v, want 1, nil", format, n, err)
		}
		if got := again.Header(to(t, "https://a.test/shop;jsessionid=1/other")); got != "a=1" {
			t.Errorf("%v: Header = %q, want a=1", format, got)
		}
	}
}

// The length of a default path is limited, as the length of a line is: a redirect to a path of megabytes
// does not make the jar store the path with each cookie. CVE-2022-32205 (curl) was a lack of
// such limits.
func TestDefaultPathIsBounded(t *testing.T) {
	const most = 8192
	for n, want := range map[int]jar.Reason{most: 0, most + 1: policy.ReasonTooLong, 1 << 20: policy.ReasonTooLong} {
		path := "/" + strings.Repeat("p", n-1)
		for _, ua := range userAgents {
			j := mustJar(t, &jar.Options{UserAgent: ua})
			v := j.Receive(to(t, "https://a.test"+path+"/page"), []string{"a=1", "b=1; Path=", "c=1; Path=/"})
			received := want
			if ua == jar.Firefox { // which takes 1024
				received = policy.ReasonTooLong
			}
			if v[0].Reason != received || v[1].Reason != received || !v[2].OK() {
				t.Errorf("%v: a default-path of %d octets: %v, %v, and with Path=/ %v; want %v, %v, none", ua, n, v[0].Reason, v[1].Reason, v[2].Reason, received, received)
			}
			if v := j.Accept(jar.Cookie{Name: "d", Domain: "a.test", Path: path}); v.Reason != want {
				t.Errorf("%v: Accept of a path of %d octets: %v, want %v", ua, n, v.Reason, want)
			}
		}
	}
}

// Names that mean something to a language or a format are names like any other.
//
// Learned from CVE-2023-26136: in tough-cookie the names of domains, paths and
// cookies were keys of objects, and "__proto__" reached the prototype of all.
func TestHostileKeys(t *testing.T) {
	names := []string{
		"__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "null", "true", "0", "-1", "NaN",
		"cookies", "name", "value", "domain", "format", "base64", "#HttpOnly_a.test", "# comment", ".", "..", "/", "\\", `"`, `'`, "{}", "[]", "<script>", "$Version", "\u2028",
	}
	j := mustJar(t, nil)
	r := to(t, "https://a.test/__proto__/constructor")
	var lines []string
	for i, name := range names {
		lines = append(lines, fmt.Sprintf("%s=%s%d; Path=/__proto__", name, name, i))
	}
	for _, v := range j.Receive(r, lines) {
		if !v.OK() {
			t.Errorf("%v, want it taken", v)
		}
	}
	j.Receive(host("__proto__"), []string{"host=1"})
	j.Receive(host("__proto__.a.test"), []string{"sub=1; Domain=a.test; Path=/__proto__"})
	want := j.Header(r)
	if n := strings.Count(want, "; "); n != len(names) {
		t.Fatalf("Header = %q: %d cookies, want %d", want, n+1, len(names)+1)
	}
	for _, format := range []cookiefile.Format{
		cookiefile.FormatJSON, cookiefile.FormatNetscape, cookiefile.FormatNetscapePython, cookiefile.FormatPlaywright, cookiefile.FormatCDP, cookiefile.FormatPuppeteer, cookiefile.FormatWebDriver,
	} {
		var file bytes.Buffer
		sorted := slices.SortedFunc(j.All(), func(a, b jar.Cookie) int { return int(a.Order) - int(b.Order) })
		err := cookiefile.Write(&file, slices.Values(sorted), &cookiefile.WriteOptions{Format: format, Lost: func(l *cookiefile.Loss) {
			if l.LeftOut {
				t.Errorf("%v", l)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		again := mustJar(t, nil)
		if n, err := cookiefile.Load(again, &file, nil); n != j.Len() || err != nil {
			t.Errorf("%v: Load = %d, %v, want %d, nil", format, n, err, j.Len())
		}
		if got := again.Header(r); got != want {
			t.Errorf("%v: Header = %q, want %q", format, got, want)
		}
		if got := again.Header(host("__proto__")); got != "host=1" {
			t.Errorf("%v: Header(__proto__) = %q, want host=1", format, got)
		}
	}
	// Keys that no cookie has change nothing.
	again := mustJar(t, nil)
	n, err := cookiefile.Load(again, strings.NewReader(
		`{"__proto__":{"secure":false},"cookies":[{"__proto__":{"name":"evil"},"constructor":1,"name":"a","value":"1","domain":"a.test"}]}`), nil)
	if n != 1 || err != nil || again.Header(host("a.test")) != "a=1" {
		t.Errorf("Load = %d, %v, and Header = %q, want 1, nil, a=1", n, err, again.Header(host("a.test")))
	}
}
