package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A server is every host of the web at once, for one tab: it is the tab's
// HTTP proxy and answers every request itself, whatever the host, the port or
// the scheme. It speaks HTTP/1.1 by hand, as a line of a scenario may hold
// bytes that a well-behaved library would mend.
type server struct {
	listener net.Listener
	tls      *tls.Config

	mu   sync.Mutex
	plan *plan
}

// A plan is a request that the next step of a scenario leads to.
type plan struct {
	urls   []string // the redirect hops, then the URL itself
	lines  []string // Set-Cookie fields of the response to the last of urls
	cookie string   // the Cookie field of the request to the last of urls
}

// done reports whether all of the plan's requests have come.
func (p *plan) done() bool { return len(p.urls) == 0 }

// newServer returns a server that listens on a loopback port of its own.
func newServer(cert tls.Certificate) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{listener: l, tls: &tls.Config{Certificates: []tls.Certificate{cert}}}
	go s.accept()
	return s, nil
}

// addr returns the server's address, to name it as a proxy.
func (s *server) addr() string { return s.listener.Addr().String() }

// close stops the server. Connections end as the browser closes them.
func (s *server) close() { s.listener.Close() }

// expect sets the plan for the requests to come. Any that is not part of it is
// answered with a blank page.
func (s *server) expect(p *plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = p
}

// outcome ends the plan and returns the Cookie field that its last request had.
func (s *server) outcome() (cookie string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plan
	s.plan = nil
	return p.cookie, p.done()
}

func (s *server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer c.Close()
			s.serve(c, bufio.NewReader(c), "")
		}()
	}
}

// serve answers the requests of a connection. The origin is empty on a
// connection to the proxy itself, where requests name their own.
func (s *server) serve(c net.Conn, in *bufio.Reader, origin string) {
	for {
		req, err := readRequest(in)
		if err != nil {
			return // gone, or not HTTP
		}
		if req.method == "CONNECT" {
			io.WriteString(c, "HTTP/1.1 200 Connected\r\n\r\n")
			inner := tls.Server(c, s.tls)
			s.serve(inner, bufio.NewReader(inner), "https://"+strings.TrimSuffix(req.target, ":443"))
			return
		}
		if _, err := c.Write(s.respond(origin+req.target, req.cookie)); err != nil {
			return
		}
	}
}

// blank is the response for every URL that no plan speaks of: a page that does
// as it is asked, see page.js.
var blank = func() []byte {
	body := `<!doctype html><link rel="icon" href="data:,"><body><script>` + script + `</script>`
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n%s", len(body), body)
}()

// respond returns the response to a request.
func (s *server) respond(url, cookie string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plan
	if p == nil || p.done() || p.urls[0] != url {
		return blank
	}
	p.urls = p.urls[1:]
	var b bytes.Buffer
	if !p.done() {
		fmt.Fprintf(&b, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n", p.urls[0])
		return b.Bytes()
	}
	p.cookie = cookie
	b.WriteString("HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n")
	for _, line := range p.lines {
		b.WriteString("Set-Cookie: ")
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// A request is what a server needs to know of one.
type request struct {
	method, target, cookie string
}

// readRequest reads a request and the body that follows it.
func readRequest(in *bufio.Reader) (request, error) {
	var req request
	line, err := readLine(in)
	if err != nil {
		return req, err
	}
	var ok bool
	if req.method, line, ok = strings.Cut(line, " "); !ok {
		return req, fmt.Errorf("not a request line: %q", line)
	}
	req.target, _, _ = strings.Cut(line, " ")
	length := 0
	for {
		line, err := readLine(in)
		if err != nil {
			return req, err
		}
		if line == "" {
			_, err := in.Discard(length)
			return req, err
		}
		name, value, _ := strings.Cut(line, ": ")
		switch strings.ToLower(name) {
		case "cookie":
			req.cookie = value
		case "content-length":
			if length, err = strconv.Atoi(value); err != nil {
				return req, err
			}
		}
	}
}

// readLine reads a line of a header, without its end.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

// newCertificate makes a certificate for the servers. The browser is told to
// accept any, so it names no host.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
