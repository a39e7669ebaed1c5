package jar_test

import (
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// Limits.SecureLast: cookies that are not Secure go first, all if they must, and Secure ones
// only where there are no others. Priorities mean nothing.
func TestSecureLast(t *testing.T) {
	for _, tt := range []struct{ lines, want, why string }{
		{"a b c d e f", "d e f", "the sixth removes three"},
		{"a;Priority=High b;Priority=Low c d e f", "d e f", "priorities mean nothing"},
		{"A B C d e f", "A B C f", "only two are not Secure, beside the new one"},
		{"A B C D E f", "A B C D E", "the new one is the only one that is not Secure"},
		{"A B C D E F", "D E F", "there is none that is not Secure"},
		{"A B C D e F", "A B C D F", "one is not Secure"},
		{"a b c d e a f", "e a f", "an overwritten one is as good as new"},
		{"A b c d e f G", "A e f G", "more come"},
	} {
		now := time.Unix(2_000_000_000, 0)
		j := mustJar(t, &jar.Options{
			UserAgent: jar.Firefox,
			Limits:    &jar.Limits{Site: 5, SitePurged: 3, SecureLast: true},
			Now:       func() time.Time { now = now.Add(time.Second); return now },
		})
		for line := range strings.FieldsSeq(tt.lines) {
			name, rest, _ := strings.Cut(line, ";")
			if name == strings.ToUpper(name) {
				rest += "; Secure"
			}
			j.Receive(to(t, "https://a.test/"), []string{name + "=1; " + rest})
		}
		got := map[string]bool{}
		for c := range j.All() {
			got[c.Name] = true
		}
		want := strings.Fields(tt.want)
		ok := len(got) == len(want)
		for _, name := range want {
			ok = ok && got[name]
		}
		if !ok {
			t.Errorf("%s: left %v, want %v: %s", tt.lines, got, want, tt.why)
		}
	}
}

// A partition past PartitionBytes is cut to PartitionBytesPurged, the oldest first.
func TestPartitionBytesPurged(t *testing.T) {
	now := time.Unix(2_000_000_000, 0)
	j := mustJar(t, &jar.Options{
		Limits: &jar.Limits{PartitionBytes: 100, PartitionBytesPurged: 50},
		Now:    func() time.Time { now = now.Add(time.Second); return now },
	})
	set := func(name string, size int) {
		j.Receive(to(t, "https://a.test/"), []string{name + "=" + strings.Repeat("x", size-1) + "; Secure; Partitioned"})
	}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		set(name, 20)
	}
	if got := j.Len(); got != 5 {
		t.Fatalf("%d cookies of 100 bytes together, want all five", got)
	}
	set("f", 20)
	var left []string
	for c := range j.All() {
		left = append(left, c.Name)
	}
	if len(left) != 2 || !strings.Contains(strings.Join(left, ""), "e") || !strings.Contains(strings.Join(left, ""), "f") {
		t.Errorf("left %v, want e and f", left)
	}
}
