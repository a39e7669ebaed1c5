package jar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/internal/persist"
	"uacookie/jar/policy"
)

// A way is a way into a jar for a cookie that host sets for domain.
type way struct {
	name string
	put  func(t *testing.T, j *jar.Jar, host, name, domain string) (taken bool)
}

// waysIn are the ways in which a host names the domain of its own cookie.
var waysIn = []way{
	{"Receive", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		return j.Receive(host(h), []string{name + "=" + h + "; Domain=" + domain})[0].OK()
	}},
	{"SetCookies", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		n := j.Len()
		j.SetCookies(host(h).URL, []*http.Cookie{{Name: name, Value: h, Domain: domain}})
		return j.Len() > n
	}},
	{"document.cookie", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		r := host(h)
		r.Context = &jar.Context{Script: true}
		return j.Receive(r, []string{name + "=" + h + "; Domain=" + domain})[0].OK()
	}},
	{"Transport", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		n := j.Len()
		tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(req *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.Header().Set("Set-Cookie", name+"="+h+"; Domain="+domain)
			return w.Result(), nil
		})}
		resp, err := tr.RoundTrip(&http.Request{Method: "GET", URL: host(h).URL, Header: http.Header{}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return j.Len() > n
	}},
}

// waysReady are the ways in which ready-made cookies come, without a host.
var waysReady = []way{
	{"Accept", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		return j.Accept(jar.Cookie{Name: name, Value: h, Domain: domain, Path: "/"}).OK()
	}},
	{"Restore", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		return persist.Of(j).Restore(jar.Cookie{Name: name, Value: h, Domain: domain, Path: "/"}, persist.Of(j).SuffixList()).OK()
	}},
	{"cookies.txt", func(t *testing.T, j *jar.Jar, h, name, domain string) bool {
		text := "# Netscape HTTP Cookie File\n." + domain + "\tTRUE\t/\tFALSE\t0\t" + name + "\t" + h + "\n"
		n, _ := cookiefile.Load(j, strings.NewReader(text), nil)
		return n == 1
	}},
}

// told returns the names of all cookies in the jar's answers to a request to a host.
func told(j *jar.Jar, h string) (names []string) {
	_, verdicts := j.Retrieve(host(h))
	for _, v := range slices.Concat(verdicts, j.Explain(host(h))) {
		names = append(names, v.Cookie.Name)
	}
	for _, c := range sentBy(j, host(h)) {
		names = append(names, c.Name)
	}
	for _, c := range j.Cookies(host(h).URL) {
		names = append(names, c.Name)
	}
	return names
}

// Tenants of a public suffix below a registrable domain share nothing, neither with each
// other nor with that domain, whichever way a cookie comes in.
func TestTenants(t *testing.T) {
	tests := []struct {
		domain        string
		inside, other []string
	}{
		{"amazonaws.com", []string{"amazonaws.com", "www.amazonaws.com", "a.b.amazonaws.com"}, []string{
			"evil.execute-api.us-east-1.amazonaws.com", "victim.execute-api.us-east-1.amazonaws.com", "a.b.s3.amazonaws.com",
			"s3.amazonaws.com", "evil.s3.amazonaws.com", "ec2-1-2-3-4.compute-1.amazonaws.com",
		}},
		{"amazonaws.com.", []string{"www.amazonaws.com."}, []string{"evil.s3.amazonaws.com."}},
		{"x.s3.amazonaws.com", []string{"x.s3.amazonaws.com", "a.x.s3.amazonaws.com"}, []string{"s3.amazonaws.com", "y.s3.amazonaws.com"}},
		{"city.kawasaki.jp", []string{"www.city.kawasaki.jp"}, []string{"www.town.kawasaki.jp", "town.kawasaki.jp", "kawasaki.jp"}},
	}
	for _, ua := range userAgents {
		for _, tt := range tests {
			for _, w := range waysIn {
				t.Run(fmt.Sprint(ua, "/", tt.domain, "/", w.name), func(t *testing.T) {
					for _, h := range tt.other {
						j := mustJar(t, &jar.Options{UserAgent: ua})
						if w.put(t, j, h, "inject", tt.domain) {
							t.Errorf("%s sets a cookie for %s, want it refused", h, tt.domain)
						}
					}
					for _, h := range tt.inside {
						j := mustJar(t, &jar.Options{UserAgent: ua, Withheld: func(r *jar.Refusal) { t.Errorf("withheld: %v", r) }})
						if !w.put(t, j, h, "own", tt.domain) {
							t.Errorf("%s sets no cookie for %s, which is of its own site", h, tt.domain)
						}
						checkTenants(t, j, tt.inside, tt.other)
					}
				})
			}
			for _, w := range waysReady {
				t.Run(fmt.Sprint(ua, "/", tt.domain, "/", w.name), func(t *testing.T) {
					j := mustJar(t, &jar.Options{UserAgent: ua, Withheld: func(r *jar.Refusal) { t.Errorf("withheld: %v", r) }})
					if !w.put(t, j, "file", "own", tt.domain) {
						t.Errorf("a cookie for %s is not kept, which is no public suffix", tt.domain)
					}
					checkTenants(t, j, tt.inside, tt.other)
				})
			}
		}
	}
}

