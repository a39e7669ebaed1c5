package clients

import (
	"context"

	restyv2 "github.com/go-resty/resty/v2"
	"resty.dev/v3"

	"uacookie/jar"
)

// RestyV2 uses resty v2. Its client has a jar by default, so it is turned off.
func RestyV2(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	c := restyv2.New()
	// Glue:
	c.SetCookieJar(nil)
	c.SetTransport(&jar.Transport{Jar: j, Base: s.Transport()})

	resp, err := c.R().SetContext(ctx).Get(s.URL + "/login")
	if err != nil {
		return "", err
	}
	return resp.String(), nil
}

// RestyV3 uses resty v3. Its client has a jar by default, so it is turned off.
func RestyV3(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	c := resty.New()
	defer c.Close()
	// Glue:
	c.SetCookieJar(nil)
	c.SetTransport(&jar.Transport{Jar: j, Base: s.Transport()})

	resp, err := c.R().SetContext(ctx).Get(s.URL + "/login")
	if err != nil {
		return "", err
	}
	return resp.String(), nil
}
