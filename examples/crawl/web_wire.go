package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// A wire is an http.RoundTripper that reads header fields as they come. That of
// net/http fails if there is a control octet in one, and the page is lost; a browser,
// and the jar, ignore the cookie and go on. It reads one response of our own web at a
// time and is no more than that takes.
type wire struct{ base *http.Transport }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	conn, err := w.base.DialContext(req.Context(), "tcp", net.JoinHostPort(req.URL.Host, "443"))
	if err != nil {
		return nil, err
	}
	settings := w.base.TLSClientConfig.Clone()
	settings.ServerName = req.URL.Host
	conn = tls.Client(conn, settings)
	resp, err := w.exchange(conn, req)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return resp, nil
}

func (w wire) exchange(conn net.Conn, req *http.Request) (*http.Response, error) {
	if deadline, ok := req.Context().Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	resp := &http.Response{Header: make(http.Header), Request: req, ContentLength: -1}
	status, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return nil, errors.Join(errors.New("unexpected answer"), err)
	}
	resp.Proto, resp.ProtoMajor, resp.ProtoMinor = "HTTP/1.1", 1, 1
	resp.Status, resp.StatusCode = "200 OK", http.StatusOK
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if line = strings.TrimSuffix(line, "\r\n"); line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		resp.Header.Add(name, strings.Trim(value, " \t"))
	}
	resp.Body = struct { // the page ends where the connection does
		io.Reader
		io.Closer
	}{in, conn}
	return resp, nil
}
