package main

import (
	"bytes"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"uacookie/testdata/browsers/scenario"
)

// The same seed gives the same scenarios, another gives others.
func TestDeterministic(t *testing.T) {
	write := func(seed uint64) string {
		var b bytes.Buffer
		if err := scenario.Write(&b, generate(seed, 50)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first, second := write(7), write(7)
	if first != second {
		t.Error("seed 7 gives two different files")
	}
	if first == write(8) {
		t.Error("seeds 7 and 8 give the same file")
	}
}

// The recorded scenarios are what the generator makes, with what the browser made of
// them. As Firefox ships, those are recorded that have a third party, if it is not to be
// blocked.
func TestRecordedWasGenerated(t *testing.T) {
	random, kind := generate(1, 2520), kinds()
	for name, all := range map[string][]*scenario.Scenario{
		"generated": random, "kinds": kind, "date": dateScenarios(1, 300), "dots": dottedHosts(), "firefox/generated": random, "firefox/kinds": kind,
		"firefox-shipped/generated": without(random, func(s *scenario.Scenario) bool { return !s.Framed() }),
		"firefox-shipped/kinds":     without(kind, (*scenario.Scenario).BlocksThirdParty),
	} {
		f, err := os.Open("../recordings/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		recorded, err := scenario.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range recorded {
			s.Browser, s.Now, s.ThirdParty = "", "", ""
			for i := range s.Steps {
				step := &s.Steps[i]
				step.Want, step.Error, step.Requests, step.Blocked, step.Listed = nil, "", nil, false, nil
			}
		}
		var got, want bytes.Buffer
		if err := scenario.Write(&got, recorded); err != nil {
			t.Fatal(err)
		}
		if err := scenario.Write(&want, all); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("recordings/%s.jsonl is not of the scenarios that are generated: record again", name)
		}
	}
}

// without returns the scenarios that drop does not report true of.
func without(all []*scenario.Scenario, drop func(*scenario.Scenario) bool) []*scenario.Scenario {
	return slices.DeleteFunc(slices.Clone(all), drop)
}

// Each topic has steps that set cookies and steps that ask for them.
func TestTopics(t *testing.T) {
	for _, s := range generate(3, 5*len(topics)) {
		ops := map[string]int{}
		for _, step := range s.Steps {
			ops[step.Op]++
		}
		if ops[scenario.Set] == 0 || ops[scenario.Get] == 0 {
			t.Errorf("%s has %v, want set and get", s.ID, ops)
		}
	}
}

// No step asks for what a browser would not do, or the recorder cannot. But of fetches
// and WebSockets that are mixed content the recorder tells.
func TestRuns(t *testing.T) {
	for _, s := range slices.Concat(generate(5, 20*len(topics)), kinds(), dateScenarios(5, 100), dottedHosts()) {
		for _, step := range s.Steps {
			if !runs(step.Ctx, step.URL) && !strings.HasPrefix(s.ID, "by-fetch-") {
				t.Errorf("%s: %s with %+v is mixed content", s.ID, step.URL, step.Ctx)
			}
			if u, err := url.Parse(step.URL); err != nil || u.Scheme == "https" && strings.HasSuffix(u.Hostname(), ".") {
				t.Errorf("%s: cannot ask for %s: %v", s.ID, step.URL, err)
			}
			for _, line := range step.Lines {
				if step.Ctx.Kind == scenario.Script && !utf8.ValidString(string(line)) {
					t.Errorf("%s: a script cannot write %q", s.ID, line)
				}
			}
		}
	}
}
