// Crawl visits web sites as a browser would, and then reports on their cookies: which were
// stored, which refused, which withheld, and by what rule.
//
//	go run ./crawl [flags] [URL...]
//
// Without a URL it starts and crawls a small demonstration web on loopback, with a shop, a
// tracker, a single sign-on and a hostile neighbour.
//
// The exit code is 1 if a page could not be fetched or a URL is bad, 2 if the
// flags are wrong, and 130 after Ctrl-C or SIGTERM, which end the crawl and save its
// cookies. A cookie's value is never printed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"uacookie/examples/internal/cmdline"
)

const usage = `Crawl visits web sites as a browser would and tells what became of their cookies.

usage: crawl [flags] [URL...]

Without a URL it crawls a small web of its own, on loopback. It follows links to
the same site; images, scripts, style sheets and frames it fetches from anywhere,
as a browser does. It does not read robots.txt: crawl what is yours.

Example:
  crawl https://go.dev/ https://example.com/ -depth 1 -max-pages 20

Flags may stand anywhere, with one dash or two. The exit code is 0 if all went well; 1
if a page could not be fetched or a URL is bad; 2 if the command line is wrong; 130
after Ctrl-C.
`

// demoDepth is the depth of the demonstration web: log in, attack, look again.
const demoDepth = 3

// The exit codes.
const (
	exitFailed      = 1
	exitUsage       = cmdline.Wrong
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// A command is the parsed command line.
type command struct {
	limits     limits
	path       string // -jar
	kept       string // -durable
	shared     string // -shared
	fleet      bool   // -fleet
	view       string // -inspect
	isDepthSet bool
	urls       []string
}

// run is main with its inputs and outputs as parameters. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c command
	return cmdline.Run(ctx, &cli.Command{
		Name:        "crawl",
		Description: usage,
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "workers", Value: 4, Usage: "`how many` requests are under way at a time", Destination: &c.limits.workers},
			&cli.IntFlag{Name: "depth", Value: 2, Usage: "`how many` links deep to go from a URL; 3 in the demonstration web", Destination: &c.limits.depth},
			&cli.IntFlag{Name: "max-pages", Value: 100, Usage: "`how many` pages to fetch in all", Destination: &c.limits.pages},
			&cli.DurationFlag{Name: "timeout", Value: 10 * time.Second, Usage: "`how long` to wait for one page or resource, redirects included", Destination: &c.limits.timeout},
			&cli.BoolFlag{Name: "offsite", Usage: "follow links to other sites too", Destination: &c.limits.offsite},
			&cli.StringFlag{Name: "jar", Usage: "keep the cookies in this `file` from one run to the next, session cookies included", Destination: &c.path},
			&cli.StringFlag{Name: "durable", Usage: "keep the cookies in this `file` all the time, so that none is lost when the crawl is killed", Destination: &c.kept},
			&cli.StringFlag{Name: "shared", Usage: "share the cookies with other crawls through the Redis server at this `URL`, such as redis://127.0.0.1, as one session; CRAWL_USER, CRAWL_PASSWORD and CRAWL_KEYS are its user, password and keys", Destination: &c.shared},
			&cli.BoolFlag{Name: "fleet", Usage: "start a Redis server and the demonstration web, and let several crawls share one jar, one of which is killed", Destination: &c.fleet},
			&cli.StringFlag{Name: "inspect", Usage: "show the jar on a page at this `address` of this machine, such as 127.0.0.1:0, while it crawls; on a terminal until Ctrl-C", Destination: &c.view},
		},
		Action: cmdline.Action(func(ctx context.Context, flags *cli.Command) int {
			c.isDepthSet, c.urls = flags.IsSet("depth"), flags.Args().Slice()
			return c.run(ctx, stdout, stderr)
		}),
	}, args, stdout, stderr)
}

// run runs the command. It returns the exit code.
func (o *command) run(ctx context.Context, stdout, stderr io.Writer) int {
	if err := o.limits.check(); err != nil {
		fmt.Fprintln(stderr, "crawl:", err)
		return exitUsage
	}
	var name string // of the flag that says where cookies are kept
	for _, flag := range []struct{ name, value string }{{"-jar", o.path}, {"-durable", o.kept}, {"-shared", o.shared}} {
		switch {
		case flag.value == "":
		case name != "":
			fmt.Fprintf(stderr, "crawl: %s and %s: want only one of them\n", name, flag.name)
			return exitUsage
		default:
			name = flag.name
		}
	}
	if name != "" && len(o.urls) == 0 {
		fmt.Fprintf(stderr, "crawl: %s: want a URL: the demonstration web starts without cookies each time\n", name)
		return exitUsage
	}

	if o.fleet {
		if err := fleet(ctx, stdout); err != nil {
			fmt.Fprintln(stderr, "crawl: -fleet:", err)
			return exitFailed
		}
		return 0
	}

	line := newProgress(stderr)
	defer line.stop()
	seeds, bad := parseSeeds(o.urls)
	for _, err := range bad {
		line.println("crawl: %v", err)
	}

	var (
		demo *web
		base http.RoundTripper
	)
	if len(o.urls) > 0 {
		var err error
		if base, err = joinWeb(o.limits.workers); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
		if base == nil {
			base = realTransport(o.limits.workers)
		}
	} else {
		var err error
		if demo, err = startWeb(); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
		defer demo.close()
		base, seeds, o.limits.offsite = demo.transport(o.limits.workers), demo.seeds(), true
		if !o.isDepthSet {
			o.limits.depth = demoDepth
		}
		line.println("Crawling a small web of our own on loopback: %d hosts, none of them real.", demo.hosts())
	}

	c := newCrawler(o.limits, base, line)
	if o.path != "" {
		if err := c.keepIn(o.path); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
	}
	if o.kept != "" {
		if err := c.keepDurably(ctx, o.kept); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
	}
	if o.shared != "" {
		if err := c.share(ctx, o.shared); err != nil {
			line.println("crawl: %v", err)
			return exitFailed
		}
	}
	if o.view != "" {
		end, err := c.inspect(o.view)
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
		demo = nil // an interrupted crawl has not visited all of it
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

// parseSeeds parses the URLs of the command line. It returns an error for each bad one.
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

// realTransport returns the Transport for the real web.
func realTransport(workers int) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = workers
	t.MaxResponseHeaderBytes = 1 << 20
	return t
}
