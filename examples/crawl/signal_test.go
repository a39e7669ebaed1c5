//go:build unix

package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crawlArgs+"="+strings.Join([]string{flag, path, "-workers=1", "-timeout=1m", site + "/"}, "\n"))
	var childErrs strings.Builder
	child.Stderr = &childErrs
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	select {
	case <-second: // in the middle of the crawl
	case err := <-ended:
		t.Fatalf("the crawl ended by itself: %v\n%s", err, childErrs.String())
	}
	if err := child.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		_ = child.Process.Kill()
		t.Fatal("the crawl went on for a minute after the signal")
	}
	if code := child.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(childErrs.String(), "crawl: interrupted") {
		t.Errorf("exit code %d, want %d and a message:\n%s", code, exitInterrupted, childErrs.String())
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
