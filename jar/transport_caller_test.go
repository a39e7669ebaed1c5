package jar_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A caller's own cookies come first, and win by name.
func TestTransportCallerCookie(t *testing.T) {
	tests := []struct {
		name   string
		stored []string
		header []string
		want   string
		log    []string
		why    string
	}{
		{"alone", nil, []string{"own=1"}, "own=1", nil, ""},
		{"merges", []string{"s=1"}, []string{"own=1"}, "own=1; s=1", nil, "different names"},
		{"wins", []string{"a=stored", "s=1"}, []string{"a=own"}, "a=own; s=1", []string{"a caller-cookie"}, "the caller knows best"},
		{"two-fields", []string{"b=stored", "s=1"}, []string{"a=1", "b=2"}, "a=1; b=2; s=1", []string{"b caller-cookie"}, "both fields count"},
		{"several", []string{"a=0", "b=0", "c=0"}, []string{"b=1;c=2 ;  d=3"}, "b=1;c=2 ;  d=3; a=0", []string{"b caller-cookie", "c caller-cookie"}, "the caller's bytes stay"},
		{"case", []string{"A=stored"}, []string{"a=own"}, "a=own; A=stored", nil, "names have case"},
		{"value-like-a-name", []string{"x=stored"}, []string{"a=x=1"}, "a=x=1; x=stored", nil, "a name ends at the first equals sign"},
		{"nameless-caller", []string{"token", "s=1"}, []string{"own"}, "own; s=1", []string{" caller-cookie"}, "a cookie without a name has the empty name"},
		{"nameless-stored", []string{"token"}, []string{"a=1"}, "a=1; token", nil, ""},
		{"trailing-semicolon", []string{"token"}, []string{"a=1;"}, "a=1;; token", nil, "nothing after a semicolon is no cookie"},
		{"json", []string{"s=1"}, []string{`j={"a":"b, c"}`}, `j={"a":"b, c"}; s=1`, nil, ""},
		{"empty-field", []string{"s=1"}, []string{""}, "s=1", nil, "an empty field has no cookies"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Withheld: log.add})
			j.Receive(to(t, "http://a.test/"), tt.stored)
			w := newWeb(t, j)
			req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
			req.Header["Cookie"] = tt.header
			compareVisits(t, tt.name+": "+tt.why, w.do(t, req), []string{"GET http://a.test/ Cookie: " + tt.want})
			if diff := cmp.Diff(tt.log, log.take()); diff != "" {
				t.Errorf("%s: withheld (-want +got):\n%s", tt.name, diff)
			}
		})
	}
}

