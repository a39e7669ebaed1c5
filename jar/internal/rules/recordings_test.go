package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
	"uacookie/jar/scenario"
)

//go:generate go test -run=^TestRecordings$ . -update

var update = flag.Bool("update", false, "write testdata/browsers/README.md")

// chromium is where the recordings are.
const chromium = "../../../testdata/browsers"

// recordings reads every recorded scenario. None at all is a failure.
func recordings(tb testing.TB) []*scenario.Scenario {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(chromium, "recordings", "*.jsonl"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recordings: %v", err)
	}
	var all []*scenario.Scenario
	seen := map[string]bool{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for s, err := range scenario.Read(bytes.NewReader(data)) {
			if err != nil {
				tb.Fatalf("%s: %v", name, err)
			}
			if !s.Scored() {
				continue
			}
			if seen[s.ID] {
				tb.Fatalf("%s: scenario %q stands twice", name, s.ID)
			}
			seen[s.ID] = true
			all = append(all, s)
		}
	}
	return all
}

// misses returns the first result of s that is not what was recorded.
func misses(s *scenario.Scenario, ua policy.UserAgent) (scenario.Result, bool) {
	for _, r := range s.Replay(ua, time.Time{}) {
		if !r.OK {
			return r, true
		}
	}
	return scenario.Result{}, false
}

// Every recording of Chromium is replayed. As Chromium all agree but those listed,
// with a reason, in unmatched.json. As Standard each difference is explained by a
// quirk, or by several that do the same there: without them Chromium would miss it
// too.
// A quirk that explains nothing fails.
func TestRecordings(t *testing.T) {
	var unmatched map[string]string
	data, err := os.ReadFile(filepath.Join(chromium, "unmatched.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &unmatched); err != nil {
		t.Fatal(err)
	}

	all := recordings(t)
	var differing []*scenario.Scenario
	for _, s := range all {
		r, missed := misses(s, policy.Chromium)
		why, listed := unmatched[s.ID]
		delete(unmatched, s.ID)
		switch {
		case missed && !listed:
			t.Errorf("%s, step %d: the jar as Chromium sends %q, Chromium sent %q", s.ID, r.Step, r.Got, *r.Want)
		case !missed && listed:
			t.Errorf("%s is listed in unmatched.json (%s) and agrees", s.ID, why)
		}
		if _, missed := misses(s, policy.Standard); missed && !listed {
			differing = append(differing, s)
		}
	}
	for id := range unmatched {
		t.Errorf("unmatched.json lists %s, which is not recorded", id)
	}

	quirks := rules.Quirks(policy.Chromium)
	if n := rules.QuirkBits(policy.Chromium); n != len(quirks) {
		t.Errorf("Chromium has %d quirks, %d of them named", n, len(quirks))
	}
	explained := map[string]bool{}
	shown := make([][]string, len(quirks))
	for i, q := range quirks {
		restore := rules.Without(policy.Chromium, q.Name)
		for _, s := range differing {
			if _, missed := misses(s, policy.Chromium); missed {
				explained[s.ID] = true
				shown[i] = append(shown[i], s.ID)
			}
		}
		restore()
		if len(shown[i]) == 0 {
			t.Errorf("the quirk %s explains no recording", q.Name)
		}
	}
	for _, s := range differing {
		if !explained[s.ID] && len(explanation(s, quirks)) == 0 {
			r, _ := misses(s, policy.Standard)
			t.Errorf("%s, step %d: Standard sends %q, Chromium sent %q, and no quirk explains it", s.ID, r.Step, r.Got, *r.Want)
		}
	}
	checkReadme(t, readme(all, differing, quirks, shown))
}

// explanation returns a set of quirks, none of them idle, without which s is missed:
// all are taken away, and what makes no difference is given back. It is empty if s
// agrees without any.
func explanation(s *scenario.Scenario, quirks []rules.Quirk) []string {
	missedWithout := func(names []string) bool {
		defer rules.Without(policy.Chromium, names...)()
		_, missed := misses(s, policy.Chromium)
		return missed
	}
	var gone []string
	for _, q := range quirks {
		gone = append(gone, q.Name)
	}
	if !missedWithout(gone) {
		return nil
	}
	for _, q := range quirks {
		rest := slices.DeleteFunc(slices.Clone(gone), func(name string) bool { return name == q.Name })
		if missedWithout(rest) {
			gone = rest
		}
	}
	return gone
}

// checkReadme compares the page about the recordings with what they show now.
func checkReadme(t *testing.T, want []byte) {
	name := filepath.Join(chromium, "README.md")
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the recordings show (%v): run go generate ./jar/internal/rules", name, err)
	}
}

// readme returns the page about the recordings.
func readme(all, differing []*scenario.Scenario, quirks []rules.Quirk, shown [][]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Where Chromium and RFC 6265bis part

<!-- Written by go generate ./jar/internal/rules. -->

%d scenarios were recorded from a real browser, Chromium 156, by the programs in this
folder: what servers sent, what the browser sent back. The jar's user agent
%s agrees with all of them (but for those in unmatched.json, with the reason), and
differs from the draft, %s, in %d. Each difference is one of the quirks below. "Shown
by" counts the recordings that would come out otherwise without the quirk, and names
the first.

| | RFC 6265bis | says | Chromium | shown by |
|---|---|---|---|---|
`, len(all), "`policy.Chromium`", "`policy.Standard`", len(differing))
	for i, q := range quirks {
		examples := slices.Clone(shown[i])
		slices.SortFunc(examples, func(a, b string) int {
			if d := strings.Compare(b[:1], a[:1]); d != 0 { // those made by hand first
				return d
			}
			return strings.Compare(a, b)
		})
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d: %s |\n", q.Name, q.Spec, q.Draft, q.Agent,
			len(examples), strings.Join(examples[:min(3, len(examples))], ", "))
	}
	b.WriteString(`
Limits, which the draft leaves open, are in both those of Chromium: 180 cookies a
registrable domain, purged to 150 by priority; 180 cookies and 10 KiB a partition and
site. Chromium alone has a limit in total: past 3300 cookies those that were not used
for 30 days are purged, down to 3000.

The recordings kinds.jsonl and stories.jsonl have a scenario for each kind of context:
reloads, frames in frames, sandboxes, modes of fetch, WebSockets, redirects, each with
third-party cookies allowed and blocked. They have all requests, with the header fields
that servers decide by, and what the Cookie Store API lists. jar/browser replays them, as
it does the others.

date.jsonl varies the Date of responses, and dots.jsonl has hosts with empty labels. Of
those, hosts that end in two dots have no cookies as any user agent.

To record again, with Chromium installed: ` + "`make record`" + `.
`)
	return b.Bytes()
}
