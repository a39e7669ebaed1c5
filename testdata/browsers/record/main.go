// Record carries out cookie scenarios in a real browser, Chromium or Firefox, and writes
// them back with what came of them: on each get step, the Cookie field that the server
// received or what document.cookie read; and on each scenario the browser's
// version and the time. With -requests it notes of each step all its requests, with
// the header fields that servers decide by, whether the browser blocked it, and what
// the Cookie Store API lists.
//
//	go run ./record [-browser chromium|firefox] [-third-party allow|partition] [-path PATH]
//		[-framed] [-tabs N] [-now TIME] [-requests] [-o OUT.jsonl] [IN.jsonl]
//
// The browser runs headless, and its every request comes to servers of the
// recorder's own on the loopback interface, which write responses byte for
// byte. Several scenarios run side by side, each from an empty cookie store,
// and a scenario's outcome does not depend on the others.
//
// # How a step is carried out
//
// A typed address is a navigation by the browser, with no page behind it. Any
// other starts in a page: one at the initiator sets its location, clicks a link, or
// submits a form. The responses that navigations lead to are 204 No Content, with
// their Set-Cookie fields, and their Date: it is all the same to cookies, but a page takes time. Only
// what is to be reloaded comes as a page. A subresource is a fetch from a page at
// top, a websocket is opened there, and an iframe is put into it; or, with frames, in
// the innermost of these, put one into the other in the page at top. If there is an
// initiator other than top, then that is a document in one more iframe, which
// navigates its frame, or fetches. A script runs in a page at the step's URL, loaded
// for it, or in the innermost frame. Scenarios that want third-party cookies blocked
// are carried out in a browser of their own, whose preferences block them.
//
// A window that a page opens is followed by no driver: the step ends when the server has seen its
// requests. A page in such a window does as its opener says by postMessage. The permission for
// storage access is set through the driver: it counts as granted, or refused, by the user. For
// [scenario.Ctx.History] the page is left and come back to; no browser has a back/forward cache here.
//
// A worker is started by the document that asks, from /worker.js of its origin, and does what the document
// would do. Calls of the Cookie Store API are carried out in their order; a change event that
// comes more than a moment after the last "await" is missed. Service workers are unregistered afterwards. Where third
// parties are blocked there are two exceptions: what trusting.test embeds, and what is embedded of
// trusted.test.
//
// The servers' certificates are signed by an authority that each browser is told to trust:
// a certificate error, even if it is ignored, has a browser disregard Strict-Transport-Security.
//
// # Firefox
//
// Each of the scenarios that run side by side has a Firefox of its own, with an empty
// profile. Third-party cookies are allowed unless -third-party says partition: that is
// how Firefox ships, with Total Cookie Protection, where each top-level site has its own
// third-party cookies. Scenarios that want them blocked are left out then; and with
// -framed those without a third party, which come out the same in both modes. A scenario
// says which it was in its field third_party; a file beside the recordings,
// preferences.json, which -preferences writes, has all preferences about cookies.
//
// # What cannot be carried out
//
// Such a step gets an error: a form without an initiator, a script's line that is not
// UTF-8, a frame or form that is mixed content, a document within two others of its own
// URL, a worker that a browser refuses, http to a host that Chromium knows as https only, and https to a host that ends in
// a dot, which crypto/tls refuses. Firefox asks for nothing at a host of dots alone. A NUL in a line makes both browsers refuse the whole
// response, as no HTTP; that is recorded as any other outcome.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"uacookie/testdata/browsers/scenario"
)

func main() {
	var o options
	name := flag.String("browser", "chromium", "the browser: chromium or `firefox`")
	flag.StringVar(&o.path, "path", "", "`path` of the browser (default: as Debian installs it)")
	flag.StringVar(&o.thirdParty, "third-party", allow, "what is done with third-party cookies: allow or, by Firefox, `partition`")
	flag.BoolVar(&o.framed, "framed", false, "leave out scenarios in which there is no third party")
	flag.IntVar(&o.tabs, "tabs", 4, "`number` of scenarios at a time")
	flag.StringVar(&o.now, "now", "", "`time` to write on the scenarios, in RFC 3339 (default: that of the start)")
	flag.BoolVar(&o.detail, "requests", false, "note each step's requests, with the header fields that servers decide by")
	preferences := flag.String("preferences", "", "`file` to write Firefox's preferences about cookies to, instead of recording")
	out := flag.String("o", "", "`file` to write (default: standard output)")
	flag.Parse()
	var err error
	if o.browser, err = browserNamed(*name); err != nil || flag.NArg() > 1 || o.tabs < 1 || o.thirdParty != allow && o.thirdParty != partition {
		if err != nil {
			fmt.Fprintln(os.Stderr, "record:", err)
		}
		flag.Usage()
		os.Exit(2)
	}
	if o.now == "" {
		o.now = time.Now().UTC().Format(time.RFC3339)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *preferences != "" {
		err = writePreferences(ctx, *preferences, o.path, o.thirdParty)
	} else {
		err = o.run(ctx, flag.Arg(0), *out)
	}
	if err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// run records the scenarios of a file to another, if nothing stops it.
func (o *options) run(ctx context.Context, in, out string) error {
	scenarios, err := read(in)
	if err != nil {
		return err
	}
	scenarios = slices.DeleteFunc(scenarios, func(s *scenario.Scenario) bool {
		return o.thirdParty == partition && s.BlocksThirdParty() || o.framed && !s.Framed()
	})
	began := time.Now()
	if err := o.record(ctx, scenarios); err != nil {
		return err
	}
	took := time.Since(began)
	failed := 0
	for _, s := range scenarios {
		for _, step := range s.Steps {
			if step.Error != "" {
				failed++
				fmt.Fprintf(os.Stderr, "%s: %s\n", s.ID, step.Error)
			}
		}
	}
	fmt.Fprintf(os.Stderr, "%d scenarios in %.1fs, %.1f a second; %d could not be carried out\n",
		len(scenarios), took.Seconds(), float64(len(scenarios))/took.Seconds(), failed)
	return write(out, scenarios)
}

// read reads scenarios from a file, or from standard input if it has no name.
func read(name string) ([]*scenario.Scenario, error) {
	if name == "" {
		return scenario.Read(os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	scenarios, err := scenario.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return scenarios, nil
}

// write writes scenarios to a file, or to standard output if it has no name.
func write(name string, scenarios []*scenario.Scenario) error {
	if name == "" {
		return scenario.Write(os.Stdout, scenarios)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := scenario.Write(f, scenarios); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
