package jar_test

import (
	"fmt"
	"net/http"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A redirecting response's cookies count at the next hop, each hop has its own
// method and URL, and all have the context of the first.
func TestTransportRedirects(t *testing.T) {
	lines := []string{
		"strict=1; SameSite=Strict; Secure", "lax=1; SameSite=Lax; Secure", "none=1; SameSite=None; Secure", "default=1; Secure",
	}
	cross := &jar.Context{Initiator: testkit.URL(t, "https://evil.test/")}
	tests := []struct {
		name, method string
		context      *jar.Context
		code         int
		want         []string
		why          string
	}{
		{"get-302", "GET", nil, 302, []string{
			"GET https://a.test/start Cookie: strict=1; lax=1; none=1; default=1",
			"GET https://a.test/end Cookie: strict=1; lax=1; none=1; default=1; hop=1",
		}, "no other document started it"},
		{"cross-post-302", "POST", cross, 302, []string{
			"POST https://a.test/start Cookie: none=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "the redirect is a GET, and so safe; it is still cross-site"},
		{"cross-post-303", "POST", cross, 303, []string{
			"POST https://a.test/start Cookie: none=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "like 302"},
		{"cross-post-307", "POST", cross, 307, []string{
			"POST https://a.test/start Cookie: none=1",
			"POST https://a.test/end Cookie: none=1",
		}, "307 keeps the method, so no hop is safe"},
		{"cross-put-308", "PUT", cross, 308, []string{
			"PUT https://a.test/start Cookie: none=1",
			"PUT https://a.test/end Cookie: none=1",
		}, "308 keeps the method too"},
		{"cross-get-302", "GET", cross, 302, []string{
			"GET https://a.test/start Cookie: lax=1; none=1; default=1",
			"GET https://a.test/end Cookie: lax=1; none=1; default=1; hop=1",
		}, "a cross-site link withholds Strict at all hops"},
		{"own-post-307", "POST", nil, 307, []string{
			"POST https://a.test/start Cookie: strict=1; lax=1; none=1; default=1",
			"POST https://a.test/end Cookie: strict=1; lax=1; none=1; default=1; hop=1",
		}, "same-site"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := mustJar(t, nil)
			j.Receive(to(t, "https://a.test/"), lines)
			w := newWeb(t, j)
			w.routes["/start"] = redirect(tt.code, "/end", "hop=1")
			ctx := t.Context()
			if tt.context != nil {
				ctx = jar.WithContext(ctx, tt.context)
			}
			got := w.do(t, newRequest(t, ctx, tt.method, "https://a.test/start", "body"))
			compareVisits(t, tt.why, got, tt.want)
		})
	}
}

// Cookies of a redirecting response are set, replaced and deleted before the next
// hop, at the site that sent them.
func TestTransportRedirectSets(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["http://sso.test/login"] = redirect(302, "http://sso.test/check", "step=1", `state={"n":1}`)
	w.routes["http://sso.test/check"] = redirect(302, "http://shop.test/back", "step=; Max-Age=0", "sso=yes; Path=/", "x=evil; Domain=shop.test")
	w.routes["http://shop.test/back"] = redirect(303, "http://shop.test/home", "sid=s")
	compareVisits(t, "a login", w.get(t, "http://sso.test/login"), []string{
		"GET http://sso.test/login",
		`GET http://sso.test/check Cookie: step=1; state={"n":1}`,
		"GET http://shop.test/back",
		"GET http://shop.test/home Cookie: sid=s",
	})
	compareVisits(t, "after the login", w.get(t, "http://sso.test/"), []string{
		`GET http://sso.test/ Cookie: state={"n":1}; sso=yes`,
	})
}

// If the base does not set Response.Request, the Transport does.
func TestTransportResponseRequest(t *testing.T) {
	own := &http.Request{Method: "GET", URL: testkit.URL(t, "http://a.test/own")}
	for _, tt := range []struct {
		name string
		base *http.Request
	}{{"nil", nil}, {"own", own}} {
		transport := &jar.Transport{Base: roundTripFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: http.NoBody, Request: tt.base}, nil
		})}
		req := newRequest(t, t.Context(), "GET", "http://a.test/", "")
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		want := req.URL
		if tt.base != nil {
			want = tt.base.URL
		}
		if resp.Request == nil || resp.Request.URL != want {
			t.Errorf("%s: Response.Request = %v, want one for %s", tt.name, resp.Request, want)
		}
	}
}

// The cookies of a response count whatever its status.
func TestTransportStatuses(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	for _, code := range []int{201, 204, 304, 400, 401, 404, 500, 503} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			j.Clear()
			w.routes["/set"] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Add("Set-Cookie", "a=1")
				rw.WriteHeader(code)
			}
			w.get(t, "http://a.test/set")
			if got := j.Header(to(t, "http://a.test/")); got != "a=1" {
				t.Errorf("status %d: Header = %q, want a=1: RFC 6265bis, Section 5.3, heeds all but 1xx", code, got)
			}
		})
	}
}
