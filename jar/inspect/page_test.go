package inspect

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// names returns the names of the cookies that a page lists, in its order.
func names(body string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`<td class="name"><a id="c-[^"]*" href="[^"]*"[^>]*>(.*?)</a>`).FindAllStringSubmatch(body, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestCookies(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://www.shop.example/cart/", "cart=3; Max-Age=259200; Secure; SameSite=Lax", "theme=dark; Domain=shop.example; Path=/")
	receive(t, j, "http://news.example/", "visitor=4711; HttpOnly; Max-Age=60")
	tracker := &jar.Request{URL: mustURL(t, "https://ads.example/"), Context: &jar.Context{Documents: []*url.URL{mustURL(t, "https://news.example/")}}}
	if v := j.Receive(tracker, []string{"uid=1; Secure; SameSite=None; Partitioned"}); !v[0].OK() {
		t.Fatal(v)
	}
	h := New(j, nil)
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"", []string{"uid", "visitor", "theme", "cart"}},
		{"sort=-domain", []string{"cart", "theme", "visitor", "uid"}},
		{"sort=name", []string{"cart", "theme", "uid", "visitor"}},
		{"sort=-name", []string{"visitor", "uid", "theme", "cart"}},
		{"sort=size", []string{"uid", "cart", "theme", "visitor"}},
		{"sort=expires", []string{"visitor", "cart", "uid", "theme"}},
		{"sort=path", []string{"uid", "visitor", "theme", "cart"}},
		{"sort=samesite", []string{"visitor", "theme", "uid", "cart"}},
		{"sort=-partition", []string{"uid", "visitor", "theme", "cart"}},
		{"sort=nonsense", []string{"uid", "visitor", "theme", "cart"}},
		{"q=shop", []string{"theme", "cart"}},
		{"q=shop&sort=name", []string{"cart", "theme"}},
		{"site=shop.example", []string{"theme", "cart"}},
		{"site=shop.example&q=theme", []string{"theme"}},
		{"site=unknown.example", nil},
		{"q=is:cool", nil},
		{"page=99", []string{"uid", "visitor", "theme", "cart"}},
	} {
		if got := names(get(t, h, "/?"+test.query)); !slices.Equal(got, test.want) {
			t.Errorf("?%s lists %q, want %q", test.query, got, test.want)
		}
	}
	all := get(t, h, "/")
	for _, want := range []string{
		"<b>4</b> cookies", "<b>3</b> sites", "<b>29 B</b>", "rules: standard",
		">in 3 days</td>", `title="2030-01-05 03:04:05 UTC"`, ">in 1 minute</td>", ">session</td>",
		`title="www.shop.example: for this host only">www.shop.example<`, `title="*.shop.example: for this host and its subdomains">*.shop.example<`,
		">https://news.example (cross-site)</td>", "<span>Secure</span>", "<span>HttpOnly</span>", ">Lax</td>",
		"2 cookies; unpartitioned: 2 of at most 180", "fullest partition: 1 of at most 180, 4 B of at most 10.0 KiB",
		`aria-sort="ascending"`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if got := get(t, h, "/?q=is:cool"); !strings.Contains(got, "is:cool: want secure") {
		t.Errorf("the page does not say what is wrong with the filter")
	}
	if got := get(t, New(mustJar(t, nil), nil), "/"); !strings.Contains(got, "The jar is empty.") {
		t.Errorf("the page does not say that the jar is empty")
	}
}

