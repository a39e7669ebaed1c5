package inspect

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// epoch is when most tests are.
var epoch = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func mustJar(t testing.TB, o *jar.Options) *jar.Jar {
	t.Helper()
	if o == nil {
		o = new(jar.Options)
	}
	if o.Now == nil {
		o.Now = func() time.Time { return epoch }
	}
	j, err := jar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func mustURL(t testing.TB, s string) *url.URL { return testkit.URL(t, s) }

// receive gives j lines from a URL, which must all be stored.
func receive(t testing.TB, j *jar.Jar, u string, lines ...string) {
	t.Helper()
	for _, v := range j.Receive(&jar.Request{URL: mustURL(t, u)}, lines) {
		if !v.OK() {
			t.Fatalf("Receive from %s: %v", u, v)
		}
	}
}

// local returns a request as a browser on this machine makes it.
func local(method, target string, body url.Values) *http.Request {
	r := httptest.NewRequest(method, "http://localhost:6060"+target, strings.NewReader(body.Encode()))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://localhost:6060")
	}
	return r
}

// serve has h answer r, and returns the status, the header and the body.
func serve(h http.Handler, r *http.Request) (int, http.Header, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return w.Code, w.Result().Header, string(body)
}

// get returns the body of the page at target, which must be there.
func get(t testing.TB, h http.Handler, target string) string {
	t.Helper()
	status, _, body := serve(h, local("GET", target, nil))
	if status != http.StatusOK {
		t.Fatalf("GET %s: status %d, want 200\n%s", target, status, body)
	}
	return body
}
