package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"text/tabwriter"
)

func main() {
	only := flag.String("rows", "", "measure only the rows whose name matches this `regexp`")
	svg := flag.String("svg", "", "only plot the time of a lookup against the number of sites, into this `file`")
	tricksOnly := flag.Bool("ablate", false, "only print the gain of each trick")
	ownOnly := flag.String("own", "", "only print the time of an operation of the jar in the row with this `name`")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 {
		if err == nil {
			err = fmt.Errorf("unexpected argument %q", flag.Arg(0))
		}
		fmt.Fprintln(os.Stderr, "bench: want only flags, and a regular expression after -rows:", err)
		os.Exit(2)
	}
	if *tricksOnly {
		if err := ablate(); err != nil {
			fmt.Fprintln(os.Stderr, "bench: ablate:", err)
			os.Exit(2)
		}
		return
	}
	if *ownOnly != "" {
		t, err := ownTime(*ownOnly)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
		fmt.Println(t)
		return
	}
	if *svg != "" {
		if err := os.WriteFile(*svg, plot(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
		return
	}
	if !table(pattern) {
		os.Exit(1)
	}
}

// table measures and prints the rows whose names match pattern. It reports whether all
// bounds on allocations held.
func table(pattern *regexp.Regexp) bool {
	fmt.Printf("%s %s/%s, %d CPUs; std is net/http/cookiejar with x/net/publicsuffix\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "operation\tstd\tuacookie\tratio\tmiddle half\ttarget\tmet\tallocs\tbound")
	held := true
	for _, r := range rows {
		if !pattern.MatchString(r.name) {
			continue
		}
		got := r.measure()
		fmt.Fprintln(w, got)
		held = held && got.held
		w.Flush()
		runtime.GC()
	}
	return held
}
