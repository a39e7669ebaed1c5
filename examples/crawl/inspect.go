package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"uacookie/jar/inspect"
)

// inspect serves a page about the jar at an address of this machine, with port 0 at any
// port that is free, and prints its URL. The function it returns ends that: on a
// terminal only after Ctrl-C, so that there is time to look.
func (c *crawler) inspect(address string) (end func(context.Context), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(l.Addr().String()) // which has both
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "localhost" // the page is for this machine alone, wherever it listens
	}
	page := "http://" + net.JoinHostPort(host, port) + "/"

	h := inspect.New(c.jar, &inspect.Options{Record: true})
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
