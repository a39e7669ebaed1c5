package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"uacookie/jar/inspect"
)

// inspect serves a page about the jar at a local address and prints its URL. Port 0 means any
// free port. The function that it returns stops the server. On a terminal it first waits for
// Ctrl-C, so that the user has time to look at the page.
func (c *crawler) inspect(address string) (end func(context.Context), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(l.Addr().String()) // which has both
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "localhost" // the page answers requests from this machine only
	}
	page := "http://" + net.JoinHostPort(host, port) + "/"

	o := &inspect.Options{Record: true}
	if c.isShared {
		o.Worker = c.durable
	}
	h := inspect.New(c.jar, o)
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(l)
	c.line.println("See inside the jar at %s", page)
	return func(ctx context.Context) {
		if c.line.width != nil && ctx.Err() == nil {
			c.line.println("The jar is still to be seen at %s until Ctrl-C.", page)
			<-ctx.Done()
		}
		h.Close()
		server.Close()
	}, nil
}
