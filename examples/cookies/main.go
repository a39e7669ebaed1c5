// Cookies converts, lists and uses cookie files: cookies.txt of curl, wget, yt-dlp and
// Python, the JSON of Playwright, Puppeteer, Selenium, Cypress and the Chrome DevTools
// Protocol, and the jar's own format. It also reads the files of browser extensions,
// tough-cookie, libwww-perl and Go programs, and the databases of Firefox and Chrome, which
// may be running.
//
//	go run ./cookies convert [flags] IN OUT
//	go run ./cookies list [flags] FILE
//	go run ./cookies header [flags] FILE URL | curl -H @- URL
//	go run ./cookies explain [flags] URL LINE...
//
// "-" is standard input or output. The exit code is 1 if a cookie could not be read or
// written or was left out, including expired cookies, and 2 if the command line is wrong;
// the exit codes of explain are in explain -h. Only convert and header print cookies'
// values, and explain with -values.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"uacookie/examples/internal/cmdline"
	"uacookie/examples/internal/terminal"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/match"
	"uacookie/jar/profile"
)

const usage = `Cookies converts, lists and uses cookie files.

usage: cookies convert [flags] IN OUT
       cookies list [flags] FILE
       cookies header [flags] FILE URL
       cookies explain [flags] URL LINE...

"-" is standard input or output. The formats are json (the jar's own lossless format),
netscape (cookies.txt), python (cookies.txt for Python), playwright, cdp, puppeteer and
webdriver (Selenium and Cypress). The following can be read but not written: exports of
browser extensions, tough-cookie, lwp (libwww-perl), go ([]*http.Cookie),
persistent-cookiejar, and the databases of Firefox and Chrome. The format of an input file
is detected. The format of OUT follows from its name, netscape for .txt and json for any
other, unless -to is set. Flags may be anywhere, with one dash or two; for the flags of a
command see cookies COMMAND -h.

Examples:
  cookies list cookies.txt
  cookies convert cookies.txt state.json -to playwright -domain example.com
  cookies header cookies.txt https://example.com/ | curl -H @- https://example.com/

The exit code is 0 on success; 1 if a cookie could not be read or written or was left out,
including expired cookies; 2 if the command line is wrong. Explain has exit codes of its
own; see cookies explain -h.
`

// The exit codes.
const (
	exitFailed = 1
	exitUsage  = cmdline.Wrong
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, terminal.Writer(os.Stdout), os.Stderr)) }

// A command is a parsed command line.
type command struct {
	from, to      cookiefile.Format
	domain, name  string
	session       bool
	args          []string
	now           time.Time
	stdin         io.Reader
	stdout        io.Writer
	report        func(error) // on standard error
	expired       func(file string, n int)
	somethingLost bool
}

// errUsage reports a wrong number of arguments.
var errUsage = errors.New("wrong number of arguments; see cookies -h")

// run is main with its arguments and streams as parameters. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runAt(time.Now(), args, stdin, stdout, stderr)
}

// runAt is run at the time now.
func runAt(now time.Time, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &command{stdin: stdin, stdout: stdout, now: now}
	c.report = func(err error) {
		c.somethingLost = true
		fmt.Fprintln(stderr, "cookies:", err)
	}
	c.expired = func(file string, n int) { c.report(errExpired(file, n)) }
	return cmdline.Run(context.Background(), &cli.Command{
		Name:        "cookies",
		Description: usage,
		Commands: []*cli.Command{
			c.verb("convert", "usage: cookies convert [flags] IN OUT\n\nConvert writes the cookies of one file to another; see cookies -h.\n", c.convert,
				cmdline.Func("to", "the `format` of the output", setFormat(&c.to))),
			c.verb("list", "usage: cookies list [flags] FILE\n\nList prints a table of the cookies in a file, without their values; see cookies -h.\n", c.list),
			c.verb("header", "usage: cookies header [flags] FILE URL\n\nHeader prints the Cookie field that a browser would send if the user typed URL; see cookies -h.\n", c.header),
			explain(c),
		},
	}, args, stdout, stderr)
}

