package main

import (
	"context"
	"io"
	"time"

	"uacookie/examples/internal/terminal"
	"uacookie/jar"
	"uacookie/jar/boltjar"
	"uacookie/jar/durable"
)

// keepDurably loads the cookies in a database into the crawl's jar, and keeps the database up
// to date. A crawl that was killed continues with those cookies.
func (c *crawler) keepDurably(ctx context.Context, path string) error {
	b, err := boltjar.Open(path)
	if err != nil {
		return err
	}
	c.durable, err = durable.Open(ctx, b, &durable.Options{
		Jar:      c.options(),
		Progress: c.line.loading,
		Failed:   func(err error) { c.line.println("crawl: %v", err) },
	})
	if err != nil {
		return err
	}
	c.jar = c.durable.Jar
	c.client.Transport.(*jar.Transport).Jar = c.jar
	c.line.println("%s in %s", plural(int64(c.jar.Len()), "cookie"), path)
	return nil
}

// flush waits until all cookies are in the database or on the server, if there is one. So a page is requested
// only after the cookies that led to it are safe.
func (c *crawler) flush(ctx context.Context) {
	if c.durable != nil {
		_ = c.durable.Flush(ctx) // the hook reports a failure, and the crawl continues
	}
}

// loading reports the progress of loading cookies.
func (p *progress) loading(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width == nil || time.Since(p.last) < frame || done == total {
		return
	}
	const cells = 12
	line := bar(min(done*cells/max(total, 1), cells), cells) + "  " + plural(int64(done), "cookie") + " loaded"
	_, _ = io.WriteString(p.out, "\r\x1b[K"+terminal.Snip(line, p.width()-1))
	p.drawn, p.last = true, time.Now()
}
