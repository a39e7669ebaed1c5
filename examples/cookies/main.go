// Cookies converts, lists and uses files of cookies: cookies.txt of curl, wget,
// yt-dlp and Python, the JSON of Playwright, Puppeteer, the Chrome DevTools Protocol
// and browser extensions, the jar's own, and, to read from, the databases of Firefox
// and Chrome, which may be running.
//
//	go run ./cookies convert [flags] IN OUT
//	go run ./cookies list [flags] FILE
//	go run ./cookies header [flags] FILE URL | curl -H @- URL
//	go run ./cookies explain [flags] URL LINE...
//
// "-" is standard input or output. The exit code is 1 if something could not be read
// or written, or was left out, and 2 if the command line is wrong; explain has its own,
// which explain -h tells. Only convert and header print cookies' values, which is what
// they are for, and explain if it is told to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/match"
	"uacookie/jar/profile"
)

const usage = `Cookies converts, lists and uses files of cookies.

usage: cookies convert [flags] IN OUT
       cookies list [flags] FILE
       cookies header [flags] FILE URL
       cookies explain [flags] URL LINE...    (see cookies explain -h)

"-" is standard input or output. The formats are json (the jar's own, which loses
nothing), netscape (cookies.txt), python (cookies.txt for Python), playwright, cdp and
puppeteer. The databases of Firefox and Chrome can be read, too. What a file is in is
found out; what OUT is to be in follows its name, netscape for .txt and json for all
else, unless -to says it.

Examples:
  cookies list cookies.txt
  cookies convert -to playwright -domain example.com cookies.txt state.json
  cookies header cookies.txt https://example.com/ | curl -H @- https://example.com/

Flags:
`

// The exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, visible(os.Stdout), os.Stderr)) }

// A command is what the program was told.
type command struct {
	from, to      cookiefile.Format
	domain, name  string
	session       bool
	args          []string
	stdin         io.Reader
	stdout        io.Writer
	report        func(error) // on standard error
	somethingLost bool
}

// errUsage is a wrong number of arguments.
var errUsage = errors.New("wrong number of arguments; see cookies -h")

// run is main with all that it touches passed in. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &command{stdin: stdin, stdout: stdout}
	c.report = func(err error) {
		c.somethingLost = true
		fmt.Fprintln(stderr, "cookies:", err)
	}
	if len(args) > 0 && args[0] == "explain" {
		return explain(args[1:], c, stderr, time.Now())
	}
	flags := flag.NewFlagSet("cookies", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.Func("from", "the `format` of the input, if it is not to be guessed", setFormat(&c.from))
	flags.Func("to", "the `format` of the output", setFormat(&c.to))
	flags.StringVar(&c.domain, "domain", "", "only cookies of this `host` and the hosts below it")
	flags.StringVar(&c.name, "name", "", "only cookies of this `name`")
	flags.BoolVar(&c.session, "session", false, "only session cookies")

	verbs := map[string]func() error{"convert": c.convert, "list": c.list, "header": c.header}
	var verb func() error
	if len(args) > 0 {
		if verb = verbs[args[0]]; verb != nil {
			args = args[1:]
		}
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	if verb == nil {
		flags.Usage()
		return exitUsage
	}
	c.args = flags.Args()
	err := verb()
	if err != nil {
		c.report(err)
	}
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case c.somethingLost:
		return exitFailed
	}
	return 0
}

func setFormat(f *cookiefile.Format) func(string) error {
	return func(name string) (err error) {
		*f, err = cookiefile.ParseFormat(name)
		return err
	}
}

// load returns a jar with the cookies in a file that the flags select. What is
// skipped is reported.
func (c *command) load(path string) (*jar.Jar, error) {
	// A file is taken as it is: no limits, and no cap on lifetimes.
	j, err := jar.New(&jar.Options{Limits: new(jar.Limits), MaxAge: -1})
	if err != nil {
		return nil, err
	}
	return j, c.loadInto(j, path)
}

// loadInto is load for a jar that is there.
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
	_, err = cookiefile.Load(j, in, &cookiefile.ReadOptions{
		Name: name, Format: c.from, Skipped: func(e *cookiefile.LineError) { c.report(e) }, Noted: c.note,
	})
	if errors.Is(err, cookiefile.Database) && path != "-" {
		_, err = profile.Load(context.Background(), j, path, &profile.Options{Skipped: func(e *cookiefile.LineError) { c.report(e) }, Noted: c.note})
	}
	if _, readable := errors.AsType[*fs.PathError](err); readable && j.Len() > 0 {
		c.report(err) // and go on with the part that is good
		err = nil
	}
	domain, _ := match.Host(strings.TrimPrefix(c.domain, "."))
	j.Delete(func(k jar.Cookie) bool {
		return c.domain != "" && !match.Domain(k.Domain, domain) ||
			c.name != "" && k.Name != c.name ||
			c.session && k.Persistent()
	})
	return err
}

// note reports a cookie that was not taken as the file has it. It was taken, so this
// does not count as a failure.
func (c *command) note(e *cookiefile.LineError) {
	lost := c.somethingLost
	c.report(e)
	c.somethingLost = lost
}

// header prints the Cookie header field for a request that a user makes by typing
// the URL.
func (c *command) header() error {
	if len(c.args) != 2 {
		return errUsage
	}
	u, err := url.Parse(c.args[1])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("want a URL that begins with http:// or https://")
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
