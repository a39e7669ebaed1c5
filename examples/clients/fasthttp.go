package clients

import (
	"context"
	"errors"
	"net/url"

	"github.com/valyala/fasthttp"

	"uacookie/jar"
)

// FastHTTP uses fasthttp, which has neither a jar nor http.RoundTripper.
func FastHTTP(_ context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &fasthttp.Client{TLSConfig: s.TLS()}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)

	req.SetRequestURI(s.URL + "/login")
	req.Header.Set("Accept-Encoding", "gzip")
	if err := do(client, j, req, resp); err != nil {
		return "", err
	}
	body, err := resp.BodyUncompressed()
	return string(body), err
}

// do makes a GET request with the cookies in j, and follows redirects. fasthttp's own
// DoRedirects would lose the cookies of all hops but the last.
func do(client *fasthttp.Client, j *jar.Jar, req *fasthttp.Request, resp *fasthttp.Response) error {
	// Glue:
	req.Header.DisableSpecialHeader() // otherwise fasthttp drops JSON and quotes from Cookie
	for range 10 {
		u, err := url.Parse(req.URI().String())
		if err != nil {
			return err
		}
		r := &jar.Request{URL: u}
		req.Header.Set("Host", u.Host) // since there are no special headers
		req.Header.Del("Cookie")
		if cookie := j.Header(r); cookie != "" {
			req.Header.Set("Cookie", cookie)
		}
		if err := client.Do(req, resp); err != nil {
			return err
		}
		var lines []string
		for _, line := range resp.Header.Cookies() {
			lines = append(lines, string(line))
		}
		r.ServerTime = j.Options().UserAgent.ServerTime([]string{string(resp.Header.Peek("Date"))})
		j.Receive(r, lines)
		if !fasthttp.StatusCodeIsRedirect(resp.StatusCode()) {
			return nil
		}
		req.URI().UpdateBytes(resp.Header.Peek("Location"))
	}
	return errors.New("too many redirects")
}
