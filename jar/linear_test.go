package jar_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// linear fails if the cost of what work prepares grows faster than n: sixteen times
// the size may, at the third attempt, take a hundred times as long, which leaves
// room for a busy machine. What is quadratic takes 256 times as long.
func linear(t *testing.T, name string, n int, work func(n int) func()) {
	t.Helper()
	const (
		times = 16
		limit = 100
	)
	cost := func(f func()) time.Duration {
		least := time.Duration(1<<63 - 1)
		for range 4 {
			start := time.Now()
			f()
			least = min(least, time.Since(start))
		}
		return max(least, 2*time.Microsecond) // what a clock can hardly resolve is not quadratic
	}
	small, large := work(n), work(n*times)
	var quick, slow time.Duration
	for range 3 {
		quick, slow = cost(small), cost(large)
		if slow <= limit*quick {
			return
		}
	}
	t.Errorf("%s: size %d took %v, size %d %v, %.0f times as long: want about %d", name, n, quick, n*times, slow, float64(slow)/float64(quick), times)
}

// What a server writes is paid for by its length, whatever it is: lines, names,
// paths, domains, dates, hosts, and the number of each.
//
// Learned from CVE-2016-1000232 and CVE-2017-15010 (tough-cookie: regular expressions
// that took the square of the length of a line), and bpo-38804 (Python: one for
// dates).
func TestLinearIn(t *testing.T) {
	if testing.Short() {
		t.Skip("handles many megabytes")
	}
	line := func(make func(n int) string) func(n int) func() {
		return func(n int) func() {
			j, r, l := mustJar(t, nil), to(t, "https://www.a.test/dir/page"), []string{make(n)}
			return func() { j.Receive(r, l) }
		}
	}
	rep := strings.Repeat
	lines := map[string]func(n int) string{
		"spaces": func(n int) string {
			return "a" + rep(" ", n) + "=" + rep(" ", n) + "b" + rep(" ", n) + ";" + rep(" ", n)
		},
		"semicolons":    func(n int) string { return "a=b" + rep(";", n) },
		"equals":        func(n int) string { return rep("=", n) },
		"quotes":        func(n int) string { return `a="` + rep(`\"`, n) },
		"attributes":    func(n int) string { return "a=b" + rep("; Path=/x; Domain=a.test; Secure", n/32) },
		"dates":         func(n int) string { return "a=b" + rep("; Expires="+rep("1-1 ", 250), n/1010) },
		"one date":      func(n int) string { return "a=b; Expires=" + rep("0:", n) },
		"domain labels": func(n int) string { return "a=b" + rep("; Domain="+rep("a.", 500)+"test", n/1010) },
		"one domain":    func(n int) string { return "a=b; Domain=" + rep("a.", n) },
		"path":          func(n int) string { return "a=b; Path=/" + rep("/", n) },
		"ages":          func(n int) string { return "a=b" + rep("; Max-Age="+rep("9", 1000), n/1010) },
		"too long":      func(n int) string { return rep("n", n) + "=" + rep("v", n) },
		"control":       func(n int) string { return "a=" + rep("\t", n) + "\x00" },
	}
	for name, text := range lines {
		linear(t, "Receive, "+name, 1<<13, line(text))
	}
	// Both sizes are past the limit for a site, so that each new cookie evicts others.
	linear(t, "Receive, many lines", 400, func(n int) func() {
		j, r := mustJar(t, &jar.Options{MaxReceived: -1}), to(t, "https://www.a.test/")
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf("c%d=1", i)
		}
		return func() { j.Receive(r, all) }
	})
	linear(t, "Receive, many sites", 500, func(n int) func() {
		return func() {
			j := mustJar(t, nil)
			for i := range n {
				j.Receive(host(fmt.Sprintf("s%d.test", i)), []string{"a=1"})
			}
		}
	})
	linear(t, "Receive, a site at its limit", 300, func(n int) func() {
		return func() {
			j := mustJar(t, &jar.Options{Limits: &jar.Limits{Site: n}})
			for i := range 3 * n {
				j.Receive(host("a.test"), []string{fmt.Sprintf("c%d=1", i)})
			}
		}
	})
	linear(t, "Receive, a partition at its limit", 300, func(n int) func() {
		return func() {
			j := mustJar(t, &jar.Options{Limits: &jar.Limits{PartitionCount: n}})
			for i := range 3 * n {
				j.Receive(to(t, "https://a.test/"), []string{fmt.Sprintf("c%d=1; Secure; Partitioned", i)})
			}
		}
	})
	for name, age := range map[string]time.Duration{"used": 0, "unused": 60 * 24 * time.Hour} {
		linear(t, "Accept as Chromium, half of the cookies "+name, 2000, func(n int) func() {
			return func() {
				j := mustJar(t, &jar.Options{UserAgent: policy.Chromium, Now: func() time.Time { return noon }})
				for i := range n {
					c := jar.Cookie{Name: "a", Domain: fmt.Sprintf("h%d.test", i), Path: "/", HostOnly: true, Created: noon, LastAccess: noon}
					if i%2 == 0 {
						c.LastAccess = noon.Add(-age)
					}
					j.Accept(c)
				}
			}
		})
	}
	linear(t, "SetCookies, raw lines", 1<<13, func(n int) func() {
		j, u := mustJar(t, nil), testkit.URL(t, "https://www.a.test/")
		resp := &http.Response{Header: http.Header{"Set-Cookie": {"a=b" + rep("; x=y", n/5)}}}
		cookies := resp.Cookies()
		return func() { j.SetCookies(u, cookies) }
	})
}

