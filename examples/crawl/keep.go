package main

import (
	"context"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/jarfile"
)

// keepIn has the crawl begin with the cookies in a file, and save keep them there.
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

// saveTimeout is how long to wait for another process that is saving.
const saveTimeout = 10 * time.Second

// save saves the cookies, if they are kept in a file, after Ctrl-C or SIGTERM too.
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
