package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var mutate = flag.String("mutants", "", "a `regexp` of the mutants to try, by id; make mutants tries all")

// A mutant is an entry of testdata/mutants.jsonl: a change to one step of the storage
// model or of the retrieval algorithm. A test must detect it.
type mutant struct {
	ID    string
	Step  string // the step that the change breaks
	File  string
	Old   string // a text that occurs once in the file
	New   string // replaces Old
	Tests string // the package whose tests detect the change
}

func loadMutants(tb testing.TB) (list []mutant) {
	tb.Helper()
	dec := json.NewDecoder(bytes.NewReader(read(tb, "testdata/mutants.jsonl")))
	dec.DisallowUnknownFields()
	for {
		var m mutant
		if err := dec.Decode(&m); err == io.EOF {
			return list
		} else if err != nil {
			tb.Fatalf("testdata/mutants.jsonl: after %d: %v", len(list), err)
		}
		list = append(list, m)
	}
}

// mutated reports whether each step of a section needs a mutant.
func mutated(section string) bool { return section == "5.7" || section == "5.8.3" }

// Each mutant fits the current code, and each step has a mutant.
func TestMutants(t *testing.T) {
	x := loadIndex(t)
	tried := map[step]bool{}
	ids := map[string]bool{}
	for _, m := range loadMutants(t) {
		if m.ID == "" || ids[m.ID] || m.Old == m.New {
			t.Errorf("mutant %q: want a unique id, and a change", m.ID)
		}
		ids[m.ID] = true
		if n := strings.Count(string(read(t, m.File)), m.Old); n != 1 {
			t.Errorf("mutant %s: %q occurs %d times in %s, want once: the code has changed, so change the mutant in testdata/mutants.jsonl, too", m.ID, m.Old, n, m.File)
		}
		if _, err := os.Stat(filepath.Join(root, m.Tests)); err != nil || !strings.HasPrefix(m.Tests, "./") {
			t.Errorf("mutant %s: tests %q, want a package of the root module, such as ./jar", m.ID, m.Tests)
		}
		cites, errs := x.parseCitations(m.Step)
		if errs != nil || len(cites) != 1 || len(cites[0].steps) != 1 {
			t.Errorf("mutant %s: %q, want a citation of one step: %v", m.ID, m.Step, errs)
			continue
		}
		tried[step{cites[0].section, cites[0].list, cites[0].steps[0]}] = true
	}
	for _, err := range x.unmutated(tried) {
		t.Error(err)
	}
	// The check itself reports a missing mutant.
	last := step{"5.8.3", "", "6.3"}
	delete(tried, last)
	if errs := x.unmutated(tried); len(errs) == 0 || !strings.Contains(errors.Join(errs...).Error(), last.String()) {
		t.Errorf("errors %v, want one about %v", errs, last)
	}
}

// unmutated returns an error for each step that has no mutant and needs one.
func (x *index) unmutated(tried map[step]bool) (errs []error) {
	for _, s := range x.order {
		if mutated(s.section) && !tried[s] && x.leftOut[s] == "" && !x.hasParts(s) {
			errs = append(errs, fmt.Errorf("%v has no mutant in testdata/mutants.jsonl", s))
		}
	}
	return errs
}

// The tests of a mutant's package fail with the mutant and pass without it. The mutant is
// an overlay for the go command, so the source tree does not change.
func TestMutantsAreCaught(t *testing.T) {
	if *mutate == "" {
		t.Skip("run by make mutants only: each mutant runs the tests of a package")
	}
	which, err := regexp.Compile(*mutate)
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	test := func(t *testing.T, pkg, overlay string) (passed bool, out string) {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-short", "-failfast", "-vet=off", "-timeout=5m", "-overlay="+overlay, pkg)
		cmd.Dir = top
		text, err := cmd.CombinedOutput()
		if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
			t.Fatal(err)
		}
		return err == nil, string(text)
	}
	healthy := map[string]bool{}
	for _, m := range loadMutants(t) {
		if !which.MatchString(m.ID) {
			continue
		}
		t.Run(m.ID, func(t *testing.T) {
			dir := t.TempDir()
			overlay := func(name string, replace map[string]string) string {
				text, err := json.Marshal(map[string]any{"Replace": replace})
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			if !healthy[m.Tests] {
				if passed, out := test(t, m.Tests, overlay("none.json", map[string]string{})); !passed {
					t.Fatalf("%s fails without a mutant:\n%s", m.Tests, out)
				}
				healthy[m.Tests] = true
			}
			changed := filepath.Join(dir, "mutant.go")
			text := strings.Replace(string(read(t, m.File)), m.Old, m.New, 1)
			if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			passed, out := test(t, m.Tests, overlay("mutant.json", map[string]string{filepath.Join(top, filepath.FromSlash(m.File)): changed}))
			switch {
			case passed:
				t.Errorf("%s: %s: with %q in place of %q, the tests of %s still pass", m.Step, m.File, m.New, m.Old, m.Tests)
			case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
				t.Errorf("%s: %s: the mutant does not compile:\n%s", m.Step, m.File, out)
			}
		})
	}
}
