package clients

import (
	"context"

	"github.com/hashicorp/go-retryablehttp"

	"uacookie/jar"
)

// Retryable uses go-retryablehttp. Each attempt carries the cookies that the jar has then.
func Retryable(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	c := retryablehttp.NewClient()
	c.Logger = nil
	// Glue:
	c.HTTPClient.Transport = &jar.Transport{Jar: j, Base: s.Transport()}

	return get(ctx, c.StandardClient(), s.URL+"/login")
}
