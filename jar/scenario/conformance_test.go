package scenario_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/scenario"
)

// A draftScenario is a scenario of testdata/scenarios. Each was written from the
// draft, and says which of its steps it is about, and why it wants what it does.
type draftScenario struct {
	*scenario.Scenario
	Spec []string
	Why  string
}

// draftScenarios loads the files of testdata/scenarios, by name.
func draftScenarios(tb testing.TB) map[string][]draftScenario {
	tb.Helper()
	names, err := filepath.Glob("../../testdata/scenarios/*.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string][]draftScenario{}
	seen := map[string]bool{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		topic := strings.TrimSuffix(filepath.Base(name), ".jsonl")
		lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
		for s, err := range scenario.Read(bytes.NewReader(data)) {
			if err != nil {
				tb.Fatalf("%s: %v", name, err)
			}
			d := draftScenario{Scenario: s}
			var more struct {
				Spec []string
				Why  string
			}
			if len(lines) == 0 {
				tb.Fatalf("%s: more scenarios than lines", name)
			}
			if err := json.Unmarshal(lines[0], &more); err != nil {
				tb.Fatalf("%s: %v", name, err)
			}
			lines, d.Spec, d.Why = lines[1:], more.Spec, more.Why
			switch {
			case seen[s.ID]:
				tb.Fatalf("%s: scenario %q: the id is taken", name, s.ID)
			case d.Why == "" || len(d.Spec) == 0 || s.Now.IsZero():
				tb.Fatalf("%s: scenario %q: want why, spec and now", name, s.ID)
			case s.Source != "draft/"+topic:
				tb.Fatalf("%s: scenario %q: source %q, want %q", name, s.ID, s.Source, "draft/"+topic)
			case !s.Scored():
				tb.Fatalf("%s: scenario %q is not scored", name, s.ID)
			}
			seen[s.ID] = true
			files[topic] = append(files[topic], d)
		}
		if len(files[topic]) == 0 {
			tb.Fatalf("%s: no scenarios", name)
		}
	}
	if len(files) == 0 {
		tb.Fatal("no files")
	}
	return files
}

// failing loads testdata/failing.json: the scenarios that are known to fail, and
// why.
func failing(tb testing.TB) map[string]string {
	tb.Helper()
	data, err := os.ReadFile("../../testdata/failing.json")
	if err != nil {
		tb.Fatal(err)
	}
	var list []struct{ ID, Reason string }
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		tb.Fatal(err)
	}
	reasons := map[string]string{}
	for _, f := range list {
		if f.ID == "" || f.Reason == "" || reasons[f.ID] != "" {
			tb.Fatalf("failing.json: %q: want a unique id and a reason", f.ID)
		}
		reasons[f.ID] = f.Reason
	}
	return reasons
}

// The jar does as the draft says. A scenario that is listed as failing and passes
// fails.
func TestDraft(t *testing.T) {
	excused := failing(t)
	found := map[string]bool{}
	for topic, scenarios := range draftScenarios(t) {
		t.Run(topic, func(t *testing.T) {
			for _, s := range scenarios {
				t.Run(s.ID, func(t *testing.T) {
					results := s.Replay(jar.Standard, jar.ThirdPartyAllowed, time.Time{})
					if len(results) == 0 {
						t.Fatal("no get step")
					}
					ok := true
					for _, r := range results {
						if r.Want == nil {
							t.Fatalf("step %d wants nothing", r.Step)
						}
						if r.OK {
							continue
						}
						ok = false
						if excused[s.ID] == "" {
							t.Errorf("step %d, %s: got %q, want %q: %s (%s)", r.Step, s.Steps[r.Step].URL,
								shorten(r.Got), shorten(*r.Want), s.Why, strings.Join(s.Spec, "; "))
						}
					}
					if ok && excused[s.ID] != "" {
						t.Errorf("passes, but is listed as failing: %s", excused[s.ID])
					}
				})
				found[s.ID] = true
			}
		})
	}
	for id := range excused {
		if !found[id] {
			t.Errorf("%q is listed as failing, and is no scenario", id)
		}
	}
}

// shorten makes a long text fit for a failure message.
func shorten(s scenario.Bytes) scenario.Bytes {
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return s
}
