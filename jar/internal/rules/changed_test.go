package rules_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"uacookie/jar/internal/rules"
	"uacookie/jar/scenario"
)

var before = flag.String("before", "", "`folder` of earlier recordings: list by quirk what changed since")

// With -before, what changed since is listed by quirk. It is no failure here: where the jar
// does not do the same, TestRecordings fails.
func TestChanged(t *testing.T) {
	if *before == "" {
		t.Skip("nothing to compare with: see -before")
	}
	for i := range engines {
		old := engines[i].recordings(t, *before)
		now := engines[i].recordings(t, filepath.Join(browsers, "recordings"))
		fmt.Print(engines[i].changes(old, now))
	}
}

// changes lists by quirk the scenarios whose outcome is another than it was.
func (e *engine) changes(old, now []*recorded) string {
	was := map[string]*recorded{}
	for _, r := range old {
		was[r.path()] = r
	}
	var changed []*recorded
	added := 0
	for _, r := range now {
		o := was[r.path()]
		delete(was, r.path())
		switch {
		case o == nil:
			added++
		case !sameOutcome(o.Scenario, r.Scenario):
			changed = append(changed, r)
		}
	}
	var b strings.Builder
	by := versions(now)
	if before := versions(old); before != by {
		by += ", and before " + before
	}
	fmt.Fprintf(&b, "%s: %d recordings, %d with another outcome than before, %d new, %d gone\n", by, len(now), len(changed), added, len(was))
	byQuirk := map[string][]string{}
	for _, r := range changed {
		names := e.quirksOf(r)
		if len(names) == 0 {
			names = []string{"no quirk"}
		}
		for _, name := range names {
			byQuirk[name] = append(byQuirk[name], r.path())
		}
	}
	for _, q := range append(rules.Quirks(e.agent), rules.Quirk{Name: "no quirk"}) {
		if paths := byQuirk[q.Name]; len(paths) > 0 {
			fmt.Fprintf(&b, "  %s: %d\n", q.Name, len(paths))
			for _, p := range paths {
				fmt.Fprintf(&b, "    %s\n", p)
			}
		}
	}
	return b.String()
}

// quirksOf returns the quirks without which the jar does otherwise in r than it does now.
func (e *engine) quirksOf(r *recorded) (names []string) {
	outcome := func() (got []scenario.Bytes) {
		for _, x := range r.Replay(e.agent, r.mode.thirdParty, r.Now) {
			got = append(got, x.Got)
		}
		return got
	}
	with := outcome()
	for _, q := range rules.Quirks(e.agent) {
		restore := rules.Without(e.agent, q.Name)
		if !slices.Equal(with, outcome()) {
			names = append(names, q.Name)
		}
		restore()
	}
	return names
}

// sameOutcome reports whether two recordings of one scenario have the same outcome.
func sameOutcome(s, t *scenario.Scenario) bool {
	if len(s.Steps) != len(t.Steps) {
		return false
	}
	for i := range s.Steps {
		a, b := &s.Steps[i], &t.Steps[i]
		if !reflect.DeepEqual(a.Want, b.Want) || !reflect.DeepEqual(a.Requests, b.Requests) ||
			!reflect.DeepEqual(a.Listed, b.Listed) || a.Blocked != b.Blocked {
			return false
		}
	}
	return true
}

// A recording with another outcome is listed under each quirk that it hangs on.
func TestChanges(t *testing.T) {
	by := "Firefox 153.8.0esr"
	read := func(line string) *recorded {
		s := new(scenario.Scenario)
		if err := json.Unmarshal([]byte(line), s); err != nil {
			t.Fatal(err)
		}
		return &recorded{s, &engines[1].modes[0], "x.jsonl", by}
	}
	bare := func(id, line, want string) *recorded {
		return read(`{"id":"` + id + `","steps":[{"op":"set","url":"https://a.test/","lines":["` + line + `"],"ctx":{"kind":"navigate"}},` +
			`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"` + want + `"}]}`)
	}
	old := []*recorded{bare("same", "a", "a="), bare("name", "a", "a"), bare("plain", "a=1", ""), bare("gone", "a", "a")}
	by = "Firefox 154.0esr"
	now := []*recorded{bare("same", "a", "a="), bare("name", "a", "a="), bare("plain", "a=1", "a=1"), bare("new", "a", "a=")}
	want := "Firefox 154, and before Firefox 153: 4 recordings, 2 with another outcome than before, 1 new, 1 gone\n" +
		"  no-nameless: 1\n    firefox/x.jsonl: name\n" +
		"  no quirk: 1\n    firefox/x.jsonl: plain\n"
	if got := engines[1].changes(old, now); got != want {
		t.Errorf("changes:\n%s\nwant\n%s", got, want)
	}
}
