package jar_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
)

// Once a response of the redirect chain has set or deleted a cookie, the jar's cookie of that
// name is sent. The rest of the caller's header keeps its bytes.
func TestCallerCookieAfterRedirect(t *testing.T) {
	tests := []struct {
		name   string
		key    string // of the header; "" for Cookie
		header []string
		lines  [][]string // of each hop
		want   []string   // the Cookie field of the second hop and of those after it
		why    string
	}{
		{"set", "", []string{"sid=old"}, [][]string{{"sid=new"}}, []string{"sid=new"}, "a login that goes on"},
		{"deleted", "", []string{"sid=old"}, [][]string{{"sid=; Max-Age=0"}}, []string{""}, "a logout"},
		{"deleted-by-date", "", []string{"sid=old; a=1"}, [][]string{{"sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}}, []string{"a=1"}, ""},
		{"other-path", "", []string{"sid=old"}, [][]string{{"sid=new; Path=/else"}}, []string{""}, "by name, as in net/http"},
		{"other-name", "", []string{"sid=old"}, [][]string{{"SID=new"}}, []string{"sid=old; SID=new"}, "names have case"},
		{"none", "", []string{"sid=old"}, [][]string{nil}, []string{"sid=old"}, ""},
		{"refused", "", []string{"sid=old"}, [][]string{{"sid=new; Secure"}}, []string{"sid=old"}, "not by http"},
		{"refused-and-set", "", []string{"sid=old"}, [][]string{{"sid=x; Secure", "sid=new"}}, []string{"sid=new"}, "one line is enough"},
		{"foreign-domain", "", []string{"sid=old"}, [][]string{{"sid=new; Domain=b.test"}}, []string{"sid=old"}, "refused"},
		{"later-hop", "", []string{"a=1; b=2"}, [][]string{nil, {"b=3"}}, []string{"a=1; b=2", "a=1; b=3"}, ""},
		{"each-hop", "", []string{"a=1; b=2"}, [][]string{{"a=; Max-Age=0"}, {"b=3"}, nil}, []string{"b=2", "b=3", "b=3"}, "what was set stays set"},
		{"set-then-refused", "", []string{"a=1"}, [][]string{{"a=2"}, {"a=3; Secure"}}, []string{"a=2", "a=2"}, ""},
		{"spacing", "", []string{"a=1;sid=old ;  b=2 ; c"}, [][]string{{"sid=new"}}, []string{"a=1;  b=2 ; c; sid=new"}, "the other bytes stay"},
		{"first", "", []string{"sid=old;  b=2"}, [][]string{{"sid=; Max-Age=0"}}, []string{"b=2"}, "net/http trims a field"},
		{"last", "", []string{"a=1;  sid=old"}, [][]string{{"sid=; Max-Age=0"}}, []string{"a=1"}, ""},
		{"spaces-around-equals", "", []string{"sid = old; a=1"}, [][]string{{"sid=new"}}, []string{"a=1; sid=new"}, ""},
		{"repeated", "", []string{"sid=1; sid=2; a=1; sid=3"}, [][]string{{"sid=new"}}, []string{"a=1; sid=new"}, "all of that name"},
		{"separators-alone", "", []string{"; sid=old; ;"}, [][]string{{"sid=; Max-Age=0"}}, []string{""}, "no cookie is left"},
		{"separators", "", []string{";; sid=old; ;a=1;"}, [][]string{{"sid=; Max-Age=0"}}, []string{";; ;a=1;"}, ""},
		{"json", "", []string{`j={"a":"b, c"}; sid=old`}, [][]string{{"sid=new"}}, []string{`j={"a":"b, c"}; sid=new`}, ""},
		{"nameless", "", []string{"token; a=1"}, [][]string{{"other"}}, []string{"a=1; other"}, "its name is empty"},
		{"two-values", "", []string{"sid=old; a=1", "b=2;sid=x"}, [][]string{{"sid=new"}}, []string{"a=1; b=2; sid=new"}, ""},
		{"lower-case-key", "cookie", []string{"sid=old; a=1"}, [][]string{{"sid=new"}}, []string{"a=1; sid=new"}, "net/http sends that too"},
		{"odd-key", "cOOkie", []string{"sid=old"}, [][]string{{"sid=; Max-Age=0"}}, []string{""}, ""},
		{"prefix-of-name", "", []string{"sid2=old; si=1"}, [][]string{{"sid=new"}}, []string{"sid2=old; si=1; sid=new"}, "whole names"},
		{"value-like-a-name", "", []string{"a=sid=1"}, [][]string{{"sid=new"}}, []string{"a=sid=1; sid=new"}, ""},
	}
	for _, code := range []int{302, 303, 307} {
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%d/%s", code, tt.name), func(t *testing.T) {
				w := newWeb(t, mustJar(t, nil))
				for i, lines := range tt.lines {
					w.routes[fmt.Sprint("/", i)] = redirect(code, fmt.Sprint("/", i+1), lines...)
				}
				req := newRequest(t, t.Context(), "POST", "http://a.test/0", "body")
				key := tt.key
				if key == "" {
					key = "Cookie"
				}
				req.Header[key] = tt.header
				got := w.do(t, req)
				for i := range got {
					_, got[i], _ = strings.Cut(got[i], " Cookie: ")
				}
				if len(got) != len(tt.lines)+1 || !cmp.Equal(got[1:], tt.want) {
					t.Errorf("%s: %q, lines %q: hops had %q, want %q after the first", tt.why, tt.header, tt.lines, got, tt.want)
				}
			})
		}
	}
}

