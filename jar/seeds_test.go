package jar_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
)

// A seedVector is a Set-Cookie line of the texts that asked for this project, with
// the draft's verdict.
type seedVector struct {
	ID    string
	Where []string // the text and the line in it
	Input string
	From  string // the URL whose response it is
	Want  string // "stored", "expired" or a Reason

	// Cookie is the cookie that is stored, or that had already expired. For an expired
	// cookie, a missing Expires matches any.
	Cookie seedCookie

	Spec []string
	Why  string

	// Disagrees is what the text says against the draft, if it does.
	Disagrees string
}

type seedCookie struct {
	Name, Value, Domain, Path, SameSite string
	HostOnly, Secure, HTTPOnly          bool
	Expires                             time.Time
}

// seeds loads testdata/seeds.json. Its lines are all 92 lines of the texts, and its claims are
// further statements of the texts.
func seeds(tb testing.TB) (vectors []seedVector, now time.Time) {
	tb.Helper()
	data, err := os.ReadFile("../testdata/seeds.json")
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Spec          string
		Now           time.Time
		Lines, Claims []seedVector
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatal(err)
	}
	places := map[string]bool{}
	for _, v := range file.Lines {
		for _, w := range v.Where {
			places[w] = true
		}
	}
	if len(places) != 92 || len(file.Claims) == 0 {
		tb.Fatalf("%d lines and %d claims: want 92, and some", len(places), len(file.Claims))
	}
	vectors = append(file.Lines, file.Claims...)
	seen := map[string]bool{}
	for _, v := range vectors {
		if v.ID == "" || v.Why == "" || len(v.Spec) == 0 || len(v.Where) == 0 || seen[v.ID] {
			tb.Fatalf("vector %q: want a unique id, a reason, a step and a place", v.ID)
		}
		seen[v.ID] = true
	}
	return vectors, file.Now
}

func TestSeeds(t *testing.T) {
	vectors, now := seeds(t)
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
			got := j.Receive(to(t, v.From), []string{v.Input})[0]
			verdict := "stored"
			switch {
			case !got.OK():
				verdict = got.Reason.String()
			case got.Removed:
				verdict = "expired"
			}
			if verdict != v.Want {
				t.Fatalf("Receive(%s, %q) = %s, want %s: %s", v.From, v.Input, verdict, v.Want, v.Why)
			}
			if kept := j.Len() == 1; kept != (v.Want == "stored") {
				t.Errorf("Receive(%s, %q): %d cookies stored, but it is %s", v.From, v.Input, j.Len(), verdict)
			}
			if !got.OK() {
				return
			}
			c := got.Cookie
			is := seedCookie{
				Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, SameSite: c.SameSite.String(),
				HostOnly: c.HostOnly, Secure: c.Secure, HTTPOnly: c.HttpOnly, Expires: c.Expires,
			}
			if got.Removed && v.Cookie.Expires.IsZero() {
				is.Expires = time.Time{}
			}
			if diff := cmp.Diff(v.Cookie, is); diff != "" {
				t.Errorf("Receive(%s, %q): cookie (-want +got):\n%s%s", v.From, v.Input, diff, v.Why)
			}
		})
	}
}
