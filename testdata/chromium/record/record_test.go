package main

import (
	"os/exec"
	"testing"
	"time"

	"uacookie/testdata/chromium/scenario"
)

// The scenarios of testdata come out of the browser as they say.
func TestRecord(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skipf("THE RECORDER IS NOT TESTED AGAINST A BROWSER: %v", err)
	}
	scenarios, err := read("testdata/example.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var wants [][]*scenario.Bytes
	for _, s := range scenarios {
		var want []*scenario.Bytes
		for _, step := range s.Steps {
			want = append(want, step.Want)
		}
		wants = append(wants, want)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Format(time.RFC3339)
	if err := record(t.Context(), "chromium", 2, now, scenarios); err != nil {
		t.Fatal(err)
	}
	for i, s := range scenarios {
		if s.Now != now || s.Browser == "" {
			t.Errorf("%s: recorded by %q at %q, want a version and %s", s.ID, s.Browser, s.Now, now)
		}
		for j, step := range s.Steps {
			switch got, want := step.Want, wants[i][j]; {
			case step.Error != "":
				t.Errorf("%s, step %d: %s", s.ID, j, step.Error)
			case (got == nil) != (want == nil) || got != nil && *got != *want:
				t.Errorf("%s, step %d: %s got %s, want %s: %s", s.ID, j, step.URL, text(got), text(want), s.Why)
			}
		}
	}
}

// text returns what b holds, for a message.
func text(b *scenario.Bytes) string {
	if b == nil {
		return "nothing"
	}
	return quote(string(*b))
}

func TestRecordWithoutBrowser(t *testing.T) {
	if err := record(t.Context(), "no-such-browser", 1, "", nil); err == nil {
		t.Error("record with no browser: no error")
	}
}
