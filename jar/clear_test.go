package jar_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
)

// Clear-Site-Data removes the cookies of the site, and Firefox those of the host; how it was
// recorded of browsers is in testdata/browsers/recordings/day, which jar/browser acts out.
func TestClearSiteData(t *testing.T) {
	u := func(s string) *url.URL { return parsed(t, s) }
	evil := &jar.Context{Documents: []*url.URL{u("https://evil.test/")}}
	blocked := &jar.Context{Documents: evil.Documents, ThirdParty: jar.ThirdPartyBlocked}
	const all = "host www domain chips own evil"
	for _, tt := range []struct {
		name    string
		agent   jar.UserAgent
		request *jar.Request
		field   string
		left    string
	}{
		{"cookies", jar.Standard, &jar.Request{URL: u("https://bank.test/")}, `"cookies"`, "chips evil"},
		{"everything", jar.Chromium, &jar.Request{URL: u("https://www.bank.test/")}, `"cache", "*"`, "chips evil"},
		{"a host of its own", jar.Chromium, &jar.Request{URL: u("https://10.0.0.1/"), Host: "bank.test"}, `"cookies"`, "chips evil"},
		{"third party", jar.Chromium, &jar.Request{URL: u("https://bank.test/"), Context: evil}, `"cookies"`, "own evil"},
		{"third party, blocked", jar.Chromium, &jar.Request{URL: u("https://bank.test/"), Context: blocked}, `"cookies"`, "host www domain own evil"},
		{"a host", jar.Firefox, &jar.Request{URL: u("https://bank.test/")}, `"cookies"`, "www chips own evil"},
		{"another host", jar.Firefox, &jar.Request{URL: u("https://www.bank.test/")}, `"cookies"`, "host domain chips own evil"},
		{"third party, apart", jar.Firefox, &jar.Request{URL: u("https://bank.test/"), Context: evil}, `"cookies"`, "host www domain own evil"},
		{"third party, not apart", jar.Firefox, &jar.Request{URL: u("https://bank.test/"), Context: blocked}, `"cookies"`, "www chips own evil"},
		{"storage", jar.Chromium, &jar.Request{URL: u("https://bank.test/")}, `"storage"`, all},
		{"no quotes", jar.Chromium, &jar.Request{URL: u("https://bank.test/")}, `cookies, *`, all},
		{"insecure", jar.Chromium, &jar.Request{URL: u("http://bank.test/")}, `"cookies"`, all},
		{"script", jar.Chromium, &jar.Request{URL: u("https://bank.test/"), Context: &jar.Context{Script: true}}, `"cookies"`, all},
		{"no URL", jar.Chromium, &jar.Request{}, `"cookies"`, all},
		{"no request", jar.Chromium, nil, `"cookies"`, all},
	} {
		j, err := jar.New(&jar.Options{UserAgent: tt.agent})
		if err != nil {
			t.Fatal(err)
		}
		set := func(s string, c *jar.Context, line string) {
			if v := j.Receive(&jar.Request{URL: u(s), Context: c}, []string{line})[0]; !v.OK() {
				t.Fatal(v)
			}
		}
		set("https://bank.test/", nil, "host=1")
		set("https://www.bank.test/", nil, "www=1")
		set("https://bank.test/", nil, "domain=1; Domain=bank.test")
		set("https://bank.test/", nil, "own=1; Secure; Partitioned")
		set("https://bank.test/", evil, "chips=1; Secure; SameSite=None; Partitioned")
		set("https://evil.test/", nil, "evil=1")
		before := j.Len()
		n := j.ClearSiteData(tt.request, []string{`"cache"`, tt.field})
		var left []string
		for c := range j.All() {
			left = append(left, c.Name)
		}
		want := strings.Fields(tt.left)
		slices.Sort(left)
		slices.Sort(want)
		if !slices.Equal(left, want) || n != before-len(want) {
			t.Errorf("%s, %s: ClearSiteData(%s) = %d leaves %q, want %q", tt.agent, tt.name, tt.field, n, left, want)
		}
	}
}

// A Transport obeys the field if it is told to, after it has stored the cookies.
func TestTransportClearSiteData(t *testing.T) {
	for _, obeys := range []bool{false, true} {
		j := new(jar.Jar)
		base := roundTripFunc(func(r *http.Request) (*http.Response, error) {
			h := http.Header{"Set-Cookie": {"session=1"}}
			if r.URL.Path == "/logout" {
				h = http.Header{"Set-Cookie": {"new=1"}, "Clear-Site-Data": {`"cookies"`}}
			}
			return &http.Response{StatusCode: 200, Header: h, Body: http.NoBody, Request: r}, nil
		})
		c := &http.Client{Transport: &jar.Transport{Base: base, Jar: j, ClearSiteData: obeys}}
		for _, s := range []string{"https://bank.test/login", "https://bank.test/logout"} {
			if _, err := c.Get(s); err != nil {
				t.Fatal(err)
			}
		}
		want := "session=1; new=1"
		if obeys {
			want = ""
		}
		if got := j.Header(&jar.Request{URL: parsed(t, "https://bank.test/")}); got != want {
			t.Errorf("ClearSiteData: %t: Cookie: %q, want %q", obeys, got, want)
		}
	}
	tr := &jar.Transport{ClearSiteData: true, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Clear-Site-Data": {`"*"`}}, Body: http.NoBody, Request: r}, nil
	})}
	req, _ := http.NewRequestWithContext(jar.WithJar(t.Context(), nil), "GET", "https://bank.test/", nil)
	if _, err := tr.RoundTrip(req); err != nil {
		t.Error(err)
	}
}

func parsed(tb testing.TB, s string) *url.URL {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}
