package jar_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// A jarVector has what the scenario format lacks: time passes, frames are nested, the jar's
// owner changes the jar.
type jarVector struct {
	ID     string
	Spec   []string
	Why    string
	Limits *jar.Limits
	Steps  []struct {
		At        string // the time since the start
		Op        string // set, get, end-session or list
		URL       string
		Documents []string // Context.Documents
		Script    bool
		Reload    bool // Context.CrossSiteReload
		Lines     []string
		Want      string
		Suffixes  []string // of the new public suffix list
	}
}

// suffixes is a public suffix list with these names.
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

// The vectors of testdata/jar.json.
func TestVectors(t *testing.T) {
	vectors, file := testkit.VectorsUnder[jarVector, struct {
		Spec string
		Now  time.Time
	}](t, "../testdata/jar.json")
	start := file.Now
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			if len(v.Spec) == 0 {
				t.Error("the vector names no step of the draft")
			}
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
