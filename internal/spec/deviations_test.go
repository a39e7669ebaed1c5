package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// A listing is an entry of testdata/deviations.json.
type listing struct {
	Where  string // the file
	In     string // the declaration in the file
	Name   string // its name in vectors, if any vector differs because of it
	Cites  string // the section or step that the code departs from
	Reason string
}

// Each comment that says "Deviation:" has an entry in testdata/deviations.json,
// and each entry has its comment.
func TestDeviations(t *testing.T) {
	x := loadIndex(t)
	var list []listing
	dec := json.NewDecoder(bytes.NewReader(read(t, "testdata/deviations.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		t.Fatal(err)
	}
	var found []deviation
	for _, name := range files(t, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		s, err := x.scan(name, read(t, name), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range s.deviations {
			if d.in != "" { // package comments explain the convention
				found = append(found, d)
			}
		}
	}
	if len(found) == 0 {
		t.Error("no comment says Deviation:")
	}
	for _, err := range x.matchDeviations(found, list) {
		t.Error(err)
	}
}

// matchDeviations returns an error for each difference between the comments and the list.
func (x *index) matchDeviations(found []deviation, list []listing) (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	comments := map[[2]string]int{}
	for _, d := range found {
		comments[[2]string{d.where, d.in}]++
	}
	for _, l := range list {
		k := [2]string{l.Where, l.In}
		if comments[k] == 0 {
			bad("testdata/deviations.json lists %s, %s, which has no comment with Deviation: for this entry", l.Where, l.In)
			continue
		}
		comments[k]--
		cites, broken := x.parseCitations(l.Cites)
		if l.Reason == "" || len(cites) != 1 || broken != nil {
			bad("testdata/deviations.json: %s, %s: want a reason and a citation", l.Where, l.In)
			continue
		}
		agrees := false
		for _, d := range found {
			for _, c := range d.cites {
				agrees = agrees || d.where == l.Where && d.in == l.In && c.section == cites[0].section
			}
		}
		if !agrees {
			bad("testdata/deviations.json: %s, %s: no comment there cites %s", l.Where, l.In, l.Cites)
		}
	}
	for k, n := range comments {
		if n > 0 {
			bad("%s, %s: %d deviations are not listed in testdata/deviations.json: add an entry for each", k[0], k[1], n)
		}
	}
	return errs
}

func TestMatchDeviations(t *testing.T) {
	x := loadIndex(t)
	s, err := x.scan("a.go", []byte("package p\n\n// F is RFC 6265bis, Section 5.7.\n//\n// Deviation: it is not.\nfunc F() {}\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		list []listing
		want string
	}{
		{"listed", []listing{{"a.go", "F", "", "Section 5.7, step 3", "because"}}, ""},
		{"not-listed", nil, "not listed"},
		{"twice", []listing{{"a.go", "F", "", "Section 5.7", "because"}, {"a.go", "F", "", "Section 5.7", "because"}}, "has no comment"},
		{"other-file", []listing{{"a.go", "F", "", "Section 5.7", "because"}, {"b.go", "F", "", "Section 5.7", "because"}}, "has no comment"},
		{"no-reason", []listing{{"a.go", "F", "", "Section 5.7", ""}}, "want a reason"},
		{"bad-citation", []listing{{"a.go", "F", "", "Section 5.7, step 30", "because"}}, "want a reason"},
		{"other-section", []listing{{"a.go", "F", "", "Section 5.6", "because"}}, "no comment there cites"},
	} {
		t.Run(test.name, func(t *testing.T) {
			errs := x.matchDeviations(s.deviations, test.list)
			if test.want == "" && errs != nil || test.want != "" && (len(errs) != 1 || !strings.Contains(errs[0].Error(), test.want)) {
				t.Errorf("errors %v, want %q", errs, test.want)
			}
		})
	}
}
