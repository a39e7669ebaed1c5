package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// dial starts a server and returns it with a connection to it.
func dial(t *testing.T) (*server, net.Conn) {
	t.Helper()
	cert, err := newCertificate()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(cert)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	c, err := net.Dial("tcp", s.addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return s, c
}

// header sends a request and returns the header of its response.
func header(t *testing.T, c net.Conn, request string) string {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	var header strings.Builder
	in := bufio.NewReader(c)
	for !strings.HasSuffix(header.String(), "\r\n\r\n") {
		b, err := in.ReadByte()
		if err != nil {
			t.Fatalf("after %q: %v", header.String(), err)
		}
		header.WriteByte(b)
	}
	io.CopyN(io.Discard, in, int64(in.Buffered()))
	return header.String()
}

// Bytes that net/http would not write or read go both ways as they are.
func TestServerBytes(t *testing.T) {
	s, c := dial(t)
	const line, cookie = "a\x01=\"\xff\t; \x00 =", "\xe9=\x80; b=\"1 2\" "
	s.expect(&plan{urls: []string{"http://a.test/x?y"}, lines: []string{line, ""}})
	got := header(t, c, "GET http://a.test/x?y HTTP/1.1\r\nHost: a.test\r\nCookie: "+cookie+"\r\n\r\n")
	if want := "\r\nSet-Cookie: " + line + "\r\nSet-Cookie: \r\n\r\n"; !strings.HasPrefix(got, "HTTP/1.1 204 ") || !strings.HasSuffix(got, want) {
		t.Errorf("response %q, want a 204 that ends in %q", got, want)
	}
	if p := s.outcome(); p.cookie() != cookie || !p.done() {
		t.Errorf("cookie %q, done %t, want %q, true", p.cookie(), p.done(), cookie)
	}
}

// A response has the Date fields of its plan, the true time if that says nothing, and a
// hop always has the true time.
func TestServerDate(t *testing.T) {
	s, c := dial(t)
	dates := func(response string) (all []string) {
		for line := range strings.SplitSeq(response, "\r\n") {
			if d, ok := strings.CutPrefix(line, "Date: "); ok {
				all = append(all, d)
			}
		}
		return all
	}
	for _, want := range [][]string{nil, {}, {"x"}, {"", "Fri, 15 Jun 2035 12:34:56 GMT"}} {
		s.expect(&plan{urls: []string{"http://a.test/hop", "http://a.test/"}, dates: want})
		for i, request := range []string{"GET http://a.test/hop HTTP/1.1\r\n\r\n", "GET http://a.test/ HTTP/1.1\r\n\r\n"} {
			got := dates(header(t, c, request))
			if i == 1 && want != nil {
				if !slices.Equal(got, want) {
					t.Errorf("Date: %q, want %q", got, want)
				}
			} else if len(got) != 1 {
				t.Errorf("Date: %q, want the true time", got)
			} else if at, err := http.ParseTime(got[0]); err != nil || time.Since(at).Abs() > time.Minute {
				t.Errorf("Date: %q (%v), want the true time", got, err)
			}
		}
	}
}

// A plan is followed over its hops, and other requests get a page in between.
func TestServerPlan(t *testing.T) {
	s, c := dial(t)
	s.expect(&plan{urls: []string{"http://a.test/hop", "http://b.test:81/"}, lines: []string{"a=1"}})
	for _, step := range []struct{ request, want string }{
		{"GET http://other.test/ HTTP/1.1\r\nCookie: o=1\r\n\r\n", "200 OK"},
		{"POST http://a.test/hop HTTP/1.1\r\nContent-Length: 5\r\nCookie: a=1\r\n\r\n12345", "Location: http://b.test:81/\r\n"},
		{"GET http://a.test/hop HTTP/1.1\r\n\r\n", "200 OK"},
		{"GET http://b.test:81/ HTTP/1.1\r\nCookie: b=1\r\n\r\n", "Set-Cookie: a=1\r\n"},
		{"GET http://b.test:81/ HTTP/1.1\r\nCookie: c=1\r\n\r\n", "200 OK"},
	} {
		if got := header(t, c, step.request); !strings.Contains(got, step.want) {
			t.Errorf("to %q: %q, want %q in it", step.request, got, step.want)
		}
	}
	if p := s.outcome(); p.cookie() != "b=1" || !p.done() {
		t.Errorf("cookie %q, done %t, want b=1, true", p.cookie(), p.done())
	}
}

func TestServerPlanNotDone(t *testing.T) {
	s, c := dial(t)
	s.expect(&plan{urls: []string{"http://a.test/hop", "http://a.test/"}})
	header(t, c, "GET http://a.test/hop HTTP/1.1\r\n\r\n")
	if s.outcome().done() {
		t.Error("done with a hop only")
	}
}

// A preflight is answered by the plan, but is not yet what it waits for; a page that no
// plan speaks of comes with the policy it is to have.
func TestServerPreflight(t *testing.T) {
	s, c := dial(t)
	s.expect(&plan{urls: []string{"http://a.test/"}, cors: scenario.CORSAllow, status: 307})
	s.dress(map[string]string{"http://b.test/": "Content-Security-Policy: sandbox\r\n"})
	got := header(t, c, "OPTIONS http://a.test/ HTTP/1.1\r\nOrigin: http://b.test\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n\r\n")
	for _, want := range []string{"Access-Control-Allow-Origin: http://b.test\r\n", "Access-Control-Allow-Methods: PUT\r\n", "Access-Control-Allow-Headers: x-a\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the answer to a preflight is %q, want %q in it", got, want)
		}
	}
	if got := header(t, c, "GET http://b.test/ HTTP/1.1\r\n\r\n"); !strings.Contains(got, "Content-Security-Policy: sandbox\r\n") {
		t.Errorf("a page is %q, want its policy in it", got)
	}
	header(t, c, "PUT http://a.test/ HTTP/1.1\r\nOrigin: http://b.test\r\nSec-Fetch-Site: cross-site\r\nAccept: */*\r\n\r\n")
	want := []scenario.Request{
		{Method: "OPTIONS", URL: "http://a.test/", Header: map[string]scenario.Bytes{
			"origin": "http://b.test", "access-control-request-method": "PUT", "access-control-request-headers": "x-a"}},
		{Method: "PUT", URL: "http://a.test/", Header: map[string]scenario.Bytes{"origin": "http://b.test", "sec-fetch-site": "cross-site"}},
	}
	if p := s.outcome(); !p.done() || !reflect.DeepEqual(p.requests(nil), want) {
		t.Errorf("requests(nil) = %q, want %q", p.requests(nil), want)
	}
}

