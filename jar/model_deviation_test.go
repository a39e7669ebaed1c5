package jar_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar/scenario"
)

// For a scenario that names a deviation, the model without the deviation gives the draft's
// answer, and the model with it gives the jar's.
func TestModelDeviation(t *testing.T) {
	var deviations []struct{ Name string }
	data, err := os.ReadFile("../testdata/deviations.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &deviations); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"": false}
	for _, d := range deviations {
		named[d.Name] = d.Name != ""
	}

	files, err := filepath.Glob("../testdata/scenarios/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var s struct {
				ID, Deviation string
				Now           time.Time
				Steps         []struct {
					Op, URL string
					Lines   []scenario.Bytes
					Want    string
					Draft   *string
				}
			}
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			differs := false
			for _, step := range s.Steps {
				differs = differs || step.Draft != nil && *step.Draft != step.Want
			}
			if differs != named[s.Deviation] {
				t.Errorf("%s: the draft's answer differs: %t, deviation %q: want one that testdata/deviations.json names", s.ID, differs, s.Deviation)
			}
			if !differs {
				continue
			}
			found++
			for _, draft := range []bool{false, true} {
				m := modelJar{now: s.Now, draft: draft}
				for i, step := range s.Steps {
					r := &modelRequest{url: testkit.URL(t, step.URL), method: "GET"}
					if step.Op == "set" {
						for _, line := range step.Lines {
							m.receive(r, string(line))
						}
						continue
					}
					want := step.Want
					if draft && step.Draft != nil {
						want = *step.Draft
					}
					if got := m.header(r); got != want {
						t.Errorf("%s, step %d, draft %t: the model sends %q, want %q", s.ID, i, draft, got, want)
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("no scenario names a deviation")
	}
}
