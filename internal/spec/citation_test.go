// Package spec checks the project's citations of the draft: each citation names an existing
// section and step, and each step is cited by the code that implements it and by a scenario
// or a vector. The package consists of tests only.
package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An index is the contents of testdata/spec/steps.json: the sections of the draft and the
// steps of its lists.
type index struct {
	sections map[string]bool
	lists    map[string][]string // names of lists by section; "" for a list without a name
	steps    map[step]bool
	order    []step          // all steps, in the order of the file
	leftOut  map[step]string // the reason for each step that is left out
}

// A step is one step of the draft.
type step struct{ section, list, number string }

func (s step) String() string {
	if s.list != "" {
		return "Section " + s.section + ", " + s.list + ", step " + s.number
	}
	return "Section " + s.section + ", step " + s.number
}

// loadIndex loads testdata/spec/steps.json.
func loadIndex(tb testing.TB) *index {
	tb.Helper()
	data, err := os.ReadFile("../../testdata/spec/steps.json")
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Draft     string
		Numbering []string
		Sections  []string
		Lists     []struct {
			Section, List string
			Steps         []struct {
				Step, About string
				LeftOut     string `json:"left_out"`
			}
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatal(err)
	}
	x := &index{
		sections: map[string]bool{},
		lists:    map[string][]string{},
		steps:    map[step]bool{},
		leftOut:  map[step]string{},
	}
	for _, s := range file.Sections {
		x.sections[s] = true
	}
	for _, l := range file.Lists {
		if !x.sections[l.Section] || slices.Contains(x.lists[l.Section], l.List) || len(l.Steps) == 0 {
			tb.Fatalf("steps.json: section %q, list %q: want a known section, a name used once, and steps", l.Section, l.List)
		}
		x.lists[l.Section] = append(x.lists[l.Section], l.List)
		for _, s := range l.Steps {
			k := step{l.Section, l.List, s.Step}
			if x.steps[k] || s.About == "" {
				tb.Fatalf("steps.json: %v: want each step once, with an about text", k)
			}
			x.steps[k] = true
			x.order = append(x.order, k)
			if s.LeftOut != "" {
				x.leftOut[k] = s.LeftOut
			}
		}
	}
	if len(x.order) == 0 {
		tb.Fatal("steps.json: no steps")
	}
	return x
}

// hasParts reports whether a step has substeps.
func (x *index) hasParts(s step) bool { return x.steps[step{s.section, s.list, s.number + ".1"}] }

// A citation is a section and the steps that the citation names. The list is empty or one
// of the section's lists.
type citation struct {
	section, list string
	steps         []string
}

