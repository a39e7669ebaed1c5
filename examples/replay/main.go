// Replay runs scenario files through a jar and says where it differs from what
// they want.
//
//	go run ./replay [-as standard|compat] FILE...
//
// It prints one JSON line for each request of a scenario, then how many scenarios
// passed and failed. "-" reads standard input. The exit code is 1 if one failed, 2
// if a file could not be read.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/scenario"
)

func main() {
	as := flag.String("as", "standard", "the `user agent` whose rules are kept")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: replay [-as agent] FILE...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ua, err := policy.ParseUserAgent(*as)
	if err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(2)
	}

	out := bufio.NewWriter(os.Stdout)
	passed, failed, broken := 0, 0, false
	for _, name := range flag.Args() {
		p, f, err := replay(out, name, ua)
		passed, failed = passed+p, failed+f
		if err != nil {
			fmt.Fprintln(os.Stderr, "replay:", err)
			broken = true
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", passed, failed)
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		broken = true
	}
	switch {
	case broken:
		os.Exit(2)
	case failed > 0:
		os.Exit(1)
	}
}

// replay replays one file and counts its scenarios.
func replay(out io.Writer, name string, ua jar.UserAgent) (passed, failed int, err error) {
	var in io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return 0, 0, err
		}
		defer f.Close()
		in = f
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	now := time.Now()
	for s, err := range scenario.Read(in) {
		if err != nil {
			return passed, failed, fmt.Errorf("%s: %w", name, err)
		}
		if !s.Scored() {
			continue
		}
		ok := true
		for _, r := range s.Replay(ua, now) {
			if err := enc.Encode(r); err != nil {
				return passed, failed, err
			}
			ok = ok && r.OK
		}
		if ok {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed, nil
}
