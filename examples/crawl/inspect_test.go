package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// A transcript collects what was written to it.
type transcript struct {
	mu sync.Mutex
	b  strings.Builder
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// During a crawl with -inspect, the printed URL shows the jar.
func TestInspect(t *testing.T) {
	var (
		errs transcript
		seen string // the page about the jar while the second page is fetched
		url  string
	)
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/second" {
			setCookies(w, "first=0123456789abcdef")
			write(w, page("First", anchors("/second")))
			return
		}
		if m := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(errs.String()); m != "" {
			url = m
			if resp, err := http.Get(url); err == nil {
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				seen = fmt.Sprint(resp.StatusCode, string(body))
			}
		}
	})
	var out strings.Builder
	if code := run(t.Context(), []string{"-inspect", "127.0.0.1:0", site}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	if !strings.HasPrefix(seen, "200") || !strings.Contains(seen, ">first</a>") || strings.Contains(seen, "0123456789abcdef") {
		t.Errorf("during the crawl, %q shows\n%s\nwant the cookie without its value", url, seen)
	}
	if _, err := http.Get(url); err == nil {
		t.Errorf("after the crawl, %s still answers", url)
	}
}

func TestInspectFails(t *testing.T) {
	site := serve(t, func(w http.ResponseWriter, r *http.Request) { write(w, page("Home")) })
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"-inspect", "nonsense", site}, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "crawl: -inspect: ") {
		t.Errorf("exit code %d, want %d\n%s", code, exitFailed, errs.String())
	}
}
