package jar_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// soak selects the long forms of tests: make soak sets SOAK=1.
var soak = os.Getenv("SOAK") != ""

// A flood from one host, from many hosts of one site, or from many sites costs only the sites
// that send it. Past MaxReceived the first cookies of a response are stored, eviction follows
// the rules, and each refusal is reported.
//
// Learned from CVE-2022-32205: curl stored without limit what servers set for a site, and then
// sent requests that were too large for other servers of the site.
func TestFlood(t *testing.T) {
	floods := []struct {
		name  string
		host  func(i int) string
		line  func(i int) string
		kept  int // the most cookies that stay
		sites int
	}{
		{"one host", func(int) string { return "flood.test" }, func(i int) string { return fmt.Sprintf("c%d=1", i) }, 180, 1},
		{"hosts of a site", func(i int) string { return fmt.Sprintf("h%d.flood.test", i) }, func(i int) string { return fmt.Sprintf("c%d=1", i) }, 180, 1},
		{"domain cookies of hosts of a site", func(i int) string { return fmt.Sprintf("h%d.flood.test", i) }, func(i int) string { return fmt.Sprintf("c%d=1; Domain=flood.test", i) }, 180, 1},
		{"paths", func(int) string { return "flood.test" }, func(i int) string { return fmt.Sprintf("c=1; Path=/%d", i) }, 180, 1},
		{"partition", func(int) string { return "flood.test" }, func(i int) string { return fmt.Sprintf("c%d=1; Secure; Partitioned; SameSite=None", i) }, 180, 1},
		{"hosts of a public suffix", func(i int) string { return fmt.Sprintf("h%d.github.io", i%50) }, func(i int) string { return fmt.Sprintf("c%d=1", i) }, 50 * 180, 50},
		{"sites", func(i int) string { return fmt.Sprintf("flood%d.test", i%50) }, func(i int) string { return fmt.Sprintf("c%d=1", i) }, 50 * 180, 50},
	}
	for _, tt := range floods {
		t.Run(tt.name, func(t *testing.T) {
			w := newWitness(t, nil)
			before := w.Len()
			for i := range 10_000 {
				r := &jar.Request{URL: &url.URL{Scheme: "https", Host: tt.host(i), Path: "/"}}
				if v := w.Receive(r, []string{tt.line(i)})[0]; !v.OK() {
					t.Fatalf("%v, want it taken: the limit is kept by eviction", v)
				}
			}
			if got := w.Len() - before; got > tt.kept || got < tt.kept/2 {
				t.Errorf("%d cookies of the flood are kept, want at most %d, and not far less", got, tt.kept)
			}
			w.check(t, "after a flood")
		})
	}
}

// The newest cookies of a flood stay, so that a login after it succeeds.
func TestFloodThenLogin(t *testing.T) {
	j := mustJar(t, nil)
	for i := range 5000 {
		j.Receive(to(t, "https://evil.site.test/"), []string{fmt.Sprintf("c%d=1; Domain=site.test; Secure", i)})
	}
	j.Receive(to(t, "https://www.site.test/"), []string{"sid=1; Secure; HttpOnly"})
	for i := range 25 { // too few for a purge of 30 to reach the login
		j.Receive(to(t, "https://evil.site.test/"), []string{fmt.Sprintf("d%d=1; Domain=site.test; Secure", i)})
	}
	if got := j.Header(to(t, "https://www.site.test/")); !strings.Contains(got, "sid=1") {
		t.Errorf("Header = %d bytes without sid=1, want the login that came after the flood", len(got))
	}
}

