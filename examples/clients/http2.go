package clients

import (
	"context"
	"net/http"

	"golang.org/x/net/http2"

	"uacookie/jar"
)

// HTTP2 uses the Transport of x/net/http2 itself. It is deprecated: http.Transport speaks HTTP/2.
func HTTP2(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	//lint:ignore SA1019 programs still use it
	h2 := &http2.Transport{TLSClientConfig: s.TLS()}
	//lint:ignore SA1019 programs still use it
	defer h2.CloseIdleConnections()
	client := &http.Client{Transport: h2}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	return get(ctx, client, s.URL+"/login")
}