// verb returns a command that reads a cookie file.
func (c *command) verb(name, description string, do func() error, flags ...cli.Flag) *cli.Command {
	return &cli.Command{
		Name:        name,
		Description: description,
		Flags: append(flags,
			cmdline.Func("from", "the `format` of the input; without it, the format is detected", setFormat(&c.from)),
			&cli.StringFlag{Name: "domain", Usage: "only cookies of this `host` and its subdomains", Destination: &c.domain},
			&cli.StringFlag{Name: "name", Usage: "only cookies of this `name`", Destination: &c.name},
			&cli.BoolFlag{Name: "session", Usage: "only session cookies", Destination: &c.session},
		),
		Action: cmdline.Action(func(_ context.Context, flags *cli.Command) int {
			c.args = flags.Args().Slice()
			err := do()
			if err != nil {
				c.report(err)
			}
			switch {
			case errors.Is(err, errUsage):
				return cmdline.Wrong
			case c.somethingLost:
				return exitFailed
			}
			return 0
		}),
	}
}

func setFormat(f *cookiefile.Format) func(string) error {
	return func(name string) (err error) {
		*f, err = cookiefile.ParseFormat(name)
		return err
	}
}

// load returns a jar with the cookies in a file that the flags select. It reports cookies
// that are skipped.
func (c *command) load(path string) (*jar.Jar, error) {
	// No limits and no cap on lifetimes: the file is not changed.
	j, err := jar.New(&jar.Options{Limits: new(jar.Limits), MaxAge: -1})
	if err != nil {
		return nil, err
	}
	return j, c.loadInto(j, path)
}

// loadInto is load into an existing jar. It counts and reports expired cookies.
func (c *command) loadInto(j *jar.Jar, path string) (err error) {
	in, name := c.stdin, "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = f, path
	}
	selected, expired := c.selection(), 0
	stop := j.Watch(func(e jar.Event) {
		for i := range e.Verdicts {
			if v := &e.Verdicts[i]; v.Removed && selected(&v.Cookie) {
				expired++
			}
		}
	})
	_, err = cookiefile.Load(j, in, &cookiefile.ReadOptions{
		Name: name, Format: c.from, Skipped: func(e *cookiefile.LineError) { c.report(e) }, Noted: c.note,
	})
	if errors.Is(err, cookiefile.ErrDatabase) && path != "-" {
		_, err = profile.Load(context.Background(), j, path, &profile.Options{Skipped: func(e *cookiefile.LineError) { c.report(e) }, Noted: c.note})
	}
	stop()
	if _, readable := errors.AsType[*fs.PathError](err); readable && j.Len() > 0 {
		c.report(err) // and continue with the cookies that were read
		err = nil
	}
	if expired > 0 {
		c.expired(name, expired)
	}
	j.Delete(func(k jar.Cookie) bool { return !selected(&k) })
	return err
}

// selection returns a function that reports whether the flags select a cookie.
func (c *command) selection() func(*jar.Cookie) bool {
	domain, _ := match.Host(strings.TrimPrefix(c.domain, "."))
	return func(k *jar.Cookie) bool {
		return (c.domain == "" || match.Domain(k.Domain, domain)) &&
			(c.name == "" || k.Name == c.name) &&
			(!c.session || !k.Persistent())
	}
}

// errExpired returns an error with the number of expired cookies in a file.
func errExpired(file string, n int) error {
	if n == 1 {
		return fmt.Errorf("%s: 1 cookie has expired and is left out", file)
	}
	return fmt.Errorf("%s: %d cookies have expired and are left out", file, n)
}

// note reports a cookie that was changed while reading. That is not a failure.
func (c *command) note(e *cookiefile.LineError) {
	lost := c.somethingLost
	c.report(e)
	c.somethingLost = lost
}

// header prints the Cookie field of a request that the user makes by typing the URL.
func (c *command) header() error {
	if len(c.args) != 2 {
		return errUsage
	}
	u, err := url.Parse(c.args[1])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("want a URL that starts with http:// or https://")
	}
	j, err := c.load(c.args[0])
	if err != nil {
		return err
	}
	if h := j.Header(&jar.Request{URL: u}); h != "" {
		_, err = fmt.Fprintf(c.stdout, "Cookie: %s\n", h)
	}
	return err
}
