package browser

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
)

// newTransport returns a transport whose connections end in the server of each origin. A
// connection serves one request, so that none outlives its response.
func newTransport(server func(origin string) *http.Server) *transport {
	dial := func(scheme string) func(context.Context, string, string) (net.Conn, error) {
		return func(_ context.Context, _, addr string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			if port == defaultPorts[scheme] {
				port = ""
			}
			return connect(server(serialize(scheme, host, port)), scheme == "https", host)
		}
	}
	return &transport{http.Transport{
		DialContext:         dial("http"),
		DialTLSContext:      dial("https"),
		MaxIdleConnsPerHost: -1,
	}}
}

// A transport closes the connection when a response body is closed. From Go 1.27 on,
// net/http would read on for a while after Close, to save a connection that is never
// used again; a synctest bubble that ends meanwhile is a deadlock.
type transport struct{ http.Transport }

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var c net.Conn
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { c = info.Conn }}
	resp, err := t.Transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		return nil, err
	}
	resp.Request = r
	if resp.StatusCode != http.StatusSwitchingProtocols { // else the body is the connection
		resp.Body = &body{resp.Body, c}
	}
	return resp, nil
}

// A body is a response body with its connection.
type body struct {
	io.ReadCloser
	conn net.Conn
}

func (b *body) Close() error {
	_ = b.conn.Close() // the end of a pipe: it does not fail
	return b.ReadCloser.Close()
}

// connect returns the client's end of a new connection to a server.
func connect(s *http.Server, secure bool, host string) (net.Conn, error) {
	if s == nil {
		return nil, net.ErrClosed // the site was removed meanwhile
	}
	client, server := net.Pipe()
	var c net.Conn = conn{server}
	if secure {
		c = tlsConn{conn{server}, host}
	}
	_ = s.Serve(&listener{conn: c}) // it returns once the connection has its goroutine
	return client, nil
}

// A listener accepts the one connection that it has.
type listener struct {
	mu   sync.Mutex
	conn net.Conn
}

func (l *listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.conn
	if c == nil {
		return nil, io.EOF
	}
	l.conn = nil
	return c, nil
}

func (l *listener) Close() error   { return nil }
func (l *listener) Addr() net.Addr { return localAddr }

// The addresses that handlers see are from the range for documentation, as those of
// net/http/httptest are.
var (
	localAddr  = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 443}
	remoteAddr = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1234}
)

// A conn is a server's end of a connection in memory.
type conn struct{ net.Conn }

func (conn) LocalAddr() net.Addr  { return localAddr }
func (conn) RemoteAddr() net.Addr { return remoteAddr }

// A tlsConn is a conn that passes for one with TLS.
type tlsConn struct {
	conn
	host string
}

// ConnectionState is where http.Server gets Request.TLS.
func (c tlsConn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{
		Version:           tls.VersionTLS13,
		HandshakeComplete: true,
		CipherSuite:       tls.TLS_AES_128_GCM_SHA256,
		ServerName:        c.host,
	}
}
