package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"uacookie/examples/internal/cmdline"
	"uacookie/examples/internal/responses"
	"uacookie/jar"
)

const explainUsage = `Explain shows what a browser does with each Set-Cookie line, by which rules, and, with
-then, whether it sends the cookie later.

usage: cookies explain [flags] URL LINE...
       cookies explain [flags] -from FILE [URL]

A LINE is the value of a Set-Cookie field in the response of URL or, with -script, a string
that a script in the page at URL assigns to document.cookie. FILE contains saved responses,
as written by curl -i, curl -v or wget -S, or a HAR exported by a browser; "-" is standard
input. All lines go into one jar, in order, as in a browser. A HAR contains the context of
its requests, as far as the browser recorded it; flags override it. The responses of a HAR
arrive at its startedDateTime, and -then-after counts from the last of them; other
responses arrive now.

Examples:
  cookies explain https://shop.example/ 'sid=1; Domain=example; Secure'
  cookies explain -as standard,chromium,firefox https://shop.example/ 'sid=1; SameSite=None'
  cookies explain -then https://shop.example/pay -then-method POST \
      -then-initiator https://evil.example/ https://shop.example/ 'sid=1; SameSite=Lax'
  curl -si https://go.dev/ | cookies explain -from - https://go.dev/
  cookies explain -refused -from shop.har

The exit code is 0 if every user agent stored and, with -then, sent every cookie; 1 if not;
2 if the command line is wrong or something could not be read. Expired cookies in -stored
are counted on standard error and do not change the exit code.

Values are shown as their length, unless -values is set. A rule that does not apply to a
cookie is marked "-".
`

// An explainer is a parsed explain command.
type explainer struct {
	agents  []jar.UserAgent
	from    string // a file of responses
	stored  string // a file of cookies that are in the jar at the start
	setting contextFlags
	date    string // overrides the Date fields of responses

	then    string // a URL
	after   time.Duration
	sending contextFlags

	asJSON  bool
	values  bool
	refused bool // show only cookies that were refused or withheld
	args    []string

	command *command // reads files of cookies
	now     time.Time
}

// explain returns the command explain.
func explain(c *command) *cli.Command {
	x := &explainer{agents: []jar.UserAgent{jar.Standard}, command: c, now: c.now}
	flags := []cli.Flag{
		cmdline.Func("as", "the user `agents` to compare, separated by commas: standard, chromium, firefox, compat", x.setAgents),
		&cli.StringFlag{Name: "from", Usage: "read responses from this `file`: HTTP or HAR", Destination: &x.from},
		&cli.StringFlag{Name: "stored", Usage: "a `file` of cookies that are already in the jar, in any format that list reads", Destination: &x.stored},
		&cli.StringFlag{Name: "then", Usage: "would the cookies be sent to this `URL`?", Destination: &x.then},
		&cli.DurationFlag{Name: "then-after", Usage: "how much later the request of -then is made", HideDefault: true, Destination: &x.after},
		&cli.BoolFlag{Name: "json", Usage: "print one JSON object a line", Destination: &x.asJSON},
		&cli.BoolFlag{Name: "values", Usage: "show cookies' values", Destination: &x.values},
		&cli.StringFlag{Name: "date", Usage: "the server's time in the form of a Date field: user agents that use the server's clock count Expires from it", Destination: &x.date},
		&cli.BoolFlag{Name: "refused", Usage: "show only cookies that were refused or withheld", Destination: &x.refused},
	}
	flags = append(flags, x.setting.flags("", "the request")...)
	flags = append(flags, x.sending.flags("then-", "the later request")...)
	return &cli.Command{
		Name:        "explain",
		Description: explainUsage,
		Flags:       flags,
		Action:      cmdline.Action(func(_ context.Context, set *cli.Command) int { return x.main(set) }),
	}
}

// main explains, and returns the exit code.
func (x *explainer) main(set *cli.Command) int {
	c := x.command
	x.args = set.Args().Slice()
	for _, f := range set.Flags {
		if name := f.Names()[0]; f.IsSet() && strings.HasPrefix(name, "then-") && x.then == "" {
			c.report(fmt.Errorf("-%s needs -then", name))
		}
	}
	if c.somethingLost {
		return exitUsage
	}
	told := false
	c.expired = func(file string, n int) { // an expired cookie could be read, so this is not a failure
		if !told {
			told = true // each user agent reads the file
			fmt.Fprintln(set.Root().ErrWriter, "cookies:", errExpired(file, n))
		}
	}
	ok, err := x.run()
	if err != nil {
		c.report(err)
	}
	switch {
	case c.somethingLost: // or part of the file of cookies could not be read
		return exitUsage
	case !ok:
		return exitFailed
	}
	return 0
}

