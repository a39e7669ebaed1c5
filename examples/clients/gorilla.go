package clients

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/websocket"

	"uacookie/jar"
)

// Gorilla opens a WebSocket with gorilla/websocket after a login over HTTP. A Dialer follows
// no redirects. Its field Jar is an http.CookieJar, which loses bytes, so it stays nil.
func Gorilla(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &http.Client{Transport: &jar.Transport{Jar: j, Base: s.Transport()}}
	if _, err := get(ctx, client, s.URL+"/login"); err != nil {
		return "", err
	}

	dialer := &websocket.Dialer{TLSClientConfig: s.TLS()}
	u, err := url.Parse(strings.Replace(s.URL, "https:", "wss:", 1) + "/home")
	if err != nil {
		return "", err
	}
	header := make(http.Header)
	// Glue:
	r := &jar.Request{URL: u}
	if cookie := j.Header(r); cookie != "" {
		header.Set("Cookie", cookie)
	}
	conn, resp, err := dialer.DialContext(ctx, u.String(), header)
	if resp != nil {
		r.ServerTime = j.Options().UserAgent.ServerTime(resp.Header["Date"])
		j.Receive(r, resp.Header["Set-Cookie"])
	}

	if err != nil {
		return "", err
	}
	defer conn.Close()
	_, message, err := conn.ReadMessage()
	return string(message), err
}