// With limits smaller than what Chromium's rounds spare, too, a flood over http takes no
// Secure cookie, and one of low priority none of high.
func TestFloodAtSmallLimits(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 7
	}
	for site := 2; site <= 180; site += step {
		for _, purged := range []int{0, 1, site / 2, site - 1} {
			j := mustJar(t, &jar.Options{Limits: &jar.Limits{Site: site, SitePurged: purged}})
			bank := to(t, "https://www.bank.test/")
			j.Receive(bank, []string{"__Host-sid=1; Secure; Path=/"})
			for i := range 2 * site {
				j.Receive(to(t, "http://evil.bank.test/"), []string{fmt.Sprintf("c%d=1", i)})
			}
			if got := j.Header(bank); got != "__Host-sid=1" {
				t.Errorf("Site %d, SitePurged %d: after a flood over http Header = %q, want __Host-sid=1", site, purged, got)
			}
			j.Clear()
			j.Receive(bank, []string{"high=1; Priority=High"})
			for i := range 2 * site {
				j.Receive(to(t, "https://evil.bank.test/"), []string{fmt.Sprintf("c%d=1; Priority=Low", i)})
			}
			if got := j.Header(bank); got != "high=1" {
				t.Errorf("Site %d, SitePurged %d: after a flood of low priority Header = %q, want high=1", site, purged, got)
			}
		}
	}
}

// A partition has a limit of bytes as well as of cookies: a large cookie evicts the least
// recently used small ones until it fits.
func TestFloodOfPartition(t *testing.T) {
	const most = 10 << 10
	now := noon
	j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
	r := to(t, "https://flood.test/")
	for i := range 25 {
		now = now.Add(time.Minute)
		j.Receive(r, []string{fmt.Sprintf("c%02d=%s; Secure; Partitioned", i, strings.Repeat("x", 397))})
	}
	j.Receive(r, []string{"large=" + strings.Repeat("x", 3995) + "; Secure; Partitioned"})
	size := 0
	var names []string
	for _, c := range sentBy(j, r) {
		size += len(c.Name) + len(c.Value)
		names = append(names, c.Name)
	}
	if size > most || size+400 <= most || names[0] != "c10" || names[len(names)-1] != "large" {
		t.Errorf("%d bytes of %q are kept, want no more than %d, and c10 to c24 and large", size, names, most)
	}
}

// With a limit in total, cookies in use outlive a flood from many sites: the least recently
// used are evicted.
func TestFloodOfSitesWithTotal(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const total = 1000
	j := mustJar(t, &jar.Options{
		Limits: &jar.Limits{Site: 180, SitePurged: 150, Total: total, Domain: 50},
		Now:    func() time.Time { return now },
	})
	used := to(t, "https://used.test/")
	j.Receive(used, []string{"sid=1; Secure", "lang=en"})
	for i := range 20 * total {
		now = now.Add(time.Second)
		j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("s%d.test", i)}}, []string{"c=1"})
		if i%60 == 0 {
			if got := j.Header(used); got != "sid=1; lang=en" {
				t.Fatalf("after %d other sites Header = %q, want sid=1; lang=en: it is asked for each minute", i, got)
			}
		}
		if n := j.Len(); n > total {
			t.Fatalf("%d cookies, want at most %d", n, total)
		}
	}
}

// A site that floods its users does not make their requests fail if the client limits what it
// sends: the cookies that sort first are sent, and the server accepts the request.
//
// Learned from CVE-2022-32205, whose requests came back as 431 or 400.
func TestFloodLeavesRequestsSmall(t *testing.T) {
	const most = 8190 // Apache's limit for a line
	var withheld int
	j := mustJar(t, &jar.Options{MaxSentBytes: most, MaxSent: 150, Withheld: func(r *jar.Refusal) {
		if !errors.Is(r, policy.ReasonSendLimit) {
			t.Errorf("withheld: %v, want %v", r, policy.ReasonSendLimit)
		}
		withheld++
	}})
	w := newWeb(t, j)
	w.routes["/"] = func(rw http.ResponseWriter, r *http.Request) {
		if n := len("Cookie: ") + len(r.Header.Get("Cookie")); n > most+len("Cookie: ") {
			rw.WriteHeader(http.StatusRequestHeaderFieldsTooLarge)
		}
	}
	j.Receive(to(t, "http://www.site.test/"), []string{"sid=1; Path=/app", "first=1"})
	for i := range 170 {
		j.Receive(to(t, "http://evil.site.test/"), []string{fmt.Sprintf("c%d=%s; Domain=site.test", i, strings.Repeat("x", 4000))})
	}
	for path, want := range map[string]string{"/app": "sid=1; first=1; c0=", "/": "first=1; c0="} {
		w.routes[path] = w.routes["/"]
		resp, err := w.client.Get("http://www.site.test" + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s, want 200", path, resp.Status)
		}
		seen := w.visits()
		_, cookies, _ := strings.Cut(seen[0], "Cookie: ")
		if !strings.HasPrefix(cookies, want) || len(cookies) > most || withheld == 0 {
			t.Errorf("GET %s: Cookie: %s with %d withheld, want %q first, at most %d bytes, the rest reported", path, shorten(cookies), withheld, want, most)
		}
		withheld = 0
	}
}

