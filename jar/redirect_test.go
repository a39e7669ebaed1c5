package jar_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A journey is a request that is redirected from one URL to the next. Each URL has its own
// path.
type journey struct {
	name string
	hops []string
	own  int // how many hops may see the headers that the caller set
	why  string
}

var journeys = []journey{
	{"a-b-b", []string{"https://a.test/1", "https://b.test/2", "https://b.test/3"}, 1, "b again is still b"},
	{"a-b-a", []string{"https://a.test/1", "https://b.test/2", "https://a.test/3"}, 1, "b chose where on a to go"},
	{"a-b-c-b-a", []string{"https://a.test/1", "https://b.test/2", "https://c.test/3", "https://b.test/4", "https://a.test/5"}, 1, "others chose"},
	{"a-a-b-a", []string{"https://a.test/1", "https://a.test/2", "https://b.test/3", "https://a.test/4"}, 2, "up to b"},
	{"zone", []string{"http://www.example.com/1", "http://[::1%25.www.example.com]/2", "http://www.example.com/3"}, 1, "an address is no name under example.com"},
	{"lookalike", []string{"https://example.com/1", "https://pythonicexample.com/2", "https://example.com.evil.test/3"}, 1, "other sites"},
	{"trailing-dot", []string{"https://a.test/1", "https://a.test./2", "https://a.test/3"}, 1, "another host, to a browser"},
}