// A caller's own cookies are sent to the origin of the first request and to no other.
func TestTransportCallerCookieStaysAtItsOrigin(t *testing.T) {
	tests := []struct {
		name string
		hops []string
		want int // the number of hops that get the header
		why  string
	}{
		{"same-origin", []string{"https://a.test/1", "https://a.test/2", "https://a.test/3"}, 3, "it was meant for it"},
		{"default-port", []string{"https://a.test/1", "https://a.test:443/2", "http://a.test/3"}, 2, "443 is https's own port; http is another scheme"},
		{"a-b-a", []string{"https://a.test/1", "https://b.test/2", "https://a.test/3"}, 1, "b could have sent it back with any URL"},
		{"a-b-b", []string{"https://a.test/1", "https://b.test/2", "https://b.test/3"}, 1, "b is another site, however often"},
		{"a-a-b", []string{"https://a.test/1", "https://a.test/2", "https://b.test/3"}, 2, "another site"},
		{"https-http", []string{"https://a.test/1", "http://a.test/2", "http://a.test/3"}, 1, "anyone could read it there"},
		{"https-http-https", []string{"https://a.test/1", "http://a.test/2", "https://a.test/3"}, 1, "anyone could have redirected it back"},
		{"http-https", []string{"http://a.test/1", "https://a.test/2", "https://a.test/3"}, 1, "another origin"},
		{"port", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test:8443/3"}, 1, "another server"},
		{"port-and-back", []string{"https://a.test/1", "https://a.test:8443/2", "https://a.test/3"}, 1, "another server in between"},
		{"subdomain", []string{"https://a.test/1", "https://sub.a.test/2", "https://sub.a.test/3"}, 1, "net/http sends it there, a browser would not"},
		{"subdomain-and-back", []string{"https://a.test/1", "https://sub.a.test/2", "https://a.test/3"}, 1, "another host in between"},
		{"parent", []string{"https://sub.a.test/1", "https://a.test/2", "https://sub.a.test/3"}, 1, "another host"},
	}
	for _, key := range []string{"Cookie", "cookie"} { // net/http sends both
		for _, tt := range tests {
			t.Run(key+"/"+tt.name, func(t *testing.T) {
				var log withheldLog
				j := mustJar(t, &jar.Options{Withheld: log.add})
				w := newWeb(t, j)
				for i, from := range tt.hops[:len(tt.hops)-1] {
					w.routes[testkit.URL(t, from).Path] = redirect(307, tt.hops[i+1])
				}
				req := newRequest(t, t.Context(), "GET", tt.hops[0], "")
				req.Header[key] = []string{"secret=1"}
				var want []string
				for i, hop := range tt.hops {
					hop = strings.Replace("GET "+hop, ":443", "", 1)
					if i < tt.want {
						hop += " Cookie: secret=1"
					}
					want = append(want, hop)
				}
				got := w.do(t, req)
				for i := range got {
					got[i] = strings.Replace(got[i], ":443", "", 1)
				}
				compareVisits(t, tt.name+": "+tt.why, got, want)
				// The Transport does not report cookies that the client itself drops.
				for _, l := range log.take() {
					if l != "secret caller-header" {
						t.Errorf("withheld %q, want only %q", l, "secret caller-header")
					}
				}
			})
		}
	}
}

// If the chain of redirects is broken, the caller's own cookies are dropped, and the jar's
// cookies are sent.
func TestTransportBrokenChain(t *testing.T) {
	const from, sub1, sub2 = "http://a.test/1", "http://sub.a.test/2", "http://sub.a.test/3"
	for _, tt := range []struct {
		name string
		// broken returns the client's RoundTripper, given the Transport.
		broken func(*jar.Transport) http.RoundTripper
		hops   []string
		want   []string
		log    []string
	}{
		{
			name: "nil-request-from-outside",
			broken: func(t *jar.Transport) http.RoundTripper {
				return roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := t.RoundTrip(r)
					if resp != nil {
						resp.Request = nil
					}
					return resp, err
				})
			},
			hops: []string{from, "http://a.test/2"},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://a.test/2 Cookie: stored=1"},
			log:  []string{"own caller-header"},
		},
		{
			name: "nil-request-from-base",
			broken: func(t *jar.Transport) http.RoundTripper {
				base := t.Base
				t.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := base.RoundTrip(r)
					if resp != nil {
						resp.Request = nil
					}
					return resp, err
				})
				return t
			},
			hops: []string{from, "http://a.test/2"},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://a.test/2 Cookie: own=1; stored=1"},
		},
		{
			name: "request-of-base's-own",
			broken: func(t *jar.Transport) http.RoundTripper {
				base := t.Base
				t.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := base.RoundTrip(r)
					if resp != nil {
						// The chain ends here, so that the next hop seems to be
						// the second.
						resp.Request = &http.Request{Method: r.Method, URL: r.URL, Header: r.Header}
					}
					return resp, err
				})
				return t
			},
			hops: []string{from, sub1, sub2},
			want: []string{"GET http://a.test/1 Cookie: own=1; stored=1", "GET http://sub.a.test/2", "GET http://sub.a.test/3"},
			log:  []string{"own caller-header", "own caller-header"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Withheld: log.add})
			j.Receive(to(t, from), []string{"stored=1"})
			w := newWeb(t, j)
			w.client.Transport = tt.broken(w.transport)
			for i, hop := range tt.hops[:len(tt.hops)-1] {
				w.routes[hop] = redirect(302, tt.hops[i+1])
			}
			req := newRequest(t, t.Context(), "GET", tt.hops[0], "")
			req.Header.Set("Cookie", "own=1")
			compareVisits(t, tt.name, w.do(t, req), tt.want)
			if diff := cmp.Diff(tt.log, log.take()); diff != "" {
				t.Errorf("withheld (-want +got):\n%s", diff)
			}
		})
	}
}
