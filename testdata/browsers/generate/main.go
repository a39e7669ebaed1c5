// Generate writes cookie scenarios that are adversarial yet plausible: what a
// browser's cookie code has to decide, met in random combinations. The same
// seed gives the same scenarios.
//
//	go run ./generate -seed 1 -n 2520 | go run ./record -o recordings/generated.jsonl
//
// With -kinds it writes instead a scenario for each kind of context: frames in
// frames, sandboxes, modes of fetch and so on, each in turn. With -dates it writes
// scenarios about the Date of responses, the last of them at random, and with -dots
// about hosts with empty labels. With -day it writes scenarios about what a service
// meets besides: Clear-Site-Data, HSTS, Referrer-Policy, windows, storage access. With -rest it
// writes scenarios about the Cookie Store API, workers, beacons, event sources, data: and blob:
// documents, embedder policies, and exceptions for sites.
//
// The scenarios have no want; record finds that out.
package main

import (
	"flag"
	"fmt"
	"os"

	"uacookie/testdata/browsers/scenario"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the random choices")
	n := flag.Int("n", 2520, "number of scenarios")
	each := flag.Bool("kinds", false, "write instead a scenario for each kind of context, none at random")
	dates := flag.Bool("dates", false, "write instead scenarios about the Date of responses, n of them at random")
	dots := flag.Bool("dots", false, "write instead scenarios about hosts with empty labels, none at random")
	service := flag.Bool("day", false, "write instead scenarios about what else a service meets in a day, none at random")
	others := flag.Bool("rest", false, "write instead scenarios about the Cookie Store API, workers and what else asks, none at random")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	var all []*scenario.Scenario
	switch {
	case *each:
		all = kinds()
	case *dates:
		all = dateScenarios(*seed, *n)
	case *service:
		all = day()
	case *others:
		all = rest()
	case *dots:
		all = dottedHosts()
	default:
		all = generate(*seed, *n)
	}
	if err := scenario.Write(os.Stdout, all); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate returns n scenarios, the topics taking turns. A scenario depends on
// the seed and its own number only.
func generate(seed uint64, n int) []*scenario.Scenario {
	all := make([]*scenario.Scenario, n)
	for i := range all {
		t := topics[i%len(topics)]
		all[i] = &scenario.Scenario{
			ID:     fmt.Sprintf("%s-%d-%d", t.name, seed, i),
			Source: "generated/" + t.name,
			Steps:  t.steps(newGen(seed, uint64(i))),
		}
	}
	return all
}

// A topic is a part of what a browser decides about cookies.
type topic struct {
	name  string
	steps func(*gen) []scenario.Step
}

// topics has a topic once for each turn that it takes.
var topics = []topic{
	{"parsing", parsing},
	{"dates", dates},
	{"domains", domains},
	{"paths", paths},
	{"samesite", sameSite},
	{"prefixes", prefixes},
	{"secure", overlays},
	{"order", order},
	{"parsing", parsing},
	{"domains", domains},
	{"redirects", redirects},
	{"partitions", partitions},
	{"frames", frames},
	{"samesite", sameSite},
	{"deletion", deletion},
	{"dates", maxAges},
	{"scripts", scripts},
	{"attributes", attributes},
	{"prefixes", prefixes},
	{"partitions", partitions},
	{"mixture", mixture},
}
