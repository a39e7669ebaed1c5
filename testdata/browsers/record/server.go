package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
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
	cert     tls.Certificate // of the authority that signs those of hosts

	mu   sync.Mutex
	plan *plan
	page map[string]string // more header fields of pages, by their URL
}

// newServer returns a server that listens on a loopback port of its own.
func newServer(cert tls.Certificate) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{listener: l, tls: &tls.Config{GetCertificate: (&authority{cert: cert}).certificate}, cert: cert}
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

// outcome ends the plan and returns it.
func (s *server) outcome() *plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plan
	s.plan = nil
	return p
}

// dress has the page at a URL come with more header fields, each ended by CRLF, and no other.
func (s *server) dress(fields map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.page = fields
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
			s.tunnel(c, in, req.url)
			return
		}
		req.url = origin + req.url
		if _, err := c.Write(s.respond(req)); err != nil {
			return
		}
		if req.header["sec-websocket-key"] != "" {
			hangUp(c, in)
			return
		}
	}
}

// hangUp answers the page that closes its WebSocket. Firefox does not notice that a
// WebSocket is open if the server closes the connection first.
func hangUp(c net.Conn, in *bufio.Reader) {
	if _, err := in.ReadByte(); err == nil { // a page sends nothing else
		c.Write([]byte{0x88, 0}) // a Close frame without a reason
	}
}

// tunnel serves a connection that leads to a host and port, with TLS or, for a
// WebSocket, perhaps without.
func (s *server) tunnel(c net.Conn, in *bufio.Reader, to string) {
	const handshake = 22 // of TLS
	if first, err := in.Peek(1); err != nil {
		return
	} else if first[0] != handshake {
		s.serve(c, in, "http://"+strings.TrimSuffix(to, ":80"))
		return
	}
	inner := tls.Server(peeked{c, in}, s.tls)
	s.serve(inner, bufio.NewReader(inner), "https://"+strings.TrimSuffix(to, ":443"))
}

// A peeked is a connection whose first bytes were read into a buffer.
type peeked struct {
	net.Conn
	in *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.in.Read(b) }

// html is the page for every URL that no plan speaks of. It does as it is asked: see
// page.js.
var html = `<!doctype html><link rel="icon" href="data:,"><body><script>` + script + `</script>`

// respond returns the response to a request.
func (s *server) respond(r request) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.plan; p != nil && !p.done() && (p.urls[0] == r.url || p.urls[0] == insecure(r.url)) {
		return p.respond(r)
	}
	if strings.HasSuffix(r.url, "/worker.js") {
		return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: %d\r\nCache-Control: no-store\r\n%s\r\n%s", len(workerScript), s.page[r.url], workerScript)
	}
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nCache-Control: no-store\r\n%s\r\n%s", len(html), s.page[r.url], html)
}

// insecure returns a URL as it is before a browser upgrades it.
func insecure(url string) string {
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		return "http://" + rest
	}
	return url
}

// accept returns the answer to the key of a WebSocket's handshake: RFC 6455,
// Section 4.2.2.
func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// A request is what a server needs to know of one.
type request struct {
	method, url string
	header      map[string]string // by the names in lower case
}

// readRequest reads a request and the body that follows it.
func readRequest(in *bufio.Reader) (request, error) {
	req := request{header: map[string]string{}}
	line, err := readLine(in)
	if err != nil {
		return req, err
	}
	var ok bool
	if req.method, line, ok = strings.Cut(line, " "); !ok {
		return req, fmt.Errorf("not a request line: %q", line)
	}
	req.url, _, _ = strings.Cut(line, " ")
	for {
		line, err := readLine(in)
		if err != nil {
			return req, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ": ")
		req.header[strings.ToLower(name)] = value
	}
	if n := req.header["content-length"]; n != "" {
		length, err := strconv.Atoi(n)
		if err != nil {
			return req, err
		}
		if _, err := in.Discard(length); err != nil {
			return req, err
		}
	}
	return req, nil
}

// readLine reads a line of a header, without its end.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

// newCertificate makes a certificate for an authority that the browser is told to trust: an
// error that is ignored would have it ignore Strict-Transport-Security, too.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		Subject:      pkix.Name{CommonName: "recorder"},

		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// An authority signs a certificate for each host, all with its own key.
type authority struct {
	cert tls.Certificate

	mu     sync.Mutex
	signed map[string]*tls.Certificate
}

func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := hello.ServerName // none for an IP address
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.signed[host]; c != nil {
		return c, nil
	}
	key := a.cert.PrivateKey.(*ecdsa.PrivateKey)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(a.signed) + 2)),
		NotBefore:    a.cert.Leaf.NotBefore,
		NotAfter:     a.cert.Leaf.NotAfter,
		Subject:      pkix.Name{CommonName: "host"},
		DNSNames:     []string{host},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if host == "" {
		template.DNSNames = nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert.Leaf, key.Public(), key)
	if err != nil {
		return nil, err
	}
	if a.signed == nil {
		a.signed = map[string]*tls.Certificate{}
	}
	a.signed[host] = &tls.Certificate{Certificate: [][]byte{der, a.cert.Certificate[0]}, PrivateKey: key}
	return a.signed[host], nil
}

// keyHash returns the hash of the public key, by which Chromium is told to trust it.
func (s *server) keyHash() string {
	sum := sha256.Sum256(s.cert.Leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
