package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// An event is a line of go test -json: see go doc test2json.
type event struct {
	Action, Package, Test, Output string
}

// A report turns the events of go test into what a person reads: a line for each
// package, and the output of the tests that failed.
type report struct {
	skipped []string // what was not tested, in the order of the events

	output map[string][]string // of tests that have not ended, by package and test
}

// read reads events up to the end, and writes to w.
func (r *report) read(events io.Reader, w io.Writer) error {
	r.output = map[string][]string{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(w, line) // go itself, such as about flags
			} else {
				r.event(&e, w)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) event(e *event, w io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(w, e.Output)
	case "output":
		if e.Test == "" {
			if e.Output != "PASS\n" && !strings.HasPrefix(e.Output, "-test.shuffle") {
				fmt.Fprint(w, e.Output)
			}
			return
		}
		if !strings.HasPrefix(e.Output, "=== ") {
			r.output[key] = append(r.output[key], e.Output)
		}
	case "fail":
		if e.Test == "" { // a panic or a timeout leaves tests without an end
			for k, output := range r.output {
				if strings.HasPrefix(k, key) {
					fmt.Fprint(w, strings.Join(output, ""))
					delete(r.output, k)
				}
			}
			return
		}
		fmt.Fprint(w, strings.Join(r.output[key], ""))
		delete(r.output, key)
	case "skip":
		for _, line := range r.output[key] {
			if strings.Contains(line, "NOT TESTED") {
				r.skipped = append(r.skipped, fmt.Sprintf("%s %s: %s", e.Package, e.Test, strings.TrimSpace(line)))
			}
		}
		delete(r.output, key)
	case "pass":
		delete(r.output, key)
	}
}
