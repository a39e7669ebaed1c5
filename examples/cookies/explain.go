package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"uacookie/jar/policy"
)

const explainUsage = `Explain says of each Set-Cookie line what a browser makes of it, by which rules, and,
with -then, whether the cookie is sent later.

usage: cookies explain [flags] URL LINE...
       cookies explain [flags] -from FILE [URL]

A LINE is the value of a Set-Cookie field in the response of URL, or with -script what
a script in the page at URL assigns to document.cookie. FILE is saved responses, as
curl -i, curl -v or wget -S writes them, or a HAR, as browsers export it; "-" is
standard input. Lines are handled in their order and all in one jar, as a browser does.
A HAR has the context of its requests, as far as the browser put it there; what the
flags say of it counts before that.

Examples:
  cookies explain https://shop.example/ 'sid=1; Domain=example; Secure'
  cookies explain -as standard,chromium https://shop.example/ 'sid=1; SameSite=None'
  cookies explain -then https://shop.example/pay -then-method POST \
      -then-initiator https://evil.example/ https://shop.example/ 'sid=1; SameSite=Lax'
  curl -si https://go.dev/ | cookies explain -from - https://go.dev/
  cookies explain -refused -from shop.har

The exit code is 0 if each cookie was kept, and with -then sent, by each user agent; 1
if one was not; 2 if the command line is wrong or something could not be read.

Cookies' values are shown as their length only, unless -values is set. A rule that does
not apply to a cookie is marked "-".

Flags:
`

// An explainer is what the program was told to explain, and how.
type explainer struct {
	agents  []policy.UserAgent
	from    string // a file
	stored  string // a file of cookies that are there before
	setting contextFlags

	then    string // a URL
	after   time.Duration
	sending contextFlags

	asJSON  bool
	values  bool
	refused bool // only what was refused or withheld
	args    []string

	command *command // which reads files of cookies
	now     time.Time
}

// explain is the verb of that name. It returns the exit code.
func explain(args []string, c *command, stderr io.Writer, now time.Time) int {
	x := &explainer{agents: []policy.UserAgent{policy.Standard}, command: c, now: now}
	flags := flag.NewFlagSet("cookies explain", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {} // only who asks for it gets all of it
	flags.Func("as", "whose rules are kept: `agents` of standard, chromium, compat, with commas between them", x.setAgents)
	flags.StringVar(&x.from, "from", "", "a `file` with responses: HTTP or HAR")
	flags.StringVar(&x.stored, "stored", "", "a `file` of cookies, in any format that list reads, that are in the jar before")
	flags.StringVar(&x.then, "then", "", "would the cookies be sent to this `URL`?")
	flags.DurationVar(&x.after, "then-after", 0, "how much later that is")
	flags.BoolVar(&x.asJSON, "json", false, "print one JSON object a line")
	flags.BoolVar(&x.values, "values", false, "show cookies' values")
	flags.BoolVar(&x.refused, "refused", false, "leave out what was kept, and sent")
	x.setting.register(flags, "", "the request")
	x.sending.register(flags, "then-", "the later request")

	switch err := x.parse(flags, args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(c.stdout)
		fmt.Fprint(c.stdout, explainUsage)
		flags.PrintDefaults()
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "see cookies explain -h")
		return exitUsage
	}
	flags.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "then-") && x.then == "" {
			c.report(fmt.Errorf("-%s wants -then", f.Name))
		}
	})
	if c.somethingLost {
		return exitUsage
	}
	ok, err := x.run()
	if err != nil {
		c.report(err)
	}
	switch {
	case c.somethingLost: // or of the file of cookies something was not read
		return exitUsage
	case !ok:
		return exitFailed
	}
	return 0
}

// parse parses flags, which may stand among the arguments. After "--" there are none.
func (x *explainer) parse(flags *flag.FlagSet, args []string) error {
	for {
		if err := flags.Parse(args); err != nil {
			return err
		}
		rest := flags.Args()
		if n := len(args) - len(rest); len(rest) == 0 || n > 0 && args[n-1] == "--" {
			x.args = append(x.args, rest...)
			return nil
		}
		x.args = append(x.args, rest[0])
		args = rest[1:]
	}
}

func (x *explainer) setAgents(names string) error {
	x.agents = nil
	for name := range strings.SplitSeq(names, ",") {
		ua, err := policy.ParseUserAgent(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		x.agents = append(x.agents, ua)
	}
	return nil
}

// run explains. It reports whether all cookies were kept, and sent.
func (x *explainer) run() (ok bool, err error) {
	if x.stored == "-" {
		return false, errors.New("-stored wants the name of a file: each user agent reads it")
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
	t := &explainText{width: 80, values: x.values, now: x.now}
	if f, isFile := x.command.stdout.(*os.File); isFile {
		t.width, t.color = terminal(f)
	}
	t.all(shown)
	if len(all) > 1 {
		t.totals(all)
	}
	_, err = io.WriteString(x.command.stdout, t.b.String())
	return ok, err
}

// contextFlags say how a request comes about.
type contextFlags struct {
	method, top, initiator string
	frames                 []string
	script, reload, block  bool
}

func (c *contextFlags) register(flags *flag.FlagSet, prefix, what string) {
	flags.StringVar(&c.method, prefix+"method", "", "the `method` of "+what)
	flags.StringVar(&c.top, prefix+"top", "", "the `URL` of the top-level document around "+what+"; without it, a top-level navigation")
	flags.Func(prefix+"frame", "the `URL` of a frame around it, inside -"+prefix+"top; again for one inside that", func(s string) error {
		c.frames = append(c.frames, s)
		return nil
	})
	flags.StringVar(&c.initiator, prefix+"initiator", "", "the `URL` of the document that started "+what)
	flags.BoolVar(&c.script, prefix+"script", false, "it is a script's document.cookie in the document at the URL")
	flags.BoolVar(&c.reload, prefix+"reload", false, "the user reloads what a cross-site request navigated to")
	flags.BoolVar(&c.block, prefix+"block-third-party", false, "third-party cookies are blocked")
}

// request returns the request of that method, which the flags overrule, for a URL.
func (c *contextFlags) request(u target) (*policy.Request, error) {
	context := &policy.Context{Script: c.script, CrossSiteReload: c.reload, BlockThirdParty: c.block}
	var err error
	if c.top == "" && len(c.frames) > 0 {
		return nil, errors.New("a frame wants the URL of the top-level document around it")
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
	return &policy.Request{URL: u.url, Method: strings.ToUpper(cmp.Or(c.method, u.method)), Context: context}, nil
}
