package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"uacookie/examples/internal/terminal"
	"uacookie/jar"
)

// userAgent identifies the crawler to the owners of sites.
const userAgent = "uacookie-crawl/1.0 (an example program of the Go module uacookie)"

// maxBody is the maximum number of bytes read of a page or resource.
const maxBody = 1 << 20

// A document is a fetched page or resource.
type document struct {
	task *task
	url  *url.URL // after redirects

	links    []link // to pages
	embedded []link // images, scripts, style sheets, frames
}

// fetch fetches one page or resource, in the context in which a browser would. If the fetch
// fails, it prints an error for the user and returns nil.
func (c *crawler) fetch(ctx context.Context, t *task) *document {
	c.line.now(t.url)
	d, err := c.try(ctx, t)
	switch {
	case ctx.Err() != nil:
		return nil // the user interrupted the crawl, which is not a failure
	case err != nil && t.page:
		c.count.failedPages.Add(1)
		c.line.println("crawl: %s: %s", terminal.Quote(t.url.Redacted()), c.explain(err))
		return nil
	case err != nil: // only count it: pages often embed resources that are missing or blocked
		c.count.failedResources.Add(1)
		return nil
	case t.page:
		c.count.pages.Add(1)
	default:
		c.count.resources.Add(1)
	}
	return d
}

func (c *crawler) try(ctx context.Context, t *task) (*document, error) {
	// The jar's Transport reads the context from the request, at each hop of a redirect.
	ctx = jar.WithContext(ctx, t.context)
	req, err := http.NewRequestWithContext(ctx, t.method(), t.url.String(), t.body())
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	if t.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		c.count.unhappy.Add(1)
	}

	d := &document{task: t, url: resp.Request.URL}
	body := io.LimitReader(resp.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if (t.page || t.frame) && kind == "text/html" {
		d.readLinks(body)
	}
	_, err = io.Copy(io.Discard, body)
	return d, err
}

// explain returns a short text that says why a fetch failed.
func (c *crawler) explain(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		if e.Timeout() {
			return fmt.Sprintf("no answer within %s", c.limits.timeout)
		}
		err = e.Err
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "no such host"
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return "cannot connect: " + e.Err.Error()
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return "the response is malformed" // without the error, which quotes cookies
	}
	return terminal.Quote(strings.TrimSpace(err.Error()))
}

// A meter is an http.RoundTripper that counts requests and the bytes of response bodies.
type meter struct {
	base  http.RoundTripper
	count *counters
}

func (m *meter) RoundTrip(req *http.Request) (*http.Response, error) {
	m.count.requests.Add(1)
	resp, err := m.base.RoundTrip(req)
	if err == nil {
		resp.Body = &meteredBody{resp.Body, m.count}
	}
	return resp, err
}

type meteredBody struct {
	io.ReadCloser
	count *counters
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.count.bytes.Add(int64(n))
	return n, err
}