// heap returns the number of bytes of the heap in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A jar uses no more memory than its limits allow, whatever servers send: 180 cookies a site,
// with 4096 octets of name and value, 1024 of Domain and 8192 of path each. A stored cookie
// does not keep its long line in memory.
//
// The short form sends thousands of lines, the long form ten million.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a jar")
	}
	const (
		perSite   = 180
		perCookie = 4096 + 1024 + 8192 + 512 // and the jar's own data
	)
	lines, many := 5000, 10
	if soak {
		lines, many = 10_000_000, 1000
	}
	big := strings.Repeat("x", 4000)
	junk := strings.Repeat("; junk="+strings.Repeat("y", 1000), 16)
	kinds := map[string]func(i int) string{
		"new names":      func(i int) string { return fmt.Sprintf("c%d=v", i) },
		"large":          func(i int) string { return fmt.Sprintf("c%d=%s; Path=/%s", i, big, big[:1000]) },
		"junk":           func(i int) string { return fmt.Sprintf("c%d=v%s", i, junk) },
		"one name":       func(i int) string { return fmt.Sprintf("c=%d%s", i, big) },
		"short-lived":    func(i int) string { return fmt.Sprintf("c%d=%s; Max-Age=1", i, big) },
		"long-lived":     func(i int) string { return fmt.Sprintf("c%d=%s; Max-Age=99999999999", i, big) },
		"refused":        func(i int) string { return fmt.Sprintf("c%d=%s; Domain=other.test", i, big) },
		"over the bound": func(i int) string { return fmt.Sprintf("c%d=%s%s", i, big, big) },
		"partitioned":    func(i int) string { return fmt.Sprintf("c%d=%s; Secure; Partitioned", i, big) },
		"new hosts":      func(i int) string { return fmt.Sprintf("c=%d", i) },
		"new paths":      func(i int) string { return fmt.Sprintf("c=%d", i) },
	}
	for _, sites := range []int{1, many} {
		for kind, line := range kinds {
			t.Run(fmt.Sprintf("%d sites/%s", sites, kind), func(t *testing.T) {
				now := noon
				j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
				before := heap()
				for i := range lines {
					if i%1000 == 0 {
						now = now.Add(time.Second)
					}
					u := &url.URL{Scheme: "https", Host: fmt.Sprintf("site%d.test", i%sites)}
					switch kind {
					case "new hosts":
						u.Host = fmt.Sprintf("h%d.%s", i, u.Host)
					case "new paths":
						u.Path = fmt.Sprintf("/%d%s%s/page", i, big, big)
					}
					j.Receive(&jar.Request{URL: u}, []string{line(i)})
				}
				used := int64(heap()) - int64(before)
				t.Logf("%d lines leave %d cookies in %d KiB", lines, j.Len(), used>>10)
				if got, most := j.Len(), sites*perSite; got > most {
					t.Errorf("%d lines leave %d cookies, want at most %d", lines, got, most)
				}
				if most := int64(sites)*perSite*perCookie + 64<<10; used > most {
					t.Errorf("%d lines leave %d KiB in use, want at most %d", lines, used>>10, most>>10)
				}
				if most := int64(j.Len())*2048 + 1<<20; kind == "junk" && used > most {
					t.Errorf("%d short cookies from long lines hold %d KiB, want no more than %d: the lines must go", j.Len(), used>>10, most>>10)
				}
				runtime.KeepAlive(j)
			})
		}
	}
}