// Each cookie that is dropped is reported, once at each hop.
func TestCallerCookieAfterRedirectIsReported(t *testing.T) {
	var log withheldLog
	w := newWeb(t, mustJar(t, &jar.Options{Withheld: log.add}))
	w.routes["/0"] = redirect(302, "/1", "sid=new", "x=1")
	w.routes["/1"] = redirect(302, "/2")
	req := newRequest(t, t.Context(), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=old; a=1")
	w.do(t, req)
	if got, want := log.take(), []string{"sid caller-header", "sid caller-header"}; !cmp.Equal(got, want) {
		t.Errorf("withheld %q, want %q", got, want)
	}
}

// The jar of a hop decides whether a line of that hop counts.
func TestCallerCookieAfterRedirectJars(t *testing.T) {
	j, compat := mustJar(t, nil), mustJar(t, &jar.Options{UserAgent: jar.Compat})
	for _, tt := range []struct {
		name string
		ctx  func(context.Context) context.Context
		line string
		want string
		why  string
	}{
		{"own", func(ctx context.Context) context.Context { return ctx }, "sid=new", "sid=new", ""},
		{"nil", func(ctx context.Context) context.Context { return jar.WithJar(ctx, nil) }, "sid=new", "sid=old", "there is no jar to take over"},
		{"own-refuses", func(ctx context.Context) context.Context { return ctx }, "sid=new; Secure", "sid=old", "refused by http"},
		{"other-accepts", func(ctx context.Context) context.Context { return jar.WithJar(ctx, compat) }, "sid=new; Secure", "", "Compat takes Secure by http, and does not send it there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWeb(t, j)
			w.routes["/0"] = redirect(302, "/1", tt.line)
			req := newRequest(t, tt.ctx(t.Context()), "GET", "http://a.test/0", "")
			req.Header.Set("Cookie", "sid=old")
			want := "GET http://a.test/1"
			if tt.want != "" {
				want += " Cookie: " + tt.want
			}
			compareVisits(t, tt.name+": "+tt.why, w.do(t, req), []string{"GET http://a.test/0 Cookie: sid=old", want})
		})
	}

	// Only the last hop of this chain has a jar.
	w := newWeb(t, mustJar(t, nil))
	w.routes["/0"] = redirect(302, "/1", "sid=0")
	w.routes["/1"] = redirect(302, "/2", "sid=1")
	w.client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) == 2 {
			*req = *req.WithContext(jar.WithJar(req.Context(), w.transport.Jar))
		}
		return nil
	}
	req := newRequest(t, jar.WithJar(t.Context(), nil), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=old")
	compareVisits(t, "no jar at the hops that set it", w.do(t, req), []string{
		"GET http://a.test/0 Cookie: sid=old", "GET http://a.test/1 Cookie: sid=old", "GET http://a.test/2 Cookie: sid=old",
	})
}

