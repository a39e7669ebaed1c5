// Crawl visits web sites as a browser would and then tells what became of their
// cookies: which were kept, which refused, which withheld, and by what rule.
//
//	go run ./crawl [flags] [URL...]
//
// Without a URL it starts a small web of its own on loopback, with a shop, a
// tracker, a single sign-on and a hostile neighbour, and crawls that.
//
// The exit code is 1 if a page could not be fetched or a URL is bad, 2 if the
// flags are wrong, and 130 after Ctrl-C or SIGTERM, which end the crawl and save its
// cookies. A cookie's value is never printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `Crawl visits web sites as a browser would and tells what became of their cookies.

usage: crawl [flags] [URL...]

Without a URL it crawls a small web of its own, on loopback. It follows links to
the same site; images, scripts, style sheets and frames it fetches from anywhere,
as a browser does. It does not read robots.txt: crawl what is yours.

Example:
  crawl -depth 1 -max-pages 20 https://go.dev/ https://example.com/

Flags:
`

// demoDepth is how deep the web of our own goes: log in, attack, look again.
const demoDepth = 3

// The exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with all that it touches passed in. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var (
		limits limits
		path   string
		kept   string
		view   string
		flags  = flag.NewFlagSet("crawl", flag.ContinueOnError)
	)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	flags.IntVar(&limits.workers, "workers", 4, "how many requests are under way at a time")
	flags.IntVar(&limits.depth, "depth", 2, "how many links deep to go from a URL; in the web of our own 3")
	flags.IntVar(&limits.pages, "max-pages", 100, "how many pages to fetch in all")
	flags.DurationVar(&limits.timeout, "timeout", 10*time.Second, "how long to wait for one page or resource, redirects included")
	flags.BoolVar(&limits.offsite, "offsite", false, "follow links to other sites too")
	flags.StringVar(&path, "jar", "", "keep the cookies in this `file` from one run to the next, session cookies included")
	flags.StringVar(&kept, "durable", "", "keep the cookies in this `file` all the time, so that none is lost when the crawl is killed")
	flags.StringVar(&view, "inspect", "", "show the jar on a page at this `address` of this machine, such as 127.0.0.1:0, while it crawls; on a terminal until Ctrl-C")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	if err := limits.check(); err != nil {
		fmt.Fprintln(stderr, "crawl:", err)
		return exitUsage
	}
	if path != "" && kept != "" {
		fmt.Fprintln(stderr, "crawl: -jar and -durable: want one of them")
		return exitUsage
	}
	if (path != "" || kept != "") && flags.NArg() == 0 {
		name := "-jar"
		if kept != "" {
			name = "-durable"
		}
		fmt.Fprintf(stderr, "crawl: %s: want a URL: the web of our own begins anew each time\n", name)
		return exitUsage
	}

	line := newProgress(stderr)
	defer line.stop()
	seeds, bad := parseSeeds(flags.Args())
	for _, err := range bad {
		line.println("crawl: %v", err)
	}

	var (
		demo *web
		base http.RoundTripper
	)
	if flags.NArg() > 0 {
		base = realTransport(limits.workers)
	} else {
		var err error
		if demo, err = startWeb(); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
		defer demo.close()
		base, seeds, limits.offsite = demo.transport(limits.workers), demo.seeds(), true
		if !isSet(flags, "depth") {
			limits.depth = demoDepth
		}
		line.println("Crawling a small web of our own on loopback: %d hosts, none of them real.", demo.hosts())
	}

	c := newCrawler(limits, base, line)
	if path != "" {
		if err := c.keepIn(path); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
	}
	if kept != "" {
		if err := c.keepDurably(ctx, kept); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
	}
	if view != "" {
		end, err := c.inspect(view)
		if err != nil {
			line.println("crawl: -inspect: %v", err)
			return exitFailed
		}
		defer end(ctx)
	}
	c.crawl(ctx, seeds)
	line.stop()
	saveErr := c.save(ctx)
	if saveErr != nil {
		fmt.Fprintln(stderr, "crawl:", saveErr)
	}

	r := newReport(stdout)
	if ctx.Err() != nil {
		demo = nil // it has not seen everything
	}
	passed := r.all(c, demo)
	if err := r.flush(); err != nil {
		fmt.Fprintln(stderr, "crawl:", err)
		return exitFailed
	}

	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "crawl: interrupted")
		return exitInterrupted
	case saveErr != nil || len(bad) > 0 || c.count.failedPages.Load() > 0 || !passed:
		return exitFailed
	}
	return 0
}

// parseSeeds parses the URLs the user gave. The bad ones become errors.
func parseSeeds(args []string) (seeds []*url.URL, bad []error) {
	for _, arg := range args {
		u, err := url.Parse(arg)
		if parse, ok := errors.AsType[*url.Error](err); ok {
			err = parse.Err // without the URL, which is quoted below
		}
		switch {
		case err != nil:
		case u.Scheme != "http" && u.Scheme != "https":
			err = errors.New("want a URL that begins with http:// or https://")
		case u.Hostname() == "":
			err = errors.New("the URL has no host")
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("bad URL %q: %w", arg, err))
			continue
		}
		seeds = append(seeds, u)
	}
	return seeds, bad
}

// realTransport returns what reaches the real web.
func realTransport(workers int) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = workers
	t.MaxResponseHeaderBytes = 1 << 20
	return t
}

// isSet reports whether the user set a flag.
func isSet(flags *flag.FlagSet, name string) (set bool) {
	flags.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}
