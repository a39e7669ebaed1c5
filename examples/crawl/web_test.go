package main

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// crawlDemo crawls a demonstration web.
func crawlDemo(t *testing.T, workers int) (*web, *crawler) {
	t.Helper()
	w, err := startWeb()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	l := limits{workers: workers, depth: demoDepth, pages: 100, timeout: 30 * time.Second, offsite: true}
	var lines strings.Builder
	c := newCrawler(l, w.transport(workers), newProgress(&lines))
	c.crawl(context.Background(), w.seeds())
	if n := c.count.failedPages.Load() + c.count.failedResources.Load(); n != 0 {
		t.Fatalf("%d errors, want none:\n%s", n, lines.String())
	}
	return w, c
}

// The stored, refused and withheld cookies are known in advance, and do not depend on the
// number of workers.
func TestDemo(t *testing.T) {
	for _, workers := range []int{1, 4, 16} {
		w, c := crawlDemo(t, workers)

		for _, f := range w.findings(c.tally) {
			if !f.ok {
				t.Errorf("%d workers: the %s says: %s", workers, f.who, f.what)
			}
		}

		kept := make(map[string]int)
		for cookie := range c.jar.All() {
			s := shelfOf(&cookie)
			kept[s.site+inPartition(s.partition)]++
		}
		if want := map[string]int{
			"hostile.co.uk": 179,
			"hostile.test":  2,
			"museum.test":   7,
			"news.test":     3,
			"shop.test":     5,
			"shopcdn.test inside https://shop.test (cross-site)": 1,
			"sso.test":     2,
			"tracker.test": 5,
			"tracker.test inside http://museum.test (cross-site)": 1,
			"tracker.test inside https://news.test (cross-site)":  1,
			"tracker.test inside https://shop.test (cross-site)":  1,
			"tracker.test inside https://tracker.test":            1,
		}; !maps.Equal(kept, want) {
			t.Errorf("%d workers: kept\n%v, want\n%v", workers, kept, want)
		}

		counts := make(map[jar.Reason]int)
		for _, withheld := range []bool{false, true} {
			for _, r := range c.tally.rulings(withheld) {
				counts[r.reason] = r.count
			}
		}
		if want := map[jar.Reason]int{
			policy.ReasonTooMany:          7000,
			policy.ReasonControlOctet:     5,
			policy.ReasonTooLong:          2,
			policy.ReasonEmpty:            1,
			policy.ReasonDomainNotASCII:   1,
			policy.ReasonPublicSuffix:     6,
			policy.ReasonDomainMismatch:   4,
			policy.ReasonInsecureOrigin:   2,
			policy.ReasonSecureOverlay:    4,
			policy.ReasonCrossSiteStrict:  1,
			policy.ReasonCrossSiteLax:     17,
			policy.ReasonCrossSiteDefault: 23,
			policy.ReasonNoneInsecure:     19,
			policy.ReasonSecurePrefix:     2,
			policy.ReasonHostPrefix:       6,
			policy.ReasonHTTPPrefix:       1,
			policy.ReasonHostHTTPPrefix:   1,
			policy.ReasonNamelessPrefix:   4,
			policy.ReasonPartitioned:      1,

			policy.ReasonSecureOnly:            4,
			policy.ReasonSameSiteStrict:        15,
			policy.ReasonSameSiteLax:           14,
			policy.ReasonSameSiteLaxUnsafe:     3,
			policy.ReasonSameSiteDefault:       12,
			policy.ReasonSameSiteDefaultUnsafe: 1,
		}; !maps.Equal(counts, want) {
			t.Errorf("%d workers: refused and withheld\n%v, want\n%v", workers, counts, want)
		}
	}
}