// A CheckRedirect that restores the header of the first request does not restore cookies that
// the chain has replaced.
func TestCallerCookieCheckRedirect(t *testing.T) {
	w := newWeb(t, mustJar(t, nil))
	w.routes["/0"] = redirect(302, "/1", "sid=new")
	w.routes["/1"] = redirect(302, "http://b.test/2")
	w.routes["/2"] = redirect(302, "http://a.test/3")
	w.client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		req.Header = via[0].Header.Clone()
		return nil
	}
	req := newRequest(t, t.Context(), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=old; a=1")
	compareVisits(t, "header put back", w.do(t, req), []string{
		"GET http://a.test/0 Cookie: sid=old; a=1",
		"GET http://a.test/1 Cookie: a=1; sid=new",
		"GET http://b.test/2",
		"GET http://a.test/3 Cookie: sid=new",
	})

	// A cookie that CheckRedirect adds is sent, unless the chain has set it.
	w.routes["/1"] = redirect(302, "/2")
	w.routes["/2"] = nil
	delete(w.routes, "/2")
	w.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		req.Header.Set("Cookie", "sid=mine; added=1")
		return nil
	}
	compareVisits(t, "header added", w.get(t, "http://a.test/0"), []string{
		"GET http://a.test/0 Cookie: sid=new",
		"GET http://a.test/1 Cookie: added=1; sid=new",
		"GET http://a.test/2 Cookie: added=1; sid=new",
	})
}

// If Base follows redirects itself, or returns a request of its own, the cookies that its
// last response set still count.
func TestCallerCookieBaseFollows(t *testing.T) {
	w := newWeb(t, mustJar(t, nil))
	w.routes["/0"] = redirect(302, "/1", "inner=1")
	w.routes["/1"] = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Add("Set-Cookie", "sid=new")
		rw.Header().Set("Location", "/2")
		rw.WriteHeader(http.StatusSeeOther)
	}
	inner := &http.Client{Transport: w.base, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/2" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	w.transport.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
		own := r.Clone(r.Context())
		own.RequestURI = ""
		return inner.Do(own)
	})
	req := newRequest(t, t.Context(), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=old; a=1")
	compareVisits(t, "a Base that follows redirects", w.do(t, req), []string{
		"GET http://a.test/0 Cookie: sid=old; a=1",
		"GET http://a.test/1 Cookie: sid=old; a=1", // the Base's own affair
		"GET http://a.test/2 Cookie: a=1; sid=new",
	})

	w = newWeb(t, mustJar(t, nil))
	w.routes["/0"] = redirect(302, "/1", "sid=new")
	w.transport.Base = roundTripFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := w.base.RoundTrip(r)
		if resp != nil {
			resp.Request = &http.Request{Method: r.Method, URL: r.URL, Header: r.Header}
		}
		return resp, err
	})
	req = newRequest(t, t.Context(), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=old")
	compareVisits(t, "a Base that names its own request", w.do(t, req), []string{
		"GET http://a.test/0 Cookie: sid=old", "GET http://a.test/1 Cookie: sid=new",
	})
}

// A request made with the context of an earlier response is no hop of its chain.
func TestCallerCookieInheritedContext(t *testing.T) {
	w := newWeb(t, mustJar(t, nil))
	w.routes["/set"] = redirect(200, "/", "sid=new")
	w.routes["/0"] = redirect(302, "/1", "b=1; Secure")
	resp, err := w.client.Get("http://a.test/set")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	w.visits()
	req := newRequest(t, resp.Request.Context(), "GET", "http://a.test/0", "")
	req.Header.Set("Cookie", "sid=own")
	compareVisits(t, "another chain", w.do(t, req), []string{
		"GET http://a.test/0 Cookie: sid=own", "GET http://a.test/1 Cookie: sid=own",
	})
}

