package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// serve starts a site on loopback and returns its URL.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// closedPort returns a URL at a port where no server listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return "http://" + l.Addr().String() + "/"
}

// A page that cannot be fetched is an error on one line and an exit code. The other pages are
// still crawled.
func TestFailures(t *testing.T) {
	good := serve(t, func(w http.ResponseWriter, r *http.Request) {
		setCookies(w, "a=0123456789abcdef")
		write(w, page("Good"))
	})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	broken := serve(t, func(w http.ResponseWriter, r *http.Request) { raw(w, []string{"a=0123456789abcdef\x01"}, "") })
	closed := closedPort(t)

	for _, test := range []struct{ name, url, want string }{
		{"unreachable", closed, "crawl: " + closed + ": cannot connect: "},
		{"slow", slow, "crawl: " + slow + ": no answer within 2s"},
		{"malformed response", broken, "crawl: " + broken + ": the response is malformed"},
		{"no scheme", "example.com", `crawl: bad URL "example.com": want a URL that begins with http:// or https://`},
		{"other scheme", "ftp://127.0.0.1/", `crawl: bad URL "ftp://127.0.0.1/": want a URL that begins`},
		{"no host", "https:///x", `crawl: bad URL "https:///x": the URL has no host`},
		{"not a URL", "http://a b/", `crawl: bad URL "http://a b/": `},
		{"control characters", "http://a/\x1b[31m", `crawl: bad URL "http://a/\x1b[31m": `},
		{"password", strings.Replace(closed, "//", "//u:sesame@", 1), "crawl: http://u:xxxxx@"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errs strings.Builder
			code := run(context.Background(), []string{"-timeout=2s", test.url, good}, &out, &errs)
			if code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			if !strings.Contains(errs.String(), test.want) {
				t.Errorf("standard error is\n%s, want a line with\n%s", errs.String(), test.want)
			}
			if !strings.Contains(out.String(), "1 page ·") || !strings.Contains(out.String(), "1 COOKIE KEPT") {
				t.Errorf("the good page was not crawled:\n%s", out.String())
			}
			for _, secret := range []string{"0123456789abcdef", "\x1b", "sesame"} {
				if strings.Contains(out.String()+errs.String(), secret) {
					t.Errorf("the output has %q in it:\n%s%s", secret, errs.String(), out.String())
				}
			}
		})
	}
}

// A mistake in the command line is a line on standard error. Help is printed on standard
// output.
func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args      string
		code      int
		out, errs string
	}{
		{"-h", 0, "Example:", ""},
		{"http://127.0.0.1:1/ --help", 0, "Flags:", ""},
		{"-nonsense", exitUsage, "", "crawl: there is no flag -nonsense; see crawl -h\n"},
		{"-dept=1", exitUsage, "", "crawl: there is no flag -dept; did you mean -depth? see crawl -h\n"},
		{"http://127.0.0.1:1/ --worker 1", exitUsage, "", "crawl: there is no flag -worker; did you mean -workers? see crawl -h\n"},
		{"-workers=0", exitUsage, "", "-workers 0: want 1 or more"},
		{"-depth=-1", exitUsage, "", "-depth -1: want 0 or more"},
		{"-max-pages=0", exitUsage, "", "-max-pages 0: want 1 or more"},
		{"http://127.0.0.1:1/ -max-pages 0", exitUsage, "", "-max-pages 0: want 1 or more"},
		{"-timeout=0s", exitUsage, "", "-timeout 0s: want more than zero"},
		{"-timeout=soon", exitUsage, "", "invalid value"},
		{"http://127.0.0.1:1/ -timeout", exitUsage, "", "flag needs an argument: -timeout"},
	} {
		var out, errs strings.Builder
		code := run(context.Background(), strings.Fields(test.args), &out, &errs)
		if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.errs) ||
			(out.Len() == 0) != (test.out == "") || (errs.Len() == 0) != (test.errs == "") {
			t.Errorf("crawl %s: exit code %d, want %d, on standard output %q, on standard error %q:\n%s%s",
				test.args, code, test.code, test.out, test.errs, errs.String(), out.String())
		}
	}
}

// Links are followed within the same site, unless a flag allows other sites. Flags limit the
// depth and the number of pages.
func TestLimits(t *testing.T) {
	var elsewhere atomic.Int64
	other := serve(t, func(w http.ResponseWriter, r *http.Request) { elsewhere.Add(1) })
	other = strings.Replace(other, "127.0.0.1", "localhost", 1)
	var agents atomic.Value
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agents.Store(r.UserAgent())
		write(w, page("Endless", anchors(r.URL.Path+"a", r.URL.Path+"b", "#top", "mailto:me", other)))
	})
	for _, test := range []struct {
		args      string
		pages     string
		elsewhere int64
	}{
		{"-depth=0", "1 page ·", 0},
		{"-depth=1", "3 pages ·", 0},
		{"--depth 1", "3 pages ·", 0},
		{"-depth=2", "7 pages ·", 0},
		{"-depth=9 -max-pages=10", "10 pages ·", 0},
		{"-depth=1 -offsite", "4 pages ·", 1},
	} {
		elsewhere.Store(0)
		var out, errs strings.Builder
		args := append(strings.Fields(test.args), endless)
		code := run(context.Background(), args, &out, &errs)
		if code != 0 || !strings.Contains(out.String(), test.pages) || elsewhere.Load() != test.elsewhere {
			t.Errorf("%s: exit code %d, %d requests elsewhere; want 0, %d and %s\n%s%s",
				test.args, code, elsewhere.Load(), test.elsewhere, test.pages, errs.String(), out.String())
		}
	}
	if got := fmt.Sprint(agents.Load()); got != userAgent {
		t.Errorf("User-Agent: %s, want %s", got, userAgent)
	}
}

// Ctrl-C ends the crawl, which reports its results so far.
func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/second" {
			interrupt()
			<-r.Context().Done()
			return
		}
		setCookies(w, "first=1")
		write(w, page("First", anchors("/second", "/third")))
	})
	var out, errs strings.Builder
	code := run(ctx, []string{"-workers=1", site}, &out, &errs)
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if !strings.Contains(out.String(), "1 COOKIE KEPT") || !strings.Contains(out.String(), "0 errors") {
		t.Errorf("want a summary of one page:\n%s", out.String())
	}
	if !strings.Contains(errs.String(), "crawl: interrupted") {
		t.Errorf("standard error does not say so:\n%s", errs.String())
	}
}
