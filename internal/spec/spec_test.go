package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// Each citation in the source tree names an existing section and step.
func TestCitations(t *testing.T) {
	x := loadIndex(t)
	found := 0
	for _, name := range files(t, ".go") {
		s, err := x.scan(name, read(t, name), !strings.HasSuffix(name, "_test.go"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, err := range s.errs {
			t.Error(err)
		}
		found += len(s.cited)
	}
	for _, name := range files(t, ".md") {
		_, errs := x.parseCitations(strings.Join(strings.Fields(string(read(t, name))), " "))
		for _, err := range errs {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, specs := range specFields(t) {
		for _, s := range specs {
			for _, err := range x.checkSpec(s) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if found == 0 {
		t.Error("no citations in the code")
	}
}

// Each step is cited by the code that implements it, or steps.json has the reason why no
// code does. A step with substeps is cited if its substeps are.
func TestStepsAreCited(t *testing.T) {
	x := loadIndex(t)
	cited := map[step]string{}
	for _, name := range files(t, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		s, err := x.scan(name, read(t, name), true)
		if err != nil {
			t.Fatal(err)
		}
		for k, where := range s.cited {
			cited[k] = where[0]
		}
	}
	for _, err := range x.uncited(cited) {
		t.Error(err)
	}
}

// uncited returns an error for each step that should be cited and is not, and for each step
// that is left out and cited.
func (x *index) uncited(cited map[step]string) (errs []error) {
	for _, s := range x.order {
		switch where, reason := cited[s], x.leftOut[s]; {
		case reason != "" && where != "":
			errs = append(errs, fmt.Errorf("testdata/spec/steps.json lists %v as left out, but %s cites it", s, where))
		case reason == "" && where == "" && !x.hasParts(s):
			errs = append(errs, fmt.Errorf("%v is not cited by code", s))
		}
	}
	return errs
}

// tested reports whether each step of a section needs a scenario or a vector.
func tested(section string) bool {
	return section == "5.7" || section == "5.8.3" || section == "5.6" || strings.HasPrefix(section, "5.6.")
}

// Each step of the storage model, the retrieval algorithm and the parser is named by a
// scenario or a vector.
func TestStepsHaveVectors(t *testing.T) {
	x := loadIndex(t)
	named := map[step]bool{}
	for _, specs := range specFields(t) {
		for _, s := range specs {
			cites, _ := x.parseCitations(s)
			for _, c := range cites {
				for _, n := range c.steps {
					named[step{c.section, c.list, n}] = true
				}
			}
		}
	}
	for _, err := range x.untested(named) {
		t.Error(err)
	}
}

// untested returns an error for each step that has no scenario or vector and needs one.
func (x *index) untested(named map[step]bool) (errs []error) {
	for _, s := range x.order {
		if tested(s.section) && !named[s] && x.leftOut[s] == "" && !x.hasParts(s) {
			errs = append(errs, fmt.Errorf("%v has no scenario and no vector", s))
		}
	}
	return errs
}

// Both checks above report a missing step.
func TestStepsAreMissed(t *testing.T) {
	x := loadIndex(t)
	cited, named := map[step]string{}, map[step]bool{}
	for _, s := range x.order {
		if x.leftOut[s] == "" {
			cited[s], named[s] = "here", true
		}
	}
	if errs := append(x.uncited(cited), x.untested(named)...); errs != nil {
		t.Errorf("errors %v, want none: each step is cited and tested", errs)
	}
	last := step{"5.7", "", "24"}
	delete(cited, last)
	delete(named, last)
	if errs := x.uncited(cited); len(errs) != 1 || !strings.Contains(errs[0].Error(), last.String()) {
		t.Errorf("errors %v, want one about %v", errs, last)
	}
	if errs := x.untested(named); len(errs) != 1 || !strings.Contains(errs[0].Error(), last.String()) {
		t.Errorf("errors %v, want one about %v", errs, last)
	}
	if len(x.leftOut) == 0 {
		t.Fatal("no step is left out, and this test needs one")
	}
	for s := range x.leftOut {
		cited[s] = "there"
	}
	if errs := x.uncited(cited); len(errs) != 1+len(x.leftOut) {
		t.Errorf("%d errors, want %d: one for each step that is left out and cited, and one for %v", len(errs), 1+len(x.leftOut), last)
	}
}

// specFields returns the fields "spec" and "cites" of all JSON files in testdata folders, by
// file name.
func specFields(tb testing.TB) map[string][]string {
	tb.Helper()
	fields := map[string][]string{}
	for _, name := range files(tb, ".json", ".jsonl") {
		if !strings.Contains("/"+name, "/testdata/") {
			continue
		}
		data := read(tb, name)
		if !bytes.Contains(data, []byte(`"spec"`)) && !bytes.Contains(data, []byte(`"cites"`)) {
			continue // fast path: recordings are large
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		for {
			var v any
			if err := dec.Decode(&v); err == io.EOF {
				break
			} else if err != nil {
				tb.Fatalf("%s: %v", name, err)
			}
			collect(v, func(s string) { fields[name] = append(fields[name], s) })
		}
	}
	if len(fields) == 0 {
		tb.Fatal("no file in a testdata folder has a citation")
	}
	return fields
}

// collect calls found for each string in a field named "spec" or "cites".
func collect(v any, found func(string)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(e, found)
		}
	case map[string]any:
		for k, e := range v {
			if k == "spec" || k == "cites" {
				all, ok := e.([]any)
				if !ok {
					all = []any{e}
				}
				for _, s := range all {
					if s, ok := s.(string); ok {
						found(s)
					}
				}
				continue
			}
			collect(e, found)
		}
	}
}

// checkSpec returns an error for each wrong citation in a field. Semicolons separate the
// citations. No other text may follow a citation unless its section has no steps, so that a
// misspelled step does not pass for prose.
func (x *index) checkSpec(field string) (errs []error) {
	for part := range strings.SplitSeq(field, "; ") {
		cites, bad := x.parseCitations(part)
		errs = append(errs, bad...)
		if len(bad) > 0 || len(cites) == 0 {
			continue // a citation of something else
		}
		c := cites[0]
		text := "Section " + c.section
		if c.list != "" {
			text += ", " + c.list
		}
		rest, ok := strings.CutPrefix(strings.TrimPrefix(part, draft+", "), text)
		if len(cites) > 1 || !ok {
			errs = append(errs, fmt.Errorf("%q: want one citation", part))
			continue
		}
		if m := stepsRE.FindStringSubmatch(rest); m != nil {
			_, rest, _ = numbers(rest[len(m[0])-1:])
		}
		if rest != "" && slices.ContainsFunc(x.lists[c.section], func(l string) bool { return l == c.list || l == "" }) {
			errs = append(errs, fmt.Errorf("%q: %q is not part of a citation", part, rest))
		}
	}
	return errs
}

func TestCheckSpec(t *testing.T) {
	x := loadIndex(t)
	for _, test := range []struct {
		field string
		ok    bool
	}{
		{"RFC 6265bis, Section 5.7, step 16", true},
		{"Section 5.6, attributes, step 5", true},
		{"Section 5.7, steps 20 to 22; Section 5.4; CHIPS", true},
		{"RFC 6265bis, Section 2.3, public suffix", true},
		{"publicsuffix.org, format", true},
		{"Section 5.7, stp 16", false},
		{"Section 5.7, step 16, and so on", false},
		{"Section 5.7, step 26", false},
		{"CHIPS; Section 5.9", false},
		{"Section 5.7, step 1, Section 5.6, step 1", false},
		{"see Section 5.7, step 1", false},
	} {
		t.Run(test.field, func(t *testing.T) {
			if errs := x.checkSpec(test.field); (errs == nil) != test.ok {
				t.Errorf("checkSpec(%q) = %v, want ok = %t", test.field, errs, test.ok)
			}
		})
	}
}
