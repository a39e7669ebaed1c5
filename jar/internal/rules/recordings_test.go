package rules_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
	"uacookie/jar/scenario"
)

//go:generate go test -run=^TestRecordings$ . -update

// browsers is where the recordings are.
const browsers = "../../../testdata/browsers"

// An engine is a browser that was recorded, and the user agent that is to do the same.
type engine struct {
	name  string // without its version: see versions
	agent policy.UserAgent
	modes []mode
}

// A mode is how third-party cookies were treated when a folder was recorded.
type mode struct {
	name       string // in unmatched.json
	folder     string
	thirdParty policy.ThirdParty
}

var engines = []engine{
	{"Chromium", policy.Chromium, []mode{
		{"chromium", "", policy.ThirdPartyAllowed},
	}},
	{"Firefox", policy.Firefox, []mode{
		{"firefox", "firefox", policy.ThirdPartyAllowed},
		{"firefox-shipped", "firefox-shipped", policy.ThirdPartyDefault},
	}},
}

// A recorded is a scenario that was recorded, with where.
type recorded struct {
	*scenario.Scenario
	mode *mode
	file string // in the recordings' folder

	browser string // that recorded it, such as "Firefox 153.8.0esr"
}

// path returns the scenario as a path.
func (r *recorded) path() string { return filepath.Join(r.mode.folder, r.file) + ": " + r.ID }

// misses returns the first result that is not what was recorded.
func (r *recorded) misses(ua policy.UserAgent) (scenario.Result, bool) {
	third := r.mode.thirdParty
	if ua == policy.Standard {
		third = policy.ThirdPartyAllowed
	}
	for _, got := range r.Replay(ua, third, time.Time{}) {
		if !got.OK {
			return got, true
		}
	}
	return scenario.Result{}, false
}

// recordings reads every recorded scenario of an engine below root. None at all is a failure.
func (e *engine) recordings(tb testing.TB, root string) []*recorded {
	tb.Helper()
	var all []*recorded
	for i := range e.modes {
		m := &e.modes[i]
		files, err := filepath.Glob(filepath.Join(root, m.folder, "*.jsonl"))
		if err != nil || len(files) == 0 {
			tb.Fatalf("no recordings in %s: %v", filepath.Join(root, m.folder), err)
		}
		seen := map[string]bool{}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			lines := bytes.Split(data, []byte("\n"))
			for s, err := range scenario.Read(bytes.NewReader(data)) {
				if err != nil {
					tb.Fatalf("%s: %v", name, err)
				}
				var by struct{ ID, Browser string } // which package scenario does not read
				err := json.Unmarshal(lines[0], &by)
				lines = lines[1:]
				if err != nil || by.ID != s.ID || !strings.HasPrefix(by.Browser, e.name+" ") {
					tb.Fatalf("%s: %s was recorded by %q (%v), want a version of %s", name, s.ID, by.Browser, err, e.name)
				}
				if !s.Scored() {
					continue
				}
				if seen[s.ID] {
					tb.Fatalf("%s: scenario %q stands twice", name, s.ID)
				}
				seen[s.ID] = true
				all = append(all, &recorded{s, m, filepath.Base(name), by.Browser})
			}
		}
	}
	return all
}

// versions returns the browsers that recorded all, with their major versions, such as
// "Firefox 153".
func versions(all []*recorded) string {
	var numbers []string
	name := ""
	for _, r := range all {
		var version string
		name, version, _ = strings.Cut(r.browser, " ")
		major, _, _ := strings.Cut(version, ".")
		if !slices.Contains(numbers, major) {
			numbers = append(numbers, major)
		}
	}
	slices.Sort(numbers)
	return name + " " + strings.Join(numbers, ", ")
}

// unmatched reads which recordings are not matched, by mode and id, and why.
func unmatched(tb testing.TB) (all map[string]map[string]string) {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(browsers, "unmatched.json"))
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// Every recording of each browser is replayed. As that browser all agree but those listed,
// with a reason, in unmatched.json. As Standard each difference is explained by a
// quirk, or by several that do the same there: without them the browser's agent would miss it
// too. A quirk that explains nothing fails.
func TestRecordings(t *testing.T) {
	if testkit.Race {
		t.Skip("ten thousand recordings, in one goroutine")
	}
	var found []findings
	for i := range engines {
		t.Run(engines[i].agent.String(), func(t *testing.T) { found = append(found, engines[i].compare(t)) })
	}
	if !t.Failed() && len(found) == len(engines) { // all of them were run
		checkReadme(t, readme(t, found))
	}
}

// findings are what the recordings of an engine show.
type findings struct {
	*engine
	all       []*recorded
	differing []*recorded            // from Standard
	shown     map[string][]*recorded // by the name of a quirk: what hangs on it
}

// compare replays the recordings of e.
func (e *engine) compare(t *testing.T) findings {
	listed := unmatched(t)
	f := findings{engine: e, all: e.recordings(t, filepath.Join(browsers, "recordings")), shown: map[string][]*recorded{}}
	var matched []*recorded
	for _, r := range f.all {
		got, missed := r.misses(e.agent)
		why, isListed := listed[r.mode.name][r.ID]
		delete(listed[r.mode.name], r.ID)
		switch {
		case missed && !isListed:
			t.Errorf("%s, step %d: the jar as %s sends %q, the browser sent %q", r.path(), got.Step, e.agent, got.Got, *got.Want)
		case !missed && isListed:
			t.Errorf("%s is listed in unmatched.json (%s) and agrees", r.path(), why)
		}
		if isListed {
			continue
		}
		matched = append(matched, r)
		if _, missed := r.misses(policy.Standard); missed {
			f.differing = append(f.differing, r)
		}
	}
	for _, m := range e.modes {
		for id := range listed[m.name] {
			t.Errorf("unmatched.json lists %s of %s, which is not recorded", id, m.name)
		}
	}

	quirks := rules.Quirks(e.agent)
	if n := rules.QuirkBits(e.agent); n != len(quirks) {
		t.Errorf("%s has %d quirks, %d of them named", e.agent, n, len(quirks))
	}
	explained := map[*recorded]bool{}
	for _, q := range quirks {
		among := f.differing
		if inStandard(q) {
			among = matched
		}
		f.shown[q.Name] = e.without(q.Name, among)
		for _, r := range f.shown[q.Name] {
			explained[r] = true
		}
		if len(f.shown[q.Name]) == 0 {
			t.Errorf("the quirk %s explains no recording", q.Name)
		}
	}
	for _, r := range f.differing {
		if !explained[r] && len(e.explanation(r, quirks)) == 0 {
			got, _ := r.misses(policy.Standard)
			t.Errorf("%s, step %d: Standard sends %q, the browser sent %q, and no quirk explains it", r.path(), got.Step, got.Got, *got.Want)
		}
	}
	return f
}

// without returns which of some recordings e misses without a quirk.
func (e *engine) without(quirk string, all []*recorded) (missed []*recorded) {
	defer rules.Without(e.agent, quirk)()
	for _, r := range all {
		if _, miss := r.misses(e.agent); miss {
			missed = append(missed, r)
		}
	}
	return missed
}

// explanation returns a set of quirks, none of them idle, without which r is missed:
// all are taken away, and what makes no difference is given back. It is empty if r
// agrees without any.
func (e *engine) explanation(r *recorded, quirks []rules.Quirk) []string {
	missedWithout := func(names []string) bool {
		defer rules.Without(e.agent, names...)()
		_, missed := r.misses(e.agent)
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
