package parse

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// firefoxMode is how Firefox reads.
const firefoxMode = LastWins | NSPRDates | SignedMaxAge

// Firefox was recorded to keep cookies whose Expires is later than the Date of their
// response, and those whose Expires it cannot read: so each recording tells when a date
// is, or that Firefox cannot read it.
func TestNSPRDatesAreFirefoxs(t *testing.T) {
	data, err := os.ReadFile("../../testdata/browsers/recordings/firefox/own-times.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for line := range bytes.Lines(data) {
		var s struct {
			ID    string
			Steps []struct {
				Op          string
				Lines, Date []string
				Want        *string
			}
		}
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Steps) != 2 || len(s.Steps[0].Date) != 1 || strings.HasPrefix(s.ID, "ff-clock-") {
			continue // the Date itself is the question there
		}
		v := vector[string]{ID: s.ID}
		now, err := time.Parse(time.RFC1123, s.Steps[0].Date[0])
		if err != nil {
			t.Fatal(err)
		}
		kept := strings.Split(*s.Steps[1].Want, "; ")
		for _, set := range s.Steps[0].Lines {
			l := SetCookie(v.octets(t, set), firefoxMode)
			got := l.Has&Expires == 0 || l.Expires.After(now)
			if want := slices.Contains(kept, l.Name+"="+l.Value); got != want {
				t.Errorf("%s: %q, by a server whose clock says %s, is kept: %t (as %s), want %t", s.ID, set, s.Steps[0].Date[0], got, l.Expires, want)
			}
			read++
		}
	}
	if n := testing.AllocsPerRun(10, func() { Date("Wed, 01 Mar 2028 12:00:00 GMT", firefoxMode) }); n != 0 {
		t.Errorf("a date allocates %v times, want 0", n)
	}
	if read < 800 {
		t.Errorf("%d dates, want 800 at least", read)
	}
}

// What else Firefox was recorded to do with Expires and Max-Age is what these modes do.
// With one mode less it is not.
func TestFirefoxRecordings(t *testing.T) {
	files, err := filepath.Glob("../../testdata/browsers/recordings/firefox/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	read, missed := 0, map[Mode]int{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			if bytes.Contains(line, []byte(`"date":`)) {
				continue // the server's clock is not parse's business
			}
			r, ok := readRecording(t, line)
			if !ok {
				continue
			}
			read++
			if got := r.kept(SetCookie, firefoxMode); !slices.Equal(got, r.want) {
				t.Errorf("%s: of %q Firefox kept %q, SetCookie says %q", r.id, r.lines, r.want, got)
			}
			for _, less := range []Mode{LastWins, NSPRDates, SignedMaxAge} {
				if !slices.Equal(r.kept(SetCookie, firefoxMode&^less), r.want) {
					missed[less]++
				}
			}
		}
	}
	if read < 300 {
		t.Errorf("%d recordings, want 300 at least", read)
	}
	for _, less := range []Mode{LastWins, NSPRDates, SignedMaxAge} {
		if missed[less] == 0 {
			t.Errorf("no recording differs without mode %d", less)
		}
	}
}

// No date makes the parser run on, or panic, and what it reads is in the years that NSPR
// knows.
func FuzzNSPRDate(f *testing.F) {
	for _, s := range []string{"Wed, 01 Mar 2028 12:00:00 GMT", "1/2/03 4:5 pm -0100", "30-AUG-1966", "--+-0001/", "99/0/1", "12:", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := Date(s, NSPRDates); ok && (got.Year() < -1 || got.Year() > 1<<15) {
			t.Errorf("Date(%q) = %s, which is no year that NSPR reads", s, got)
		}
	})
}
