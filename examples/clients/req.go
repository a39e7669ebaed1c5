package clients

import (
	"context"
	"net/http"

	"github.com/imroc/req/v3"

	"uacookie/jar"
)

// Req uses req. Its client has a jar by default, so it is turned off, and a transport that is
// wrapped, because it cannot be replaced.
func Req(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	c := req.C()
	c.GetTLSClientConfig().RootCAs = s.TLS().RootCAs // SetTLSClientConfig would turn HTTP/2 off
	// Glue:
	c.SetCookieJar(nil)
	c.GetTransport().WrapRoundTripFunc(func(base http.RoundTripper) req.HttpRoundTripFunc {
		return (&jar.Transport{Jar: j, Base: base}).RoundTrip
	})

	resp, err := c.R().SetContext(ctx).Get(s.URL + "/login")
	if err != nil {
		return "", err
	}
	return resp.String(), nil
}
