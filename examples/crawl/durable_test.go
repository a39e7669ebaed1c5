package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A crawl with -durable that was killed continues with its sessions when it runs again.
func TestDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.db")
	sent := make(chan string, 10)
	second := make(chan struct{}, 1)
	killed := make(chan struct{})
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent <- r.Header.Get("Cookie")
		switch r.URL.Path {
		case "/":
			setCookies(w, "session=0123456789abcdef")
			write(w, page("Home", anchors("/second")))
		case "/second":
			second <- struct{}{}
			<-killed
			write(w, page("Second"))
		}
	})
	args := []string{"-durable", path, "-workers=1", "-timeout=1m", site + "/"}
	child := startCrawl(t, args)
	child.await(t, second) // in the middle of the crawl
	child.signal(t, os.Kill)
	close(killed)
	if first := <-sent; first != "" {
		t.Errorf("the first crawl begins with %q, want no cookie", first)
	}
	<-sent

	var out, errs strings.Builder
	if code := run(t.Context(), args, &out, &errs); code != 0 {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	if got := <-sent; got != "session=0123456789abcdef" {
		t.Errorf("killed and started again, the crawl begins with %q, want the session", got)
	}
	if !strings.Contains(errs.String(), "1 cookie in "+path) || strings.Contains(out.String()+errs.String(), "0123456789abcdef") {
		t.Errorf("standard error is\n%s\nwant that there is 1 cookie, and no value", errs.String())
	}
}

func TestDurableFails(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not cookies\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-durable", text, "http://127.0.0.1/"}, exitFailed, text},
		{[]string{"-durable", text}, exitUsage, "-durable: want a URL"},
		{[]string{"-durable", text, "-jar", text, "http://127.0.0.1/"}, exitUsage, "want only one of them"},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), test.args, &out, &errs)
		if code != test.code || !strings.Contains(errs.String(), test.want) {
			t.Errorf("crawl %q = %d\n%s\nwant %d and %s", test.args, code, errs.String(), test.code, test.want)
		}
	}
}
