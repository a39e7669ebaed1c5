package jar_test

import (
	"fmt"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/persist"
	"uacookie/jar/match"
)

// A countingList is the list with the one rule "*", and counts its calls.
type countingList struct {
	name  string
	asked *int
}

func (l countingList) PublicSuffix(domain string) string {
	*l.asked++
	return new(match.List).PublicSuffix(domain)
}

func (l countingList) String() string { return l.name }

// A cookie is looked up in the public suffix list again unless the same list, read
// by the same user agent, has admitted it.
func TestRestore(t *testing.T) {
	asked := 0
	list := countingList{"list 1", &asked}
	j := mustJar(t, &jar.Options{PublicSuffixList: list})
	domain := jar.Cookie{Name: "a", Value: "1", Domain: "example.com", Path: "/"}
	suffix := jar.Cookie{Name: "a", Value: "1", Domain: "com", Path: "/"}
	restore := func(c jar.Cookie, list string) (v jar.Verdict, lookups int) {
		asked = 0
		v = persist.Of(j).Restore(c, list)
		return v, asked
	}
	_, most := restore(domain, "")
	v, fewer := restore(domain, persist.Of(j).SuffixList())
	if !v.OK() || fewer >= most {
		t.Errorf("Restore looked up %d times by the same list and %d by none, want fewer; %v", fewer, most, v)
	}
	accepted := persist.Of(j).SuffixList()
	for _, test := range []struct {
		list string
		ok   bool
		why  string
	}{
		{accepted, true, "the same list, read by the same user agent, is trusted"},
		{"", false, "no list is known"},
		{"standard list 2", false, "it is another list"},
		{"chromium list 1", false, "another user agent read it"},
		{"list 1", false, "the user agent is not known"},
	} {
		t.Run(test.why, func(t *testing.T) {
			j := mustJar(t, &jar.Options{PublicSuffixList: list})
			if v := persist.Of(j).Restore(suffix, test.list); v.OK() != test.ok {
				t.Errorf("Restore(%v, %q) = %v, want ok %t: %s", suffix, test.list, v, test.ok, test.why)
			}
		})
	}
	bad := domain
	bad.Path = "nowhere"
	if v := persist.Of(j).Restore(bad, persist.Of(j).SuffixList()); v.OK() {
		t.Errorf("Restore of a path without a slash = %v, want a refusal: all rules but one hold", v)
	}

	nameless := mustJar(t, &jar.Options{PublicSuffixList: countingList{"", &asked}})
	if got := persist.Of(nameless).SuffixList(); got != "" {
		t.Errorf("SuffixList for a list without a name = %q, want empty", got)
	}
	if v := persist.Of(nameless).Restore(suffix, ""); v.OK() {
		t.Error("Restore trusted a list without a name")
	}
}

// Restore keeps all times and the order.
func TestRestoreTimes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
	want := jar.Cookie{
		Name: "a", Value: "1", Domain: "example.com", HostOnly: true, Path: "/",
		Expires: now.Add(time.Hour), Created: now.Add(-time.Hour), LastAccess: now.Add(-time.Minute), Order: 7,
	}
	if v := persist.Of(j).Restore(want, ""); v.Cookie != want {
		t.Errorf("Restore = %#v, want what went in", v.Cookie.LogValue())
	}
	for got := range j.All() {
		if got.Order != want.Order || !got.Created.Equal(want.Created) || !got.LastAccess.Equal(want.LastAccess) {
			t.Errorf("the jar has order %d, created %v, accessed %v", got.Order, got.Created, got.LastAccess)
		}
	}
}

// The function given to Record is called for each change, before Options.Changed and with the
// list by which the cookie was taken, but not for the changes of a clone.
func TestRecord(t *testing.T) {
	asked := 0
	list := countingList{"list 1", &asked}
	var got []string
	note := func(who string, c jar.Change, list string) {
		got = append(got, fmt.Sprint(who, " ", c.Cause, " ", c.Cookie.Name, " ", list))
	}
	j := mustJar(t, &jar.Options{
		PublicSuffixList: list,
		Changed:          func(c jar.Change) { note("user", c, "") },
	})
	persist.Of(j).Record(func(c jar.Change, list string) { note("record", c, list) })
	c := jar.Cookie{Name: "a", Value: "1", Domain: "example.com", Path: "/"}
	j.Accept(c)
	if !j.Remove(c.Key()) || j.Remove(c.Key()) {
		t.Error("Remove: want true for a cookie that is there, then false")
	}
	j.SetPublicSuffixList(list) // the same list, but the jar cannot tell
	c.Name = "b"
	j.Accept(c)
	j.Clone().Clear()
	if err := persist.Of(j).Settle(t.Context()); err != nil {
		t.Errorf("Settle = %v", err)
	}
	want := []string{
		"record stored a standard list 1", "user stored a ",
		"record deleted a standard list 1", "user deleted a ",
		"record stored b ", "user stored b ",
		"user deleted b ",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("changes:\n%q\nwant\n%q", got, want)
	}
}