// downgrades are journeys that stay at one host name and change the origin: net/http compares
// only the name, the jar more.
var downgrades = []journey{
	{"https-http", []string{"https://a.test/1", "http://a.test/2", "http://a.test/3"}, 1, "anyone on the way could read it"},
	{"https-http-https", []string{"https://a.test/1", "http://a.test/2", "https://a.test/3"}, 1, "anyone on the way chose"},
	{"port", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test:8443/3"}, 1, "another server"},
	{"port-and-back", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test/3"}, 1, "another server chose"},
	{"down", []string{"https://a.test/1", "https://www.a.test/2", "https://www.a.test/3"}, 1, "net/http would send it there"},
	{"up-and-back", []string{"https://www.a.test/1", "https://a.test/2", "https://www.a.test/3"}, 1, "another host chose"},
}

// take makes the journey and returns the header of the request at each hop.
func (tt *journey) take(t *testing.T, w *web, code int, header http.Header) []http.Header {
	t.Helper()
	var mu sync.Mutex
	seen := make([]http.Header, len(tt.hops))
	for i, hop := range tt.hops {
		w.routes[testkit.URL(t, hop).Path] = func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[i] = r.Header.Clone()
			if i+1 < len(tt.hops) {
				rw.Header().Set("Location", tt.hops[i+1])
				rw.WriteHeader(code)
			}
		}
	}
	req := newRequest(t, t.Context(), "GET", tt.hops[0], "")
	req.Header = header.Clone()
	w.do(t, req)
	mu.Lock()
	defer mu.Unlock()
	for i := range seen {
		if seen[i] == nil {
			t.Fatalf("%s: hop %d was not reached", tt.name, i+1)
		}
	}
	return seen
}

// faces are the two ways in which a client can use a jar.
var faces = map[string]func(*web, *jar.Jar) *http.Client{
	"Transport": func(w *web, j *jar.Jar) *http.Client { return w.client },
	"CookieJar": func(w *web, j *jar.Jar) *http.Client { return &http.Client{Transport: w.base, Jar: j} },
}

// The headers that a caller set for one host do not reach another host by a redirect, and do
// not come back when a later redirect returns to the first host. Stored cookies of each host
// are sent to it all the same.
//
// Learned from CVE-2023-45289 and CVE-2024-45336 (net/http: a zone taken for a
// subdomain; dropped headers that came back at the second request to the other
// site), CVE-2025-4673 (net/http: proxy headers), CVE-2018-1000007 (curl), and
// CVE-2023-43804 (urllib3: the Cookie header).
func TestRedirectKeepsSecrets(t *testing.T) {
	const secret = "S3CR3T"
	sensitive := []string{"Cookie", "Authorization", "Www-Authenticate", "Proxy-Authorization", "Proxy-Authenticate"}
	header := http.Header{"X-Plain": {"yes"}}
	for _, key := range sensitive {
		header[key] = []string{"own=" + secret}
	}
	for face, client := range faces {
		for _, code := range []int{302, 307} {
			for _, tt := range journeys {
				t.Run(fmt.Sprintf("%s/%d/%s", face, code, tt.name), func(t *testing.T) {
					j := mustJar(t, nil)
					w := newWeb(t, j)
					w.client = client(w, j)
					for _, hop := range tt.hops {
						j.Receive(to(t, hop), []string{"stored=" + testkit.URL(t, hop).Hostname() + "; Path=/"})
					}
					for i, got := range tt.take(t, w, code, header) {
						for _, key := range sensitive {
							if has := strings.Contains(strings.Join(got[key], " "), secret); has && i >= tt.own {
								t.Errorf("hop %d, %s: %s: %q is there, want it dropped: %s", i+1, tt.hops[i], key, got[key], tt.why)
							} else if !has && i == 0 {
								t.Errorf("hop 1: %s: %q, want what the caller set", key, got[key])
							}
						}
						if want := "stored=" + testkit.URL(t, tt.hops[i]).Hostname(); !strings.Contains(strings.Join(got["Cookie"], "; "), want) {
							t.Errorf("hop %d, %s: Cookie: %q, want %s in it: it is the host's own", i+1, tt.hops[i], got["Cookie"], want)
						}
						if len(got["X-Plain"]) != 1 {
							t.Errorf("hop %d: X-Plain: %q, want what the caller set", i+1, got["X-Plain"])
						}
					}
				})
			}
		}
	}
}

// A caller's own cookies do not go from https to http, to another port, or to another host of
// the same site. That is the Transport's rule: net/http compares only host names, and would
// send them.
//
// Learned from CVE-2018-18074 (Requests: from https to http at one host) and
// CVE-2022-27776 (curl: to another port).
func TestRedirectKeepsOrigin(t *testing.T) {
	const own = "own=S3CR3T"
	for _, code := range []int{302, 307} {
		for _, tt := range append(downgrades, journeys...) {
			t.Run(fmt.Sprintf("%d/%s", code, tt.name), func(t *testing.T) {
				j := mustJar(t, nil)
				w := newWeb(t, j)
				for i, got := range tt.take(t, w, code, http.Header{"Cookie": {own}}) {
					cookie := strings.Join(got["Cookie"], "; ")
					if want := i < tt.own; strings.Contains(cookie, own) != want {
						t.Errorf("hop %d, %s: Cookie: %q, want the caller's in it: %t: %s", i+1, tt.hops[i], cookie, want, tt.why)
					}
				}
			})
		}
	}
}

// Each hop carries the stored cookies for its own URL: no Secure cookie over http, and no
// host-only cookie for another host.
func TestRedirectKeepsRules(t *testing.T) {
	lines := []string{"secure=1; Secure; Path=/", "host=1; Path=/", "all=1; Domain=a.test; Path=/", "strict=1; SameSite=Strict; Path=/", "deep=1; Path=/deep"}
	tests := []struct {
		name       string
		hops, want []string
	}{
		{"https-http-https", []string{"https://a.test/1", "http://a.test/2", "https://a.test/3"},
			[]string{"secure=1; host=1; all=1; strict=1", "host=1; all=1; strict=1", "secure=1; host=1; all=1; strict=1"}},
		{"to-a-subdomain-and-back", []string{"https://a.test/1", "https://x.a.test/2", "https://a.test/3"},
			[]string{"secure=1; host=1; all=1; strict=1", "all=1", "secure=1; host=1; all=1; strict=1"}},
		{"other-port", []string{"https://a.test/1", "https://a.test:8443/2", "http://a.test:8080/3"},
			[]string{"secure=1; host=1; all=1; strict=1", "secure=1; host=1; all=1; strict=1", "host=1; all=1; strict=1"}},
		{"elsewhere-and-back", []string{"https://a.test/1", "https://b.test/2", "https://a.test/deep/3"},
			[]string{"secure=1; host=1; all=1; strict=1", "", "deep=1; secure=1; host=1; all=1; strict=1"}},
	}
	for face, client := range faces {
		for _, tt := range tests {
			t.Run(face+"/"+tt.name, func(t *testing.T) {
				j := mustJar(t, nil)
				w := newWeb(t, j)
				w.client = client(w, j)
				j.Receive(to(t, "https://a.test/"), lines)
				way := journey{name: tt.name, hops: tt.hops}
				for i, got := range way.take(t, w, 302, http.Header{}) {
					if cookie := strings.Join(got["Cookie"], "; "); cookie != tt.want[i] {
						t.Errorf("hop %d, %s: Cookie: %q, want %q", i+1, tt.hops[i], cookie, tt.want[i])
					}
				}
			})
		}
	}
}