// Of each site, what is found counts, and the fullest of its partitions.
func TestSites(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://shop.example/", "cart=1", "theme=1", "lang=1")
	receive(t, j, "https://news.example/", "visitor=1")
	for i := range 8 {
		r := &jar.Request{URL: mustURL(t, "https://shop.example/"), Context: &jar.Context{Documents: []*url.URL{mustURL(t, fmt.Sprintf("https://top%d.example/", i))}}}
		lines := []string{"uid=1; Secure; SameSite=None; Partitioned"}
		if i == 3 {
			lines = append(lines, "uid2=12345; Secure; SameSite=None; Partitioned")
		}
		for _, v := range j.Receive(r, lines) {
			if !v.OK() {
				t.Fatal(v)
			}
		}
	}
	h := New(j, nil)
	for _, test := range []struct{ query, want string }{
		{"", "All 2 sites:13 news.example:1 shop.example:12"},
		{"?q=name:a", "One site:2 shop.example:2"},
		{"?q=name:t", "All 2 sites:3 news.example:1 shop.example:2"},
		{"?q=theme", "One site:1 shop.example:1"},
		{"?q=theme&site=news.example", "All 2 sites:1 news.example:0 shop.example:1"},
	} {
		var got []string
		for _, m := range regexp.MustCompile(`<a id="s-[^>]*><span>([^<]*)</span> <small>([^<]*)</small>`).FindAllStringSubmatch(get(t, h, "/"+test.query), -1) {
			got = append(got, m[1]+":"+m[2])
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s lists %s, want %s", test.query, got, test.want)
		}
	}
	if want := "12 cookies; unpartitioned: 3 of at most 180; fullest partition: 2 of at most 180, 13 B of at most 10.0 KiB"; !strings.Contains(get(t, h, "/"), want) {
		t.Errorf("the page does not say %q", want)
	}
}

// A value is on no page unless it is asked for.
func TestValues(t *testing.T) {
	const secret = "open-sesame"
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", "a="+secret+"; Secure", "b="+secret)
	h := New(j, &Options{Record: true, AllowDelete: true})
	defer h.Close()
	j.Header(&jar.Request{URL: mustURL(t, "http://example.com/")})
	var key string
	for c := range j.All() {
		key = id(c.Key())
	}
	for _, target := range []string{"/", "/?cookie=" + key, "/?q=" + secret[:4], "/explain?url=http://example.com/", "/export"} {
		if body := get(t, h, target); strings.Contains(body, secret) {
			t.Errorf("GET %s shows a value", target)
		}
	}
	if body := get(t, h, "/?value=show&cookie="+key); strings.Count(body, secret) != 1 {
		t.Errorf("the page has the value that was asked for %d times, want once", strings.Count(body, secret))
	}
}

// What comes from a server is text.
func TestHostile(t *testing.T) {
	const hostile = `<img src=x onerror=alert(1)>"'&`
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", hostile+"="+hostile+"; Path=/"+hostile, "\xff\u202e=\x80")
	h := New(j, &Options{AllowDelete: true})
	for c := range j.All() {
		key := id(c.Key())
		for _, target := range []string{
			"/", "/?value=show&cookie=" + key, "/explain?url=https://example.com/" + url.QueryEscape(hostile),
			"/?q=" + url.QueryEscape(hostile), "/?site=" + url.QueryEscape(hostile), "/?sort=" + url.QueryEscape(hostile),
			"/?q=" + url.QueryEscape("is:"+hostile), "/explain?url=" + url.QueryEscape(hostile), "/explain?url=x:&documents=" + url.QueryEscape(hostile),
		} {
			body := get(t, h, target)
			if strings.Contains(body, "<img src=x") || strings.Contains(body, "<IMG") {
				t.Errorf("GET %s: markup of a cookie is in the page", target)
			}
			if strings.ContainsAny(body, "\u202e") || strings.ContainsRune(body, '\ufffd') {
				t.Errorf("GET %s: octets of a cookie are in the page as they are", target)
			}
		}
	}
	if body := get(t, h, "/"); !strings.Contains(body, `\xff\u202e`) {
		t.Error("the page does not show octets that are no text")
	}
}

