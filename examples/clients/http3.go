package clients

import (
	"context"
	"net/http"

	"github.com/quic-go/quic-go/http3"

	"uacookie/jar"
)

// HTTP3 uses the Transport of quic-go.
func HTTP3(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	h3 := &http3.Transport{TLSClientConfig: s.TLS()}
	defer h3.Close()
	client := &http.Client{Transport: h3}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	return get(ctx, client, s.URL3+"/login")
}
