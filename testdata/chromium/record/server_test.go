package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
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
	if got, ok := s.outcome(); got != cookie || !ok {
		t.Errorf("outcome() = %q, %t, want %q, true", got, ok, cookie)
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
	if got, ok := s.outcome(); got != "b=1" || !ok {
		t.Errorf("outcome() = %q, %t, want b=1, true", got, ok)
	}
}

func TestServerPlanNotDone(t *testing.T) {
	s, c := dial(t)
	s.expect(&plan{urls: []string{"http://a.test/hop", "http://a.test/"}})
	header(t, c, "GET http://a.test/hop HTTP/1.1\r\n\r\n")
	if _, ok := s.outcome(); ok {
		t.Error("outcome() is done with a hop only")
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
		if got, ok := s.outcome(); got != "t=1" || !ok {
			t.Errorf("port %s: outcome() = %q, %t, want t=1, true", port, got, ok)
		}
	}
}
