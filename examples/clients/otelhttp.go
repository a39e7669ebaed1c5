package clients

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"uacookie/jar"
)

// OTel traces requests with otelhttp: a span for each hop of the login.
func OTel(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &http.Client{Transport: otelhttp.NewTransport(s.Transport())}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	return get(ctx, client, s.URL+"/login")
}