// A WebSocket's handshake comes through a tunnel without TLS, and is answered.
func TestServerWebSocket(t *testing.T) {
	s, c := dial(t)
	header(t, c, "CONNECT a.test:80 HTTP/1.1\r\n\r\n")
	s.expect(&plan{urls: []string{handshake("ws://a.test/")}, lines: []string{"a=1"}})
	// Key and answer are those of RFC 6455, Section 1.3.
	got := header(t, c, "GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 101 ") || !strings.Contains(got, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") || !strings.Contains(got, "Set-Cookie: a=1\r\n") {
		t.Errorf("the answer to a handshake is %q", got)
	}
}

// A tunnel leads to the same server, as the host and port that it names.
func TestServerTunnel(t *testing.T) {
	for _, port := range []string{"443", "8443"} {
		s, c := dial(t)
		if got := header(t, c, fmt.Sprintf("CONNECT [::1]:%s HTTP/1.1\r\n\r\n", port)); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
			t.Fatalf("CONNECT: %q", got)
		}
		s.expect(&plan{urls: []string{"https://[::1]" + strings.TrimSuffix(":"+port, ":443") + "/"}})
		header(t, tls.Client(c, &tls.Config{InsecureSkipVerify: true}), "GET / HTTP/1.1\r\nCookie: t=1\r\n\r\n")
		if p := s.outcome(); p.cookie() != "t=1" || !p.done() {
			t.Errorf("port %s: cookie %q, done %t, want t=1, true", port, p.cookie(), p.done())
		}
	}
}

// A response that asks for storage access does so until the request has it, and says the rest
// only then. A URL that the browser has upgraded is what the plan has.
func TestServerRetries(t *testing.T) {
	s, c := dial(t)
	p := &plan{urls: []string{"http://a.test/x"}, lines: []string{"a=1"}, fields: []string{"Activate-Storage-Access: retry"}}
	s.expect(p)
	const request = "GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nSec-Fetch-Storage-Access: "
	if got := header(t, c, request+"inactive\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 401 ") || !strings.Contains(got, "\r\nActivate-Storage-Access: retry\r\n") || strings.Contains(got, "Set-Cookie") || p.done() || !p.asked {
		t.Errorf("inactive: %q", got)
	}
	if got := header(t, c, request+"active\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 204 ") || !strings.Contains(got, "Set-Cookie: a=1") || !p.done() {
		t.Errorf("active: %q", got)
	}
	if got := insecure("https://a.test/x"); got != "http://a.test/x" || insecure(got) != got {
		t.Errorf("insecure: %q", got)
	}
}

// Each host has a certificate of its own, which the authority has signed.
func TestAuthority(t *testing.T) {
	s, _ := dial(t)
	roots := x509.NewCertPool()
	roots.AddCert(s.cert.Leaf)
	for _, host := range []string{"a.test", "b.test", "a.test", "127.0.0.1"} {
		c, err := net.Dial("tcp", s.addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "CONNECT %s:443 HTTP/1.1\r\n\r\n", host)
		if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 200 Connected\r\n\r\n"))); err != nil {
			t.Fatal(err)
		}
		if err := tls.Client(c, &tls.Config{ServerName: host, RootCAs: roots}).Handshake(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if s.keyHash() == "" {
		t.Error("no hash of the key")
	}
}