func (x *explainer) setAgents(names string) error {
	x.agents = nil
	for name := range strings.SplitSeq(names, ",") {
		ua, err := jar.ParseUserAgent(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		x.agents = append(x.agents, ua)
	}
	return nil
}

// run explains. It reports whether all cookies were stored and sent.
func (x *explainer) run() (ok bool, err error) {
	if x.stored == "-" {
		return false, errors.New("-stored cannot be standard input, since each user agent reads it: want a file name")
	}
	exchanges, err := x.exchanges()
	if err != nil {
		return false, err
	}
	all, err := x.judge(exchanges)
	if err != nil {
		return false, err
	}
	ok = true
	shown := all[:0:0]
	for _, e := range all {
		if !e.ok() {
			ok = false
		} else if x.refused {
			continue
		}
		shown = append(shown, e)
	}
	if x.asJSON {
		return ok, writeJSON(x.command.stdout, shown, x.values)
	}
	t := &explainText{width: 80, values: x.values}
	if f, isFile := x.command.stdout.(*os.File); isFile {
		t.width, t.color = layoutFor(f)
	}
	t.all(shown)
	if len(all) > 1 {
		t.totals(all)
	}
	_, err = io.WriteString(x.command.stdout, t.b.String())
	return ok, err
}

// contextFlags are the flags for the browser context of a request.
type contextFlags struct {
	method, top, initiator string
	frames, redirects      []string
	script, reload, block  bool
	thirdParty             jar.ThirdParty
}

// flags returns the flags for a request. prefix comes before their names.
func (c *contextFlags) flags(prefix, what string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: prefix + "method", Usage: "the `method` of " + what, Destination: &c.method},
		&cli.StringFlag{Name: prefix + "top", Usage: "the `URL` of the top-level document around " + what + "; without it, " + what + " is a top-level navigation", Destination: &c.top},
		cmdline.Func(prefix+"frame", "the `URL` of a frame around it, inside -"+prefix+"top; repeat for nested frames", func(s string) error {
			c.frames = append(c.frames, s)
			return nil
		}),
		&cli.StringFlag{Name: prefix + "initiator", Usage: "the `URL` of the document that started " + what, Destination: &c.initiator},
		cmdline.Func(prefix+"redirect", "a `URL` that redirected to that of "+what+"; repeat for several, the first one first. Only Firefox's rules read it", func(s string) error {
			c.redirects = append(c.redirects, s)
			return nil
		}),
		&cli.BoolFlag{Name: prefix + "script", Usage: "a script uses document.cookie in the document at the URL", Destination: &c.script},
		&cli.BoolFlag{Name: prefix + "reload", Usage: "the user reloads a page that a cross-site request navigated to", Destination: &c.reload},
		&cli.BoolFlag{Name: prefix + "block-third-party", Usage: "as -" + prefix + "third-party block", Destination: &c.block},
		cmdline.Func(prefix+"third-party", "what becomes of third-party `cookies`: allow, partition, block, or agent for each agent's own way (default: agent)", func(text string) (err error) {
			c.thirdParty, err = jar.ParseThirdParty(text)
			return err
		}),
	}
}

// request returns the request for a target. The flags override its method.
func (c *contextFlags) request(u target) (*jar.Request, error) {
	context := &jar.Context{Script: c.script, CrossSiteReload: c.reload, ThirdParty: c.thirdParty}
	if c.block {
		context.ThirdParty = jar.ThirdPartyBlocked
	}
	var err error
	if c.top == "" && len(c.frames) > 0 {
		return nil, errors.New("a frame needs the URL of the top-level document around it")
	}
	if c.top != "" {
		for _, s := range append([]string{c.top}, c.frames...) {
			d, err := documentURL(s)
			if err != nil {
				return nil, err
			}
			context.Documents = append(context.Documents, d)
		}
	}
	if c.initiator != "" {
		if context.Initiator, err = documentURL(c.initiator); err != nil {
			return nil, err
		}
	}
	for _, s := range c.redirects {
		u, err := responses.URL(s)
		if err != nil {
			return nil, err
		}
		context.Redirects = append(context.Redirects, u)
	}
	return &jar.Request{URL: u.url, Method: strings.ToUpper(cmp.Or(c.method, u.method)), Context: context}, nil
}
