// Record carries out cookie scenarios in a real Chromium and writes them back
// with what came of them: on each get step, the Cookie field that the server
// received or what document.cookie read; and on each scenario the browser's
// version and the time.
//
//	go run ./record [-chromium PATH] [-tabs N] [-now TIME] [-o OUT.jsonl] [IN.jsonl]
//
// Chromium runs headless, and its every request comes to servers of the
// recorder's own on the loopback interface, which write responses byte for
// byte. Several scenarios run side by side, each from an empty cookie store,
// and a scenario's outcome does not depend on the others.
//
// # How a step is carried out
//
// A typed address is a navigation by the browser, with no page behind it. Any
// other starts in a page: one at the initiator sets its location, or submits a
// form. The responses that navigations lead to are 204 No Content, with their
// Set-Cookie fields: it is all the same to cookies, but a page takes time. A
// subresource is a fetch from a page at top. An iframe is put into a page at
// top. If either has an initiator other than top, then that is a document in
// an iframe of the page at top, which navigates its frame or fetches. A script
// runs in a page at the step's URL, loaded for it.
//
// What cannot be carried out gets an error: a form post without an initiator,
// a script's line that is not UTF-8, mixed content, http to a host that
// Chromium knows as https only, and https to a host that ends in a dot, which
// crypto/tls refuses. A NUL in a line makes Chromium refuse the whole response,
// as no HTTP; that is recorded as any other outcome.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"uacookie/testdata/chromium/scenario"
)

func main() {
	path := flag.String("chromium", "chromium", "`path` of the browser")
	tabs := flag.Int("tabs", 4, "`number` of scenarios at a time")
	now := flag.String("now", "", "`time` to write on the scenarios, in RFC 3339 (default: that of the start)")
	out := flag.String("o", "", "`file` to write (default: standard output)")
	flag.Parse()
	if flag.NArg() > 1 || *tabs < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if *now == "" {
		*now = time.Now().UTC().Format(time.RFC3339)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *path, *tabs, *now, flag.Arg(0), *out); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// run records the scenarios of a file to another, if nothing stops it.
func run(ctx context.Context, path string, tabs int, now, in, out string) error {
	scenarios, err := read(in)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := record(ctx, path, tabs, now, scenarios); err != nil {
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
