package valkeyjar_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valkey-io/valkey-go"
)

// A server is a redis-server or valkey-server that a test has started.
type server struct {
	t    *testing.T
	bin  string
	dir  string
	addr string
	args []string
	cmd  *exec.Cmd
	log  *serverLog
	own  valkey.Client
}

// binary returns the server that is installed. Where CI runs the tests, one must be.
func binary(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"valkey-server", "redis-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("neither redis-server nor valkey-server is installed")
	}
	t.Skip("NOT TESTED: a real server: install redis-server")
	return ""
}

// freeAddr returns an address that nothing listens on, and whose port plus 10,000, which a
// cluster uses, is one.
func freeAddr(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().(*net.TCPAddr)
		_ = l.Close()
		if addr.Port < 55000 {
			return addr.String()
		}
	}
}

// startServer starts a server that keeps what it has in a folder of the test, and that the
// test ends.
func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, bin: binary(t), dir: t.TempDir(), addr: freeAddr(t), args: args}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start starts the server, and returns when it accepts connections.
func (s *server) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "yes",
		"--appendfsync", "everysec", "--hash-max-listpack-value", "1024"}, s.args...)
	s.cmd = exec.Command(s.bin, args...)
	s.cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.log = newServerLog()
	log, cmd := s.log, s.cmd
	go func() {
		log.read(out)
		_ = cmd.Wait()
		close(log.ended)
	}()
	s.await("Ready to accept connections")
}

// await waits until the server has logged a text since it was started.
func (s *server) await(text string) {
	s.t.Helper()
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	for {
		has, more := s.log.has(text)
		if has {
			return
		}
		select {
		case <-more:
		case <-s.log.ended:
			if has, _ := s.log.has(text); !has {
				s.t.Fatalf("the server has ended:\n%s", s.log.text())
			}
		case <-timer.C:
			s.t.Fatalf("the server does not log %q:\n%s", text, s.log.text())
		}
	}
}

// A serverLog is what a server has logged.
type serverLog struct {
	ended chan struct{} // closed when the server has

	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed when there is another line
}

func newServerLog() *serverLog {
	return &serverLog{ended: make(chan struct{}), more: make(chan struct{})}
}

func (l *serverLog) read(from io.Reader) {
	for in := bufio.NewScanner(from); in.Scan(); {
		l.mu.Lock()
		l.lines = append(l.lines, in.Text())
		close(l.more)
		l.more = make(chan struct{})
		l.mu.Unlock()
	}
}

// has reports whether a line has a text, and returns a channel that is closed when there is
// another line.
func (l *serverLog) has(text string) (bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.lines, func(line string) bool { return strings.Contains(line, text) }), l.more
}

func (l *serverLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// kill ends the server with SIGKILL. What it had written to its file stays.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.log.ended
}

func (s *server) url() string { return "redis://" + s.addr }

// client returns a client for what a Backend does not do.
func (s *server) client() valkey.Client {
	s.t.Helper()
	if s.own == nil {
		var err error
		s.own, err = valkey.NewClient(valkey.ClientOption{InitAddress: []string{s.addr}, DisableCache: true, ForceSingleClient: true})
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(s.own.Close)
	}
	return s.own
}

var oneServer struct {
	sync.Mutex
	n int
}

// freshPrefix returns a prefix that no other test uses.
func freshPrefix() string {
	oneServer.Lock()
	defer oneServer.Unlock()
	oneServer.n++
	return fmt.Sprintf("test%d", oneServer.n)
}
