package main

import (
	"context"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/jarfile"
)

// keepIn loads the cookies in a file into the crawl's jar, and makes save write to that file.
func (c *crawler) keepIn(path string) (err error) {
	c.file, err = jarfile.Open(path, &jarfile.Options{
		Jar:         c.options(),
		KeepSession: true,
		Lost:        func(l *cookiefile.Loss) { c.line.println("crawl: %v", l) },
	})
	if err != nil {
		return err
	}
	c.jar = c.file.Jar()
	c.client.Transport.(*jar.Transport).Jar = c.jar
	return nil
}

// saveTimeout is the time to wait for another process that is saving to the file.
const saveTimeout = 10 * time.Second

// save saves the cookies to the file of -jar, if there is one. It does so even after Ctrl-C
// or SIGTERM.
func (c *crawler) save(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	switch {
	case c.file != nil:
		return c.file.Save(ctx)
	case c.durable != nil:
		return c.durable.Close(ctx)
	}
	return nil
}