// The hostile neighbour achieves nothing: each trick is refused by its rule, the
// shop's session is the one that the shop gave, and no cookie of the neighbour's is
// filed under another site.
func TestHostile(t *testing.T) {
	w, c := crawlDemo(t, 4)

	want := make(map[jar.Reason]int)
	for _, a := range acts {
		for _, trick := range a.tricks {
			want[trick.rule]++
		}
	}
	if !maps.Equal(w.ledger.tricks, want) {
		t.Errorf("tricks tried: %v, want all of %v", w.ledger.tricks, want)
	}
	for reason, n := range want {
		if got := c.tally.refusedFrom(reason, hostileHosts...); got != n {
			t.Errorf("%v: %d cookies of the neighbour were refused, want %d", reason, got, n)
		}
	}

	sessions := 0
	for cookie := range c.jar.All() {
		if strings.Contains(cookie.Value, forged) && !strings.HasPrefix(cookie.Domain, "hostile.") {
			t.Errorf("%v is the neighbour's", cookie)
		}
		if cookie.Name == "__Host-session" {
			sessions++
			if !w.ledger.sessions[cookie.Value] || cookie.Domain != "www.shop.test" {
				t.Errorf("%v is not what the shop set", cookie)
			}
		}
	}
	if sessions != 1 {
		t.Errorf("%d sessions in the jar, want 1", sessions)
	}
}

// Each trick is of one kind only, so the rule it is filed under must be the first
// that a fresh jar names, where no stored cookie is needed.
func TestTricks(t *testing.T) {
	for _, a := range acts {
		req, err := http.NewRequest("GET", a.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, trick := range a.tricks {
			var j jar.Jar
			j.Receive(&jar.Request{URL: testkit.URL(t, "https://www.shop.test/")}, []string{
				"cart=empty; Domain=shop.test; Path=/; Secure", "prefs=; Domain=shop.test; Path=/; Secure"})
			v := j.Receive(&jar.Request{URL: req.URL}, []string{trick.line})
			if v[0].Reason != trick.rule {
				t.Errorf("%s: %.60q: %v, want %v", a.url, trick.line, v[0].Reason, trick.rule)
			}
		}
	}
}

// No part of what is printed has a cookie's value in it, nor an escape code.
func TestDemoOutput(t *testing.T) {
	w, c := crawlDemo(t, 4)
	var out strings.Builder
	r := newReport(&out)
	r.all(c, w)
	r.flush()
	got := out.String()

	values := []string{forged, preferences, "dark"}
	for cookie := range c.jar.All() {
		if len(cookie.Value) >= 16 {
			values = append(values, cookie.Value)
		}
	}
	for _, v := range values {
		if strings.Contains(got, v) {
			t.Errorf("the report has the value %q:\n%s", v, got)
		}
	}
	if i := strings.IndexFunc(got, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || 0x80 <= r && r < 0xa0 }); i >= 0 {
		t.Errorf("the report has a control character: %q", got[max(0, i-40):min(len(got), i+40)])
	}
	for line := range strings.Lines(got) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 100 {
			t.Errorf("a line of %d columns, want 100 at most: %s", n, line)
		}
	}
	if n := strings.Count(got, "flood-"); n > maxRows+1 {
		t.Errorf("the flood has %d lines, want %d at most", n, maxRows+1)
	}
	for _, want := range []string{
		"208 COOKIES KEPT", "7,100 COOKIES REFUSED", "COOKIES WITHHELD 49 TIMES", "2,821 COOKIES EVICTED",
		"… and 173 more", "secure-overlay", "Section 5.7, step 16", `"\x9b31mred"`, "in 30 days", "(no name)",
		"tracker.test inside https://news.test (cross-site)", "37 pages",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
}

// A crawl that is cut short has less to say, but nothing that is wrong.
func TestDemoShallow(t *testing.T) {
	for _, args := range []string{"-depth=0", "-depth=1", "-max-pages=5", "-workers=1 -max-pages=12"} {
		var out, errs strings.Builder
		if code := run(context.Background(), slices.Collect(strings.FieldsSeq(args)), &out, &errs); code != 0 {
			t.Errorf("%s: exit code %d, want 0:\n%s%s", args, code, errs.String(), out.String())
		}
	}
}