var (
	sectionRE = regexp.MustCompile(`(?:(RFC [0-9]+(?:bis)?|[A-Z][A-Za-z]* Standard|HTML|CHIPS), )?\bSections? [0-9]`)
	numberRE  = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)*`)
	listRE    = regexp.MustCompile(`^, ([a-z]+(?:-[a-z]+)*), steps?\b`)
	stepsRE   = regexp.MustCompile(`^, (steps?) [0-9]`)
)

// draft is the name of the specification in citations.
const draft = "RFC 6265bis"

// parseCitations returns the citations of the draft in a text, and an error for each mistake
// in them. A section without the name of a specification belongs to the draft.
func (x *index) parseCitations(text string) (cites []citation, errs []error) {
	for text != "" {
		m := sectionRE.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		foreign := m[2] >= 0 && text[m[2]:m[3]] != draft
		at := text[m[0]:]
		text = text[m[1]-1:] // the first digit
		if foreign {
			continue
		}
		plural := strings.Contains(at[:len(at)-len(text)], "Sections ")
		var sections []string
		if plural {
			sections, text, _ = numbers(text)
		} else {
			n := numberRE.FindString(text)
			sections, text = []string{n}, text[len(n):]
		}
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("%q: %s", excerpt(at), fmt.Sprintf(format, args...)))
		}
		for _, s := range sections {
			if !x.sections[s] {
				bad("there is no Section %s", s)
			}
		}
		if plural {
			if len(sections) < 2 {
				bad("Sections with only one number")
			}
			for _, s := range sections {
				cites = append(cites, citation{section: s})
			}
			continue
		}
		c := citation{section: sections[0]}
		if m := listRE.FindStringSubmatch(text); m != nil {
			c.list, text = m[1], text[len(", ")+len(m[1]):]
			if !slices.Contains(x.lists[c.section], c.list) {
				bad("Section %s has no list %q", c.section, c.list)
				continue
			}
		} else {
			for _, name := range x.lists[c.section] {
				if rest, ok := strings.CutPrefix(text, ", "+name); ok && name != "" {
					c.list, text = name, rest
				}
			}
		}
		if m := stepsRE.FindStringSubmatch(text); m != nil {
			var err error
			c.steps, text, err = numbers(text[len(m[0])-1:])
			if err != nil {
				bad("%v", err)
				continue
			}
			if many := len(c.steps) > 1; many != (m[1] == "steps") {
				bad("want step for one number, steps for several")
			}
			for _, n := range c.steps {
				if s := (step{c.section, c.list, n}); !x.steps[s] {
					bad("there is no %v", s)
				}
			}
		}
		cites = append(cites, c)
	}
	return cites, errs
}

// numbers reads numbers as in "1, 3.2, 5 to 7 and 9", and returns the rest of the text.
func numbers(text string) (all []string, rest string, err error) {
	n := numberRE.FindString(text)
	if n == "" {
		return nil, text, fmt.Errorf("no number")
	}
	all, rest = []string{n}, text[len(n):]
	for {
		var sep string
		for _, s := range []string{", and ", ", ", " and ", " to "} {
			if strings.HasPrefix(rest, s) {
				sep = s
				break
			}
		}
		n := numberRE.FindString(rest[len(sep):])
		if sep == "" || n == "" {
			return all, rest, err
		}
		rest = rest[len(sep)+len(n):]
		if sep != " to " {
			all = append(all, n)
			continue
		}
		between, e := span(all[len(all)-1], n)
		if e != nil {
			err = e
		}
		all = append(all, between...)
	}
}

// span returns the numbers after from, up to and including to. The two must be equal but for
// their last part.
func span(from, to string) (all []string, err error) {
	i, j := strings.LastIndexByte(from, '.')+1, strings.LastIndexByte(to, '.')+1
	a, _ := strconv.Atoi(from[i:])
	b, _ := strconv.Atoi(to[j:])
	if from[:i] != to[:j] || a >= b || b-a > 99 {
		return []string{to}, fmt.Errorf("bad range from %s to %s", from, to)
	}
	for a++; a <= b; a++ {
		all = append(all, from[:i]+strconv.Itoa(a))
	}
	return all, nil
}

func excerpt(text string) string {
	if len(text) > 70 {
		return text[:70] + "..."
	}
	return text
}

// covers reports whether a citation includes a step or a step that contains it.
func (c citation) covers(s step) bool {
	if c.section != s.section || c.list != s.list {
		return false
	}
	if c.steps == nil {
		return true
	}
	return slices.ContainsFunc(c.steps, func(n string) bool {
		return n == s.number || strings.HasPrefix(s.number, n+".")
	})
}

// resolve returns the step with a number in the cited contexts. It returns an error unless
// there is exactly one.
func (x *index) resolve(contexts []citation, number string) (step, error) {
	var found []step
	for _, c := range contexts {
		lists := []string{c.list}
		if c.list == "" && len(c.steps) == 0 && !slices.Contains(x.lists[c.section], "") {
			lists = x.lists[c.section]
		}
		for _, l := range lists {
			s := step{c.section, l, number}
			in := citation{c.section, l, c.steps}
			if x.steps[s] && in.covers(s) && !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	switch len(found) {
	case 0:
		return step{}, fmt.Errorf("step %s is in none of the sections cited here", number)
	case 1:
		return found[0], nil
	}
	return step{}, fmt.Errorf("step %s may be %v or %v", number, found[0], found[1])
}

// The parser finds each citation, and reports each wrong one.
func TestParseCitations(t *testing.T) {
	x := loadIndex(t)
	for _, test := range []struct {
		text string
		want string // the citations, or an excerpt of the error after "!"
	}{
		{"See RFC 6265bis, Section 5.7, step 16.", "5.7//16"},
		{"RFC 6265bis, Section 5.7, step 16.3, and so on", "5.7//16.3"},
		{"RFC 6265bis, Section 5.6, attributes, step 5", "5.6/attributes/5"},
		{"RFC 6265bis, Section 5.7, removal, steps 2 and 3.", "5.7/removal/2,3"},
		{"RFC 6265bis, Section 5.7, removal. More", "5.7/removal/"},
		{"RFC 6265bis, Section 5.7, steps 20 to 22", "5.7//20,21,22"},
		{"Section 5.8.3, steps 3.3 to 3.5 and 6.1", "5.8.3//3.3,3.4,3.5,6.1"},
		{"Section 5.7, steps 1, 3, 4, and 5: all", "5.7//1,3,4,5"},
		{"Section 5.5, and Section 5.6.1, steps 3 and 4", "5.5// 5.6.1//3,4"},
		{"Sections 5.1.1 and 5.6 say", "5.1.1// 5.6//"},
		{"Section 5.1.4, path-match, step 2", "5.1.4/path-match/2"},
		{"Section 5.7, where step 3 is", "5.7//"},
		{"RFC 5890, Section 99.1, step 7", ""},
		{"URL Standard, Section 99", ""},
		{"a section 99, SubSection 98", ""},
		{"Section %s", ""},

		{"RFC 6265bis, Section 5.9", "!no Section 5.9"},
		{"RFC 6265bis, Section 99", "!no Section 99"},
		{"Section 5.8.3.1", "!no Section 5.8.3.1"},
		{"Sections 5.6 and 5.10", "!no Section 5.10"},
		{"Section 5.7, step 25", "!no Section 5.7, step 25"},
		{"Section 5.7, step 16.5", "!no Section 5.7, step 16.5"},
		{"Section 5.7, step 0", "!no Section 5.7, step 0"},
		{"Section 5.7, steps 23 to 25", "!no Section 5.7, step 25"},
		{"Section 5.7, steps 5 to 3", "!from 5 to 3"},
		{"Section 5.7, steps 16.1 to 17", "!from 16.1 to 17"},
		{"Section 5.7, removal, step 5", "!no Section 5.7, removal, step 5"},
		{"Section 5.7, attributes, step 1", `!no list "attributes"`},
		{"Section 5.6, atributes, step 1", `!no list "atributes"`},
		{"Section 5.5, step 1", "!no Section 5.5, step 1"},
		{"Section 5.1.4, step 1", "!no Section 5.1.4, step 1"}, // without the name of its list
		{"Section 5.7, step 3 and 4", "!want step for one"},
		{"Section 5.7, steps 3", "!want step for one"},
	} {
		t.Run(test.text, func(t *testing.T) {
			cites, errs := x.parseCitations(test.text)
			var got []string
			for _, c := range cites {
				got = append(got, c.section+"/"+c.list+"/"+strings.Join(c.steps, ","))
			}
			if want, bad := strings.CutPrefix(test.want, "!"); bad {
				if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
					t.Errorf("%q: errors %v, want one with %q", test.text, errs, want)
				}
			} else if strings.Join(got, " ") != test.want || errs != nil {
				t.Errorf("%q: citations %q and errors %v, want %q", test.text, got, errs, test.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	x := loadIndex(t)
	for _, test := range []struct{ context, number, want string }{
		{"Section 5.7", "16.3", "Section 5.7, step 16.3"},
		{"Section 5.7, step 16", "16.3", "Section 5.7, step 16.3"},
		{"Section 5.7, removal", "2", "Section 5.7, removal, step 2"},
		{"Section 5.6.4, and Section 5.7, step 11", "1.1", "Section 5.6.4, step 1.1"},
		{"Section 5.6.4, and Section 5.7, step 11", "11", "Section 5.7, step 11"},
		{"Section 5.1.4, path-match", "2", "Section 5.1.4, path-match, step 2"},

		{"Section 5.7, step 16", "17", "!none"},
		{"Section 5.7, step 1", "16", "!none"},
		{"Section 5.7", "25", "!none"},
		{"Section 5.5", "1", "!none"},
		{"", "1", "!none"},
		{"Section 5.6 and Section 5.7", "1", "!may be"},
		{"Section 5.1.4", "1", "!may be"},
	} {
		t.Run(test.context+", "+test.number, func(t *testing.T) {
			contexts, errs := x.parseCitations(test.context)
			if errs != nil {
				t.Fatalf("%q: %v", test.context, errs)
			}
			got, err := x.resolve(contexts, test.number)
			if want, bad := strings.CutPrefix(test.want, "!"); bad {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("mark %s in %q: %v, error %v, want one with %q", test.number, test.context, got, err, want)
				}
			} else if err != nil || got.String() != test.want {
				t.Errorf("mark %s in %q: %v, error %v, want %s", test.number, test.context, got, err, test.want)
			}
		})
	}
}
