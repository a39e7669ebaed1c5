package main

import (
	"os/exec"
	"reflect"
	"strconv"
	"testing"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// The scenarios of testdata come out of the browser as they say.
func TestRecord(t *testing.T) {
	for _, tt := range []struct{ browser, thirdParty, file string }{
		{"chromium", allow, "example"},
		{"chromium", allow, "contexts"},
		{"firefox", allow, "firefox"},
		{"firefox", partition, "firefox-shipped"},
		{"chromium", allow, "day"},
		{"firefox", partition, "firefox-day"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			b := browsers[tt.browser]
			if _, err := exec.LookPath(b.path); err != nil {
				t.Skipf("THE RECORDER IS NOT TESTED AGAINST A BROWSER: %v", err)
			}
			name := "testdata/" + tt.file + ".jsonl"
			scenarios, err := read(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := read(name)
			if err != nil {
				t.Fatal(err)
			}
			now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Format(time.RFC3339)
			o := &options{browser: b, thirdParty: tt.thirdParty, tabs: 2, now: now, detail: true}
			if err := o.record(t.Context(), scenarios); err != nil {
				t.Fatal(err)
			}
			for i, s := range scenarios {
				if s.Now != now || s.Browser == "" {
					t.Errorf("%s: recorded by %q at %q, want a version and %s", s.ID, s.Browser, s.Now, now)
				}
				for j := range s.Steps {
					check(t, s, j, &want[i].Steps[j])
				}
			}
		})
	}
}

// check compares a step with what is wanted of it. If no requests are, any may be.
func check(t *testing.T, s *scenario.Scenario, i int, want *scenario.Step) {
	t.Helper()
	got := &s.Steps[i]
	if got.Error != "" {
		t.Errorf("%s, step %d: %s", s.ID, i, got.Error)
	}
	if (got.Want == nil) != (want.Want == nil) || got.Want != nil && *got.Want != *want.Want {
		t.Errorf("%s, step %d: %s got %s, want %s: %s", s.ID, i, got.URL, text(got.Want), text(want.Want), s.Why)
	}
	if want.Listed != nil && (got.Listed == nil || *got.Listed != *want.Listed) {
		t.Errorf("%s, step %d: %s lists %s, want %s: %s", s.ID, i, got.URL, text(got.Listed), text(want.Listed), s.Why)
	}
	if got.Blocked != want.Blocked {
		t.Errorf("%s, step %d: %s is blocked: %t, want %t: %s", s.ID, i, got.URL, got.Blocked, want.Blocked, s.Why)
	}
	if want.Requests != nil && !reflect.DeepEqual(got.Requests, want.Requests) {
		t.Errorf("%s, step %d: %s came of\n%q, want\n%q: %s", s.ID, i, got.URL, got.Requests, want.Requests, s.Why)
	}
}

// text returns what b holds, for a message.
func text(b *scenario.Bytes) string {
	if b == nil {
		return "nothing"
	}
	return strconv.Quote(string(*b))
}

func TestRecordWithoutBrowser(t *testing.T) {
	for name, b := range browsers {
		if err := (&options{browser: b, path: "no-such-browser", thirdParty: allow, tabs: 1}).record(t.Context(), nil); err == nil {
			t.Errorf("record with no %s: no error", name)
		}
	}
}
