package jar_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A jarVector is what the scenario format has no words for: time passes, frames are
// nested, the jar's owner does something.
type jarVector struct {
	ID     string
	Spec   []string
	Why    string
	Limits *jar.Limits
	Steps  []struct {
		At        string // the time since the start
		Op        string // set, get, end-session or list
		URL       string
		Documents []string // around the request, the top-level one first
		Script    bool
		Reload    bool // of what a cross-site request led to
		Lines     []string
		Want      string
		Suffixes  []string // of the new public suffix list
	}
}

// jarVectors loads testdata/jar.json.
func jarVectors(tb testing.TB) (vectors []jarVector, start time.Time) {
	tb.Helper()
	data, err := os.ReadFile("../testdata/jar.json")
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Spec  string
		Now   time.Time
		Tests []jarVector
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatal(err)
	}
	if len(file.Tests) == 0 {
		tb.Fatal("no vectors")
	}
	seen := map[string]bool{}
	for _, v := range file.Tests {
		if v.ID == "" || v.Why == "" || len(v.Spec) == 0 || seen[v.ID] {
			tb.Fatalf("vector %q: want a unique id, a step and a reason", v.ID)
		}
		seen[v.ID] = true
	}
	return file.Tests, file.Now
}

// suffixes is a public suffix list of a few names.
type suffixes []string

func (s suffixes) String() string { return strings.Join(s, " ") }

func (s suffixes) PublicSuffix(domain string) string {
	for name := domain; ; {
		_, above, ok := strings.Cut(name, ".")
		if slices.Contains(s, name) || !ok {
			return name
		}
		name = above
	}
}

func TestVectors(t *testing.T) {
	vectors, start := jarVectors(t)
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			now := start
			j := mustJar(t, &jar.Options{Limits: v.Limits, Now: func() time.Time { return now }})
			for i, step := range v.Steps {
				at, err := time.ParseDuration(step.At)
				if err != nil || start.Add(at).Before(now) {
					t.Fatalf("step %d: at %q: want a time no earlier than the step before", i, step.At)
				}
				now = start.Add(at)
				r := to(t, step.URL)
				r.Context = &jar.Context{Script: step.Script, CrossSiteReload: step.Reload}
				for _, d := range step.Documents {
					r.Context.Documents = append(r.Context.Documents, testkit.URL(t, d))
				}
				switch step.Op {
				case "set":
					j.Receive(r, step.Lines)
				case "get":
					if got := j.Header(r); got != step.Want {
						t.Errorf("step %d, at %s: Header(%s) = %q, want %q: %s", i, step.At, step.URL, got, step.Want, v.Why)
					}
				case "end-session":
					j.EndSession()
				case "list":
					j.SetPublicSuffixList(suffixes(step.Suffixes))
				default:
					t.Fatalf("step %d: op %q: want set, get, end-session or list", i, step.Op)
				}
			}
		})
	}
}
