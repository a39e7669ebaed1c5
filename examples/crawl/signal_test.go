//go:build unix

package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A crawl that ends by Ctrl-C or SIGTERM saves its cookies, and the next crawl starts with
// them.
func TestSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, flag := range []string{"-jar", "-durable"} {
			t.Run(sig.String()+" "+flag, func(t *testing.T) { testSignal(t, sig, flag) })
		}
	}
}

func testSignal(t *testing.T, sig syscall.Signal, flag string) {
	sent := make(chan string, 10)
	second := make(chan struct{}, 10)
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent <- r.Header.Get("Cookie")
		switch r.URL.Path {
		case "/":
			setCookies(w, "session=0123456789abcdef")
			write(w, page("Home", anchors("/second")))
		case "/second":
			// More cookies, which no flush at the end of a wave has saved yet.
			setCookies(w, "pending=1")
			write(w, page("Second", image("/hangs")))
		case "/hangs":
			second <- struct{}{}
			<-r.Context().Done()
		}
	})
	path := filepath.Join(t.TempDir(), "cookies.db")
	child := startCrawl(t, []string{flag, path, "-workers=1", "-timeout=1m", site + "/"})
	child.await(t, second) // in the middle of the crawl
	code := child.signal(t, sig)
	if errs := child.errs.String(); code != exitInterrupted || !strings.Contains(errs, "crawl: interrupted") {
		t.Errorf("exit code %d, want %d and a message:\n%s", code, exitInterrupted, errs)
	}
	for range len(sent) {
		<-sent
	}

	var out, errs strings.Builder
	if code := run(t.Context(), []string{flag, path, "-depth=0", "-workers=1", site + "/"}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	if got, want := <-sent, "session=0123456789abcdef; pending=1"; got != want {
		t.Errorf("started again, the crawl begins with %q, want %q", got, want)
	}
}