// A jar of any size comes in pages, and the sites with the most cookies are listed.
func TestPages(t *testing.T) {
	j := mustJar(t, nil)
	const sites = maxSites + 50
	for i := range sites {
		receive(t, j, fmt.Sprintf("https://s%03d.example/", i), "a=1")
	}
	receive(t, j, "https://zz.example/", "a=1", "b=2")
	h := New(j, nil)
	first, last := get(t, h, "/"), get(t, h, "/?page=2")
	if a, b := len(names(first)), len(names(last)); a != maxRows || b != sites+2-maxRows {
		t.Errorf("the pages have %d and %d rows, want %d and %d", a, b, maxRows, sites+2-maxRows)
	}
	for body, want := range map[string][]string{
		first: {"1 to 200 of 352", `rel="next" href="./?page=2"`, "The 300 of 351 sites with the most cookies", `id="s-zz.example"`},
		last:  {"201 to 352 of 352", `rel="prev" href="./?"`},
	} {
		for _, want := range want {
			if !strings.Contains(body, want) {
				t.Errorf("a page does not have %s", want)
			}
		}
	}
	if got := strings.Count(first, `<a id="s-`); got != maxSites+1 {
		t.Errorf("%d sites are listed, want %d and one for all", got, maxSites)
	}
	if got := get(t, h, "/?site=s349.example"); !strings.Contains(got, `id="s-s349.example"`) {
		t.Error("the site that is selected is not listed")
	}
}

// Whatever a query has of what each link repeats, and however much, the page stays
// small, and says what it did not read.
func TestLongQuery(t *testing.T) {
	j := mustJar(t, nil)
	for i := range maxSites + 1 {
		receive(t, j, fmt.Sprintf("https://s%03d.example/", i), "a=1")
	}
	h := New(j, &Options{AllowDelete: true})
	plain := len(get(t, h, "/"))
	words := strings.Repeat("word ", 20_000)
	for _, test := range []struct{ key, value, want string }{
		{"q", words, "The filter has 100,000 bytes, and at most 256 are read"},
		{"q", strings.Repeat("w", maxFilter+1), "The filter has 257 bytes, and at most 256 are read"},
		{"q", strings.Repeat("é", maxFilter/2), "No cookie matches"},
		{"q", strings.Repeat("is:secure ", 25), "No cookie matches"},
		{"q", "is:" + strings.Repeat("\x01", maxFilter-3), "want secure"},
		{"site", words, "The name of the site has 100,000 bytes"},
		{"site", strings.Repeat("s", maxSite), "No cookie matches"},
		{"sort", words, "301 found"},
		{"cookie", words, "301 found"},
		{"page", words, "301 found"},
		{"value", words, "301 found"},
		{"other", words, "301 found"},
	} {
		body := get(t, h, "/?"+url.Values{test.key: {test.value}}.Encode())
		if len(body) > plain+1<<20 {
			t.Errorf("?%s= with %d bytes makes a page of %d, want about the %d of a page without", test.key, len(test.value), len(body), plain)
		}
		if !strings.Contains(body, test.want) {
			t.Errorf("?%s= with %d bytes: the page does not say %q", test.key, len(test.value), test.want)
		}
		if strings.Contains(test.want, "at most") && len(names(body)) > 0 {
			t.Errorf("?%s= with %d bytes lists %d cookies, want none", test.key, len(test.value), len(names(body)))
		}
	}
}

// The page shows the sites and limits of the jar, not the defaults.
func TestOwnRules(t *testing.T) {
	j := mustJar(t, &jar.Options{
		UserAgent: jar.Chromium, Limits: &jar.Limits{Site: 7, Total: 50}, PublicSuffixList: ownList{},
		Now: func() time.Time { return epoch },
	})
	receive(t, j, "https://a.own.example/", "a=1")
	receive(t, j, "https://b.own.example/", "a=1")
	body := get(t, New(j, nil), "/")
	for _, want := range []string{"of 50 cookies", "unpartitioned: 1 of at most 7", "rules: chromium", `id="s-a.own.example"`, `id="s-b.own.example"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// ownList has own.example as a public suffix.
type ownList struct{}

func (ownList) String() string { return "own" }
func (ownList) PublicSuffix(domain string) string {
	if strings.HasSuffix("."+domain, ".own.example") {
		return "own.example"
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}
