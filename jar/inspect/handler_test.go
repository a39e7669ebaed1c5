package inspect

import (
	"net/http"
	"strings"
	"testing"
)

// The page is where it is mounted: its links are relative.
func TestMount(t *testing.T) {
	h := New(mustJar(t, nil), nil)
	plain := http.NewServeMux()
	plain.Handle("/debug/cookies/", h)
	stripped := http.NewServeMux()
	stripped.Handle("/a/b/", http.StripPrefix("/a/b", h))
	bare := http.StripPrefix("/cookies", h)
	for _, test := range []struct {
		handler  http.Handler
		path     string
		status   int
		location string
	}{
		{h, "/", 200, ""},
		{h, "/script.js", 200, ""},
		{plain, "/debug/cookies/", 200, ""},
		{plain, "/debug/cookies/style.css", 200, ""},
		{plain, "/debug/cookies/explain", 200, ""},
		{plain, "/debug/cookies/page.html", 404, ""},
		{plain, "/debug/cookies/assets", 404, ""},
		{stripped, "/a/b/", 200, ""},
		{stripped, "/a/b/export", 200, ""},
		{bare, "/cookies/", 200, ""},
		{bare, "/cookies", 301, "cookies/"}, // relative to the path that was asked for
		{bare, "/cookies?q=x", 301, "cookies/"},
		{http.StripPrefix("/a/b", h), "/a/b", 301, "b/"},
	} {
		status, header, _ := serve(test.handler, local("GET", test.path, nil))
		if status != test.status || header.Get("Location") != test.location {
			t.Errorf("GET %s: status %d, Location %q; want %d, %q", test.path, status, header.Get("Location"), test.status, test.location)
		}
	}
	for _, path := range []string{"/", "/explain", "/export"} {
		body := get(t, h, path)
		for _, absolute := range []string{`href="/`, `src="/`, `action="/`, "http://", "//", "<style", " style=", " onclick", "javascript:"} {
			body := strings.ReplaceAll(body, `placeholder="https://`, "")
			if i := strings.Index(body, absolute); i >= 0 {
				t.Errorf("GET %s: the page has %q in it: %s", path, absolute, body[i:min(i+60, len(body))])
			}
		}
	}
}

func TestMethods(t *testing.T) {
	h := New(mustJar(t, nil), &Options{AllowDelete: true})
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"HEAD", "/", 200, ""},
		{"POST", "/", 405, "GET"},
		{"DELETE", "/", 405, "GET"},
		{"POST", "/export", 405, "GET"},
		{"GET", "/delete", 405, "POST"},
		{"GET", "/clear", 405, "POST"},
		{"HEAD", "/clear", 405, "POST"},
		{"POST", "/clear", 303, ""},
	} {
		status, header, _ := serve(h, local(test.method, test.path, nil))
		if status != test.status || header.Get("Allow") != test.allow {
			t.Errorf("%s %s: status %d, Allow %q; want %d, %q", test.method, test.path, status, header.Get("Allow"), test.status, test.allow)
		}
	}
}

func TestAssets(t *testing.T) {
	h := New(mustJar(t, nil), nil)
	for path, want := range map[string]string{
		"/style.css": "text/css", "/script.js": "text/javascript", "/icon.svg": "image/svg+xml", "/": "text/html", "/explain": "text/html",
	} {
		status, header, body := serve(h, local("GET", path, nil))
		if got := header.Get("Content-Type"); status != 200 || !strings.HasPrefix(got, want) || len(body) < 100 {
			t.Errorf("GET %s: status %d, Content-Type %q, %d bytes; want 200, %s", path, status, got, len(body), want)
		}
	}
}
