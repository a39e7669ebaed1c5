package main

import (
	"context"
	"os"

	"uacookie/jar/durable"
	"uacookie/jar/valkeyjar"
)

// The environment variables with what a server asks for. An argument could be seen by all
// users of the machine.
const (
	envUser     = "CRAWL_USER"
	envPassword = "CRAWL_PASSWORD"
	envKeys     = "CRAWL_KEYS"
)

// share shares the crawl's jar with other crawls through a server. The site of each request
// is loaded before the request is made.
func (c *crawler) share(ctx context.Context, server string) error {
	o := &valkeyjar.Options{Username: os.Getenv(envUser)}
	if os.Getenv(envPassword) != "" {
		o.PasswordEnv = envPassword
	}
	if text := os.Getenv(envKeys); text != "" {
		var err error
		if o.Keys, err = valkeyjar.ParseKeys(text); err != nil {
			return err
		}
	}
	b, err := valkeyjar.Open(ctx, server, o)
	if err != nil {
		return err
	}
	c.durable, err = durable.OpenShared(ctx, b, &durable.Options{
		Jar: c.options(), OnDemand: true,
		Failed: func(err error) { c.line.println("crawl: %v", err) },
	})
	if err != nil {
		return err
	}
	c.jar, c.isShared = c.durable.Jar, true
	c.client.Transport = &durable.Transport{Jar: c.durable, Base: c.base}
	return nil
}
