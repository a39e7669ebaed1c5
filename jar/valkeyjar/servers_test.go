package valkeyjar_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	done chan struct{}
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

func (s *server) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "yes",
		"--appendfsync", "everysec", "--hash-max-listpack-value", "1024", "--logfile", filepath.Join(s.dir, "log")}, s.args...)
	s.cmd = exec.Command(s.bin, args...)
	s.cmd.Env = append(os.Environ(), "LC_ALL=C")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan struct{})
	s.done = done
	cmd := s.cmd
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	s.ready()
}

// ready waits until the server answers.
func (s *server) ready() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for {
		conn, err := net.DialTimeout("tcp", s.addr, time.Second)
		if err == nil {
			fmt.Fprintf(conn, "PING\r\n")
			reply := make([]byte, 64)
			_ = conn.SetReadDeadline(time.Now().Add(time.Second))
			n, err := conn.Read(reply)
			_ = conn.Close()
			if err == nil && (bytes.HasPrefix(reply[:n], []byte("+PONG")) || bytes.HasPrefix(reply[:n], []byte("-NOAUTH"))) {
				return
			}
		}
		select {
		case <-s.done:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("the server has ended:\n%s", log)
		case <-ctx.Done():
			s.t.Fatalf("the server does not answer")
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// kill ends the server with SIGKILL. What it had written to its file stays.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
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
