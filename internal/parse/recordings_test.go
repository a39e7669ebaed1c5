package parse

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A recording is a scenario in which one page sets cookies that differ in nothing but
// Expires and Max-Age, and Chromium is then asked which of them it has.
type recording struct {
	id    string
	now   time.Time
	lines []string
	want  []string // the pairs it has, sorted
}

var (
	recordedDrop = regexp.MustCompile(`[\x00-\x1f\x7f]`) // another quirk is about lines with these bytes
	recordedLine = regexp.MustCompile(`(?i)^[a-z]=[a-z0-9]+ *(; *(expires|max-age) *(=[^;]*)?)*;?$`)
)

// recordings reads the recordings of Chromium that consist of such lines.
func recordings(tb testing.TB) (all []recording) {
	tb.Helper()
	files, err := filepath.Glob("../../testdata/browsers/recordings/*.jsonl")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recordings: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			if r, ok := readRecording(tb, line); ok {
				all = append(all, r)
			}
		}
	}
	return all
}

// readRecording reads one scenario and reports whether it is of that kind.
func readRecording(tb testing.TB, data []byte) (r recording, ok bool) {
	tb.Helper()
	var s struct {
		ID    string
		Now   time.Time
		Steps []struct {
			Op, URL string
			Lines   []string
			Ctx     map[string]any
			Want    *string
			Error   string
		}
	}
	if err := json.Unmarshal(data, &s); err != nil {
		tb.Fatal(err)
	}
	v := vector[string]{ID: s.ID}
	r.id, r.now = s.ID, s.Now
	for i, step := range s.Steps {
		if step.Error != "" || step.URL != s.Steps[0].URL || len(step.Ctx) != 1 || step.Ctx["kind"] != "navigate" {
			return r, false
		}
		switch last := i == len(s.Steps)-1; {
		case step.Op == "set" && !last:
			for _, line := range step.Lines {
				line = v.octets(tb, line)
				if recordedDrop.MatchString(line) || !recordedLine.MatchString(line) {
					return r, false
				}
				r.lines = append(r.lines, line)
			}
		case step.Op == "get" && last && step.Want != nil:
			if *step.Want != "" {
				r.want = strings.Split(v.octets(tb, *step.Want), "; ")
			}
			slices.Sort(r.want)
		default:
			return r, false
		}
	}
	return r, len(r.lines) > 0
}

// kept returns the cookies that there are after the lines of r, by what parse says
// of each: a cookie goes if it expires at once, and else takes the place of the one
// of its name. Max-Age counts before Expires.
func (r *recording) kept(parse func(string, Mode) Line, mode Mode) []string {
	jar := map[string]string{}
	for _, line := range r.lines {
		l := parse(line, mode)
		switch {
		case l.TooLong:
		case l.Has&MaxAge != 0 && l.MaxAge <= 0, l.Has&(MaxAge|Expires) == Expires && !l.Expires.After(r.now):
			delete(jar, l.Name)
		default:
			jar[l.Name] = l.Name + "=" + l.Value
		}
	}
	return slices.Sorted(maps.Values(jar))
}

// The reference, which the parser is held to, is itself held to what Chromium was
// recorded to do: in all its modes it says what was recorded. With one mode less it does
// not, or the recordings would tell nothing of that mode.
func TestRecordings(t *testing.T) {
	all := recordings(t)
	if len(all) < 300 {
		t.Errorf("%d recordings, want 300 at least", len(all))
	}
	missed := map[Mode]int{}
	for i := range all {
		r := &all[i]
		for _, mode := range modes {
			if !slices.Equal(r.kept(slowSetCookie, mode), r.want) {
				missed[mode]++
			}
		}
		if got := r.kept(slowSetCookie, allModes); !slices.Equal(got, r.want) {
			t.Errorf("%s: of %q Chromium kept %q, the reference says %q", r.id, r.lines, r.want, got)
		}
		if got := r.kept(SetCookie, allModes); !slices.Equal(got, r.want) {
			t.Errorf("%s: of %q Chromium kept %q, SetCookie says %q", r.id, r.lines, r.want, got)
		}
	}
	for _, less := range []Mode{LastWins, LooseDates, LooseMaxAge} {
		if missed[allModes&^less] == 0 {
			t.Errorf("no recording differs without mode %d", less)
		}
	}
	t.Logf("%d recordings; missed, by mode: %v", len(all), missed)
}