// checkTenants checks that a jar answers the hosts inside with its one cookie, and the others
// with none.
func checkTenants(t *testing.T, j *jar.Jar, inside, other []string) {
	t.Helper()
	for _, h := range inside {
		if got := j.Header(host(h)); !strings.HasPrefix(got, "own=") {
			t.Errorf("Header(%s) = %q, want the site's own cookie", h, got)
		}
	}
	for _, h := range other {
		if got := told(j, h); len(got) > 0 || j.Header(host(h)) != "" {
			t.Errorf("%s is told of %q, want none: it is of another site", h, got)
		}
		for c := range j.All() {
			if got := j.Judge(c, host(h)).Reason; got != policy.ReasonOtherDomain {
				t.Errorf("Judge(%v, %s) = %v, want %v", c, h, got, policy.ReasonOtherDomain)
			}
		}
	}
}

// Each refused Domain attribute has a reason.
func TestTenantReason(t *testing.T) {
	for _, ua := range userAgents {
		t.Run(ua.String(), func(t *testing.T) {
			j := mustJar(t, &jar.Options{UserAgent: ua})
			for _, domain := range []string{"amazonaws.com", ".AMAZONAWS.com", "s3.amazonaws.com", "com"} {
				if v := j.Receive(host("evil.s3.amazonaws.com"), []string{"a=1; Domain=" + domain})[0]; v.Reason != policy.ReasonPublicSuffix {
					t.Errorf("%v: evil.s3.amazonaws.com sets Domain=%s: %v, want %v", ua, domain, v, policy.ReasonPublicSuffix)
				}
			}
		})
	}
}

// askedList is a program's own list, which cannot tell whether it has suffixes below a domain.
// It counts its calls.
type askedList struct {
	suffixes
	asked *int
}

func (l askedList) PublicSuffix(domain string) string {
	*l.asked++
	return l.suffixes.PublicSuffix(domain)
}

// A read calls the list only if a cookie for a parent domain of the host would be sent, and no
// stored cookie tells the host's site.
func TestReadsAskRarely(t *testing.T) {
	for _, ua := range userAgents {
		asked := 0
		j := mustJar(t, &jar.Options{UserAgent: ua, PublicSuffixList: askedList{suffixes{"com", "s3.shop.com"}, &asked}})
		read := func(url string, asks bool, want string) {
			t.Helper()
			asked = 0
			if got := j.Header(to(t, url)); got != want {
				t.Errorf("%v: Header(%s) = %q, want %q", ua, url, got, want)
			}
			if asked > 0 != asks {
				t.Errorf("%v: Header(%s) asked the list %d times, want any: %t", ua, url, asked, asks)
			}
		}
		read("https://www.shop.com/", false, "")
		j.Receive(to(t, "https://www.shop.com/x/"), []string{"d=1; Secure; Domain=shop.com; Path=/", "h=1; Path=/"})
		j.Receive(to(t, "https://me.s3.shop.com/"), []string{"own=1"})
		j.Receive(to(t, "https://other.com/"), []string{"o=1; Path=/only; Domain=other.com"})
		read("https://www.shop.com/", false, "d=1; h=1") // h tells
		read("https://shop.com/", false, "d=1")          // it is the host's own
		read("https://api.shop.com/", true, "d=1")
		read("https://you.s3.shop.com/", true, "")
		read("https://me.s3.shop.com/", false, "own=1") // own tells
		read("http://api.shop.com/", false, "")         // it is Secure
		read("https://www.other.com/", false, "")       // it has another path
		read("https://a.b.c.com/", false, "")           // nothing is stored
	}
}

// With the embedded list, or a parsed one, the page of a site tells its hosts: a million hosts of
// one site use no memory and no lookups.
func TestHostsAreNotRemembered(t *testing.T) {
	for _, ua := range userAgents {
		j := mustJar(t, &jar.Options{UserAgent: ua})
		j.Receive(host("www.example.com"), []string{"a=1; Domain=example.com"})
		hosts := make([]*jar.Request, 1000)
		for i := range hosts {
			hosts[i] = host(fmt.Sprintf("h%d.example.com", i))
		}
		buf, i := make([]byte, 0, 64), 0
		allocs := testing.AllocsPerRun(len(hosts)-1, func() {
			if buf = j.AppendHeader(buf[:0], hosts[i%len(hosts)]); string(buf) != "a=1" {
				t.Fatalf("%v: Header = %q, want a=1", ua, buf)
			}
			i++
		})
		if allocs > 0 {
			t.Errorf("%v: a host that was never asked for allocates %v times", ua, allocs)
		}
	}
}

// A response takes time in proportion to its lines, however many sites the jar has, also if its
// host is a public suffix or below one.
func TestOverlayIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("fills jars with 100,000 sites")
	}
	for _, h := range []string{"ec2-1-2-3-4.compute-1.amazonaws.com", "compute-1.amazonaws.com", "com", "localhost.example"} {
		linear(t, "Receive over http from "+h, 187, func(n int) func() {
			j, r := mustJar(t, &jar.Options{MaxReceived: -1}), to(t, "http://"+h+"/")
			for i := range n * 33 {
				j.Receive(host(fmt.Sprintf("s%d.com", i)), []string{"a=1; Secure"})
			}
			lines := make([]string, n)
			for i := range lines {
				lines[i] = fmt.Sprintf("c%d=1", i%40)
			}
			return func() { j.Receive(r, lines) }
		})
	}
}
