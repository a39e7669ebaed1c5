package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// crawlArgs is an environment variable that makes the test binary run a crawl. It contains
// the arguments, one on each line.
const crawlArgs = "CRAWL_TEST_ARGS"

func TestMain(m *testing.M) {
	if args := os.Getenv(crawlArgs); args != "" {
		os.Args = append([]string{"crawl"}, strings.Split(args, "\n")...)
		main()
	}
	os.Exit(m.Run())
}

// A childCrawl is a crawl in a process of its own.
type childCrawl struct {
	cmd   *exec.Cmd
	errs  strings.Builder // its standard error, once it has ended
	ended chan error
}

// startCrawl starts a crawl. It is killed at the end of the test, if it is still running.
func startCrawl(t *testing.T, args []string) *childCrawl {
	t.Helper()
	c := &childCrawl{cmd: exec.Command(os.Args[0]), ended: make(chan error, 1)}
	c.cmd.Env = append(os.Environ(), crawlArgs+"="+strings.Join(args, "\n"))
	c.cmd.Stderr = &c.errs
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	go func() { c.ended <- c.cmd.Wait() }()
	return c
}

// await waits until the crawl has reached a point.
func (c *childCrawl) await(t *testing.T, reached <-chan struct{}) {
	t.Helper()
	select {
	case <-reached:
	case err := <-c.ended:
		t.Fatalf("the crawl ended by itself: %v\n%s", err, c.errs.String())
	}
}

// signal sends a signal to the crawl, waits for its end, and returns its exit code.
func (c *childCrawl) signal(t *testing.T, sig os.Signal) (code int) {
	t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.ended:
	case <-time.After(time.Minute):
		t.Fatal("the crawl went on for a minute after the signal")
	}
	return c.cmd.ProcessState.ExitCode()
}
