package parse

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// allModes is every departure at once: what Chromium does.
const allModes = LastWins | LooseDates | LooseMaxAge

// modes is every mode that there is.
var modes = func() (all []Mode) {
	for m := range allModes + 1 {
		all = append(all, m)
	}
	return all
}()

// withLongFlags is modes, each without LongFlags and with it.
var withLongFlags = func() (all []Mode) {
	for _, m := range modes {
		all = append(all, m, m|LongFlags)
	}
	return all
}()

// A vector is one input of a file in testdata and what it means. In all its
// strings each char up to U+00FF stands for one octet.
type vector[T any] struct {
	ID    string
	Input string
	Fill  int // the number of octets that … stands for
	Want  T
	Spec  []string // the steps of RFC 6265bis that it shows, or the quirk of Chromium
	Why   string
}

// octets returns the octets that s, a string of v, stands for.
func (v *vector[T]) octets(tb testing.TB, s string) string {
	tb.Helper()
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '…' && v.Fill > 0:
			b.WriteString(strings.Repeat("x", v.Fill))
		case r <= 0xff:
			b.WriteByte(byte(r))
		default:
			tb.Fatalf("vector %q: %q stands for no octet", v.ID, r)
		}
	}
	return b.String()
}

// load reads a file of testdata. A suite that tests nothing must not pass, nor
// one with a vector that is unknown in part, or unexplained.
func load[T any](tb testing.TB, name string) []vector[T] {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Spec  string
		Tests []vector[T]
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	if len(file.Tests) == 0 {
		tb.Fatalf("%s: no vectors", name)
	}
	seen := map[string]bool{}
	for i := range file.Tests {
		v := &file.Tests[i]
		if v.ID == "" || v.Why == "" || len(v.Spec) == 0 || seen[v.ID] {
			tb.Fatalf("%s: vector %q: want a unique id, a step and a reason", name, v.ID)
		}
		seen[v.ID] = true
		v.Input = v.octets(tb, v.Input)
	}
	return file.Tests
}

// steps has every step of the sections that concern parsing. Those of Sections
// 5.6.1 to 5.6.7 that are not here need a clock, a URL or a rule, and are
// package policy's.
const steps = `
Section 5.1.1, step 1
Section 5.1.1, step 2
Section 5.1.1, step 2.1
Section 5.1.1, step 2.2
Section 5.1.1, step 2.3
Section 5.1.1, step 2.4
Section 5.1.1, step 3
Section 5.1.1, step 4
Section 5.1.1, step 5.1
Section 5.1.1, step 5.2
Section 5.1.1, step 5.3
Section 5.1.1, step 5.4
Section 5.1.1, step 5.5
Section 5.1.1, step 5.6
Section 5.1.1, step 6
Section 5.1.1, step 7
Section 5.6, step 1
Section 5.6, step 2
Section 5.6, step 2.1
Section 5.6, step 3
Section 5.6, step 4
Section 5.6, step 5
Section 5.6, step 6
Section 5.6, attributes, step 1
Section 5.6, attributes, step 2
Section 5.6, attributes, step 3
Section 5.6, attributes, step 3.1
Section 5.6, attributes, step 4
Section 5.6, attributes, step 4.1
Section 5.6, attributes, step 5
Section 5.6, attributes, step 6
Section 5.6, attributes, step 7
Section 5.6, attributes, step 8
Section 5.6.1, step 1
Section 5.6.1, step 2
Section 5.6.1, step 6
Section 5.6.2, step 1
Section 5.6.2, step 2
Section 5.6.2, step 3
Section 5.6.2, step 4
Section 5.6.2, step 8
Section 5.6.3, step 1
Section 5.6.3, step 4
Section 5.6.4, step 1
Section 5.6.4, step 2
Section 5.6.5
Section 5.6.6
Section 5.6.7, step 5
CHIPS
Chromium
Chromium, last-wins
Chromium, loose-dates
Chromium, loose-max-age`

// Every step has a vector, and every vector shows a step that there is.
func TestSteps(t *testing.T) {
	shown := map[string]bool{}
	add := func(spec []string) {
		for _, s := range spec {
			shown[s] = true
		}
	}
	for _, v := range append(load[wantLine](t, "set-cookie.json"), load[wantLine](t, "set-cookie-last.json")...) {
		add(v.Spec)
	}
	for _, v := range append(load[string](t, "date.json"), load[string](t, "date-loose.json")...) {
		add(v.Spec)
	}
	for _, v := range append(load[*int64](t, "max-age.json"), load[*int64](t, "max-age-loose.json")...) {
		add(v.Spec)
	}
	for s := range strings.SplitSeq(strings.TrimSpace(steps), "\n") {
		if !shown[s] {
			t.Errorf("no vector shows %s", s)
		}
		delete(shown, s)
	}
	for _, s := range slices.Sorted(maps.Keys(shown)) {
		t.Errorf("a vector shows %q, which is no step", s)
	}
}