// Reading takes time in proportion to the length of hosts and paths, which a redirect can
// choose, and to the number of cookies in the jar.
func TestLinearOut(t *testing.T) {
	if testing.Short() {
		t.Skip("handles many megabytes")
	}
	full := mustJar(t, nil)
	for i := range 170 {
		full.Receive(to(t, "https://www.a.test/"), []string{fmt.Sprintf("c%d=1; Domain=a.test; Path=/%s", i, strings.Repeat("/", i))})
	}
	hosts := map[string]func(n int) string{
		"labels":      func(n int) string { return strings.Repeat("a.", n/2) + "a.test" },
		"one label":   func(n int) string { return strings.Repeat("a", n) + ".a.test" },
		"dots":        func(n int) string { return strings.Repeat(".", n) },
		"digits":      func(n int) string { return strings.Repeat("1", n) },
		"parts":       func(n int) string { return strings.Repeat("1.", n/2) + "1" },
		"colons":      func(n int) string { return "[" + strings.Repeat(":", n) + "]" },
		"zone":        func(n int) string { return "[fe80::1%" + strings.Repeat("z", n) + "]" },
		"A-labels":    func(n int) string { return strings.Repeat("xn--a.", n/6) + "test" },
		"one A-label": func(n int) string { return "xn--" + strings.Repeat("a", n) + ".test" },
		"U-labels":    func(n int) string { return strings.Repeat("\u00e9.", n/3) + "test" },
		"one U-label": func(n int) string {
			letters := make([]rune, n/3) // all different: Punycode goes through the label for each
			for i := range letters {
				letters[i] = rune(0x4e00 + i%0x5000)
			}
			return string(letters) + ".test"
		},
		"ideographic":  func(n int) string { return strings.Repeat("\u3002", n/3) + "test" },
		"combining":    func(n int) string { return "a" + strings.Repeat("\u0301", n/2) + ".test" },
		"wide letters": func(n int) string { return strings.Repeat("\uff41", n/3) + ".test" },
	}
	ask := map[string]func(*jar.Request){
		"Header":  func(r *jar.Request) { full.Header(r) },
		"Explain": func(r *jar.Request) { full.Explain(r) },
		"Judge":   func(r *jar.Request) { full.Judge(jar.Cookie{Name: "a", Domain: "a.test", Path: "/"}, r) },
		"Receive": func(r *jar.Request) {
			full.Receive(r, []string{"x=; Domain=a.test; Max-Age=0", "x=; Max-Age=0; Secure; Partitioned"})
		},
		"Cookies": func(r *jar.Request) { full.Cookies(r.URL) },
	}
	for call, ask := range ask {
		for name, h := range hosts {
			linear(t, call+", host of "+name, 1<<11, func(n int) func() {
				r := host(h(n))
				return func() { ask(r) }
			})
			if call == "Header" {
				linear(t, call+", documents of "+name, 1<<10, func(n int) func() {
					r := to(t, "https://www.a.test/")
					r.Context = &jar.Context{Initiator: &url.URL{Scheme: "https", Host: h(n)}, Documents: []*url.URL{{Scheme: "https", Host: h(n)}}}
					return func() { ask(r) }
				})
			}
		}
		for name, path := range map[string]func(n int) string{
			"slashes":  func(n int) string { return strings.Repeat("/", n) },
			"one":      func(n int) string { return "/" + strings.Repeat("a", n) },
			"escapes":  func(n int) string { return "/" + strings.Repeat("%2F", n/3) },
			"segments": func(n int) string { return strings.Repeat("/a", n/2) },
		} {
			linear(t, call+", path of "+name, 1<<11, func(n int) func() {
				r := to(t, "https://www.a.test"+path(n))
				return func() { ask(r) }
			})
		}
		linear(t, call+", many documents", 100, func(n int) func() {
			r := to(t, "https://www.a.test/")
			r.Context = &jar.Context{}
			for range n {
				r.Context.Documents = append(r.Context.Documents, r.URL)
			}
			return func() { ask(r) }
		})
	}

	// A site with no limit, all of whose cookies match.
	for call, ask := range map[string]func(*jar.Jar, *jar.Request){
		"Header":  func(j *jar.Jar, r *jar.Request) { j.Header(r) },
		"Explain": func(j *jar.Jar, r *jar.Request) { j.Explain(r) },
		"Cookies": func(j *jar.Jar, r *jar.Request) { j.Cookies(r.URL) },
		"All": func(j *jar.Jar, r *jar.Request) {
			for range j.All() {
			}
		},
		"Delete": func(j *jar.Jar, r *jar.Request) { j.Delete(none) },
		"Clone":  func(j *jar.Jar, r *jar.Request) { j.Clone() },
	} {
		linear(t, call+", cookies of many sites", 200, func(n int) func() {
			j := mustJar(t, &jar.Options{Limits: &jar.Limits{}})
			for i := range n {
				j.Receive(host(fmt.Sprintf("s%d.test", i/100)), []string{fmt.Sprintf("c%d=1", i)})
			}
			r := host("s0.test")
			return func() { ask(j, r) }
		})
	}
}
