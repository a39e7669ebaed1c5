package inspect_test

import (
	"expvar"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"

	"uacookie/jar"
	"uacookie/jar/inspect"
)

// Serve the page next to net/http/pprof, on a loopback address.
func Example() {
	j, _ := jar.New(nil)
	h := inspect.New(j, nil)
	mux := http.NewServeMux()
	mux.Handle("/debug/cookies/", h)
	server := &http.Server{Addr: "localhost:6060", Handler: mux}
	server.RegisterOnShutdown(h.Close) // otherwise Shutdown waits for open pages
	// go server.ListenAndServe()
}

// Log each decision as it is made, without values.
func ExampleLog() {
	j, _ := jar.New(nil)
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	stop := j.Watch(inspect.Log(logger))
	defer stop()

	u := &url.URL{Scheme: "http", Host: "example.com", Path: "/"}
	j.Receive(&jar.Request{URL: u}, []string{"session=secret; Secure"})
	// Output:
	// level=INFO msg="cookie refused" cookie.name=session cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com reason=insecure-origin rule="RFC 6265bis, Section 5.7, step 13" url=http://example.com/
}

// Publish the counters with package expvar.
func ExampleCounters() {
	var counters inspect.Counters
	j, _ := jar.New(&jar.Options{Changed: counters.Changed})
	stop := counters.Watch(j)
	defer stop()
	// In a program that serves /debug/vars: expvar.Publish("cookies", &counters)
	vars := new(expvar.Map)
	vars.Set("cookies", &counters)

	u := &url.URL{Scheme: "http", Host: "example.com", Path: "/"}
	j.Receive(&jar.Request{URL: u}, []string{"theme=dark", "session=secret; Secure"})
	j.Header(&jar.Request{URL: u})
	fmt.Println(vars)
	// Output:
	// {"cookies": {"stored":1,"removed":0,"refused":{"insecure-origin":1},"sent":1,"withheld":{},"evicted":0,"cookies":1,"sites":1,"bytes":9}}
}
