package jar_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// The first MaxReceived cookies of a response are stored, and the others are reported.
func TestMaxReceived(t *testing.T) {
	for _, tt := range []struct {
		max, sent, want int
		why             string
	}{
		{0, 10_000, 3000, "zero means as many as net/http reads"},
		{5, 10_000, 5, "the owner's bound"},
		{-1, 3500, 3500, "below zero there is no bound"},
		{7000, 3500, 3500, "the bound was not reached"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			lines := make([]string, tt.sent)
			for i := range lines {
				lines[i] = fmt.Sprintf("c%d=%d", i, i)
			}
			refused := 0
			w := newWitness(t, &jar.Options{
				MaxReceived: tt.max, Limits: &jar.Limits{},
				Refused: func(r *jar.Refusal) {
					if !errors.Is(r, policy.ReasonTooMany) {
						t.Errorf("refused: %v, want %v", r, policy.ReasonTooMany)
					}
					refused++
				},
			})
			before := w.Len()
			verdicts := w.Receive(to(t, "https://a.test/"), lines)
			if len(verdicts) != tt.sent {
				t.Fatalf("MaxReceived %d: %d verdicts, want one for each of %d lines", tt.max, len(verdicts), tt.sent)
			}
			for i, v := range verdicts {
				if v.OK() != (i < tt.want) {
					t.Errorf("MaxReceived %d: line %d: %v, want the first %d kept: %s", tt.max, i, v, tt.want, tt.why)
					break
				}
			}
			if got := w.Len() - before; got != tt.want || refused != tt.sent-tt.want {
				t.Errorf("MaxReceived %d: %d stored and %d refused, want %d and %d: %s", tt.max, got, refused, tt.want, tt.sent-tt.want, tt.why)
			}
			w.check(t, "after a flood")
		})
	}
}

// A flood costs only the site that sends it, with the default limits.
func TestFloodStaysAtItsSite(t *testing.T) {
	w := newWitness(t, nil)
	r := to(t, "https://flood.test/")
	for i := range 1000 {
		w.Receive(r, []string{fmt.Sprintf("c%d=1", i)})
	}
	if got := len(sentBy(w.Jar, r)); got < 1 || got > 180 {
		t.Errorf("%d cookies of the flood are kept, want 1 to 180", got)
	}
	w.check(t, "after a flood")
}

// With a limit on what is sent, the cookies that sort first are sent.
func TestMaxSent(t *testing.T) {
	lines := []string{"first=1", "second=22", "third=3", "long=1; Path=/dir"}
	tests := []struct {
		name              string
		count, bytes      int
		want, wantDropped string
	}{
		{"no-bound", 0, 0, "long=1; first=1; second=22; third=3", ""},
		{"below-zero", -1, -1, "long=1; first=1; second=22; third=3", ""},
		{"count", 2, 0, "long=1; first=1", "second third"},
		{"count-one", 1, 0, "long=1", "first second third"},
		{"bytes-exact", 0, len("long=1; first=1"), "long=1; first=1", "second third"},
		{"bytes-one-less", 0, len("long=1; first=1") - 1, "long=1", "first second third"},
		{"bytes-nothing-small-slips-in", 0, len("long=1; first=1; third=3"), "long=1; first=1", "second third"},
		{"bytes-none-fits", 0, 3, "", "long first second third"},
		{"both", 3, len("long=1; first=1"), "long=1; first=1", "second third"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var dropped []string
			w := newWitness(t, nil)
			j := mustJar(t, &jar.Options{MaxSent: tt.count, MaxSentBytes: tt.bytes, Withheld: func(r *jar.Refusal) {
				if !errors.Is(r, policy.ReasonSendLimit) {
					t.Errorf("withheld: %v, want %v", r, policy.ReasonSendLimit)
				}
				dropped = append(dropped, r.Name)
			}})
			r := to(t, "https://a.test/dir/")
			j.Receive(to(t, "https://a.test/"), lines)
			if got := j.Header(r); got != tt.want {
				t.Errorf("MaxSent %d, MaxSentBytes %d: Header = %q, want %q", tt.count, tt.bytes, got, tt.want)
			}
			if got := strings.Join(dropped, " "); got != tt.wantDropped {
				t.Errorf("MaxSent %d, MaxSentBytes %d: withheld %q, want %q", tt.count, tt.bytes, got, tt.wantDropped)
			}
			if got := j.Len(); got != len(lines) {
				t.Errorf("%d cookies left in the jar, want %d: what is not sent is not lost", got, len(lines))
			}
			var sent []string
			for _, c := range sentBy(j, r) {
				sent = append(sent, c.Name+"="+c.Value)
			}
			if got := strings.Join(sent, "; "); got != tt.want {
				t.Errorf("Select has %q, want what Header has, %q", got, tt.want)
			}
			w.check(t, "")
		})
	}
}