// For any chain of redirects at one origin, a Transport sends the same values as net/http with
// a Jar.
func TestCallerCookieLikeNetHTTP(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	rng := rand.New(rand.NewPCG(17, 9))
	pairs := func(hop string) map[string]string { // the first of each name wins
		m := map[string]string{}
		_, cookies, _ := strings.Cut(hop, " Cookie: ")
		for c := range strings.SplitSeq(cookies, "; ") {
			if name, value, ok := strings.Cut(c, "="); ok {
				if _, seen := m[name]; !seen {
					m[name] = value
				}
			}
		}
		return m
	}
	for n := range 150 {
		hops := 1 + rng.IntN(5)
		w := newWeb(t, nil)
		var story []string
		for i := range hops {
			var lines []string
			for range rng.IntN(3) {
				line := fmt.Sprintf("%s=%d", names[rng.IntN(len(names))], i)
				line += []string{"", "", "; Path=/", "; Path=/else", "; Domain=a.test", "; Max-Age=0"}[rng.IntN(6)]
				lines = append(lines, line)
			}
			story = append(story, strings.Join(lines, " | "))
			w.routes[fmt.Sprint("/", i)] = redirect([]int{302, 303, 307}[rng.IntN(3)], fmt.Sprint("/", i+1), lines...)
		}
		var own, stored []string
		for _, name := range names {
			switch rng.IntN(3) {
			case 0:
				own = append(own, name+"=own")
			case 1:
				stored = append(stored, name+"=stored; Path=/")
			}
		}
		run := func(client func(j *jar.Jar) *http.Client) []string {
			j := mustJar(t, nil)
			j.Receive(to(t, "http://a.test/"), stored)
			w.client = client(j)
			req := newRequest(t, t.Context(), "POST", "http://a.test/0", "body")
			if len(own) > 0 {
				req.Header.Set("Cookie", strings.Join(own, "; "))
			}
			return w.do(t, req)
		}
		ours := run(func(j *jar.Jar) *http.Client { return &http.Client{Transport: &jar.Transport{Base: w.base, Jar: j}} })
		theirs := run(func(j *jar.Jar) *http.Client { return &http.Client{Transport: w.base, Jar: j} })
		if len(ours) != hops+1 || len(theirs) != hops+1 {
			t.Fatalf("chain %d: %d and %d hops, want %d", n, len(ours), len(theirs), hops+1)
		}
		for i := range ours {
			if diff := cmp.Diff(pairs(theirs[i]), pairs(ours[i])); diff != "" {
				t.Errorf("chain %d, own %q, stored %q, sets %q: hop %d (-net/http +Transport):\n%s", n, own, stored, story, i, diff)
			}
		}
	}
}

// With IgnoreCookieHeader every hop carries only the jar's cookies, or none without a jar.
func TestIgnoreCookieHeader(t *testing.T) {
	var log withheldLog
	j := mustJar(t, &jar.Options{Withheld: log.add})
	j.Receive(to(t, "http://a.test/"), []string{"stored=1"})
	w := newWeb(t, j)
	w.transport.IgnoreCookieHeader = true
	w.routes["/0"] = redirect(307, "/1", "new=1")
	for _, key := range []string{"Cookie", "cookie", "COOKIE"} {
		t.Run(key, func(t *testing.T) {
			j.Delete(func(c jar.Cookie) bool { return c.Name == "new" })
			req := newRequest(t, t.Context(), "POST", "http://a.test/0", "body")
			req.Header[key] = []string{"own=1; stored=2", "two=2"}
			compareVisits(t, key, w.do(t, req), []string{
				"POST http://a.test/0 Cookie: stored=1", "POST http://a.test/1 Cookie: stored=1; new=1",
			})
			want := []string{"own caller-header", "stored caller-header", "two caller-header"}
			if got := log.take(); !cmp.Equal(got, append(want, want...)) {
				t.Errorf("%s: withheld %q, want %q at each hop", key, got, want)
			}
			req = newRequest(t, jar.WithJar(t.Context(), nil), "GET", "http://a.test/", "")
			req.Header[key] = []string{"own=1"}
			compareVisits(t, key+" without a jar", w.do(t, req), []string{"GET http://a.test/"})
		})
	}
}
