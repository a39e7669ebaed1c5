package jar_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// left gives a jar with Firefox's rules and these limits one line a second from a.test. It
// returns the names of the cookies that are left. A name in upper case gets Secure.
func left(t *testing.T, limits jar.Limits, attributes string, lines ...string) string {
	t.Helper()
	now := time.Unix(2_000_000_000, 0)
	j := mustJar(t, &jar.Options{
		UserAgent: jar.Firefox,
		Limits:    &limits,
		Now:       func() time.Time { now = now.Add(time.Second); return now },
	})
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, "=")
		if name == strings.ToUpper(name) {
			rest += "; Secure"
		}
		j.Receive(to(t, "https://a.test/"), []string{name + "=" + rest + attributes})
	}
	var names []string
	for c := range j.All() {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// Firefox evicts cookies that are not Secure first, all if it must, and Secure ones only if
// there are no others. Priorities do not count.
func TestSecureLast(t *testing.T) {
	for _, tt := range []struct{ name, lines, want, why string }{
		{"oldest", "a b c d e f", "d e f", "the sixth removes three"},
		{"priority", "a=1;Priority=High b=1;Priority=Low c d e f", "d e f", "priorities do not count"},
		{"insecure first", "A B C d e f", "A B C f", "only two are not Secure, beside the new one"},
		{"new one", "A B C D E f", "A B C D E", "the new one is the only one that is not Secure"},
		{"all Secure", "A B C D E F", "D E F", "none is without Secure"},
		{"one insecure", "A B C D e F", "A B C D F", "one is not Secure"},
		{"overwritten", "a b c d e a f", "a e f", "the overwritten one counts as new"},
		{"another purge", "A b c d e f G", "A G e f", "more come after a purge"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := left(t, jar.Limits{Site: 5, SitePurged: 3}, "", strings.Fields(tt.lines)...); got != tt.want {
				t.Errorf("after %s: %q is left, want %q: %s", tt.lines, got, tt.want, tt.why)
			}
		})
	}
}

// A cookie that a site full of Secure ones does not keep was stored, by its verdict, and both
// changes are reported.
func TestSecureLastIsReported(t *testing.T) {
	var changes []string
	j := mustJar(t, &jar.Options{
		UserAgent: jar.Firefox,
		Limits:    &jar.Limits{Site: 2},
		Changed:   func(c jar.Change) { changes = append(changes, c.Cookie.Name+" "+c.Cause.String()) },
	})
	r := to(t, "https://a.test/")
	j.Receive(r, []string{"a=1; Secure", "b=1; Secure"})
	if v := j.Receive(r, []string{"c=1"})[0]; !v.OK() {
		t.Errorf("the verdict is %s, want it stored", v)
	}
	want := []string{"a stored", "b stored", "c stored", "c evicted"}
	if !slices.Equal(changes, want) {
		t.Errorf("changes %q, want %q", changes, want)
	}
	if got := j.Header(r); got != "a=1; b=1" {
		t.Errorf("Header = %q, want a=1; b=1", got)
	}
}

// Firefox purges a partition of too many cookies as it purges a site.
func TestPartitionPurgedAsSite(t *testing.T) {
	limits := jar.Limits{PartitionCount: 5, SitePurged: 3}
	if got := left(t, limits, "; Secure; Partitioned", "a", "b", "c", "d", "e"); got != "a b c d e" {
		t.Errorf("at the limit: %q is left, want all", got)
	}
	if got := left(t, limits, "; Secure; Partitioned", "a", "b", "c", "d", "e", "f"); got != "d e f" {
		t.Errorf("past the limit: %q is left, want d e f, as SitePurged says", got)
	}
}

// In Firefox, a partition may exceed PartitionBytes by a fifth. Past that it is purged to
// PartitionBytes, the least recently accessed first.
func TestPartitionBytesExceeded(t *testing.T) {
	value := "=" + strings.Repeat("x", 19) // with a name of one byte, 20
	lines := []string{"a" + value, "b" + value, "c" + value, "d" + value, "e" + value, "f" + value}
	limits := jar.Limits{PartitionBytes: 100}
	if got := left(t, limits, "; Secure; Partitioned", lines...); got != "a b c d e f" {
		t.Errorf("with 120 bytes: %q is left, want all: that is a fifth more", got)
	}
	if got := left(t, limits, "; Secure; Partitioned", append(lines, "g=")...); got != "c d e f g" {
		t.Errorf("with 121 bytes: %q is left, want c d e f g: those have 81 bytes, and b would make 101", got)
	}
}
