package jar_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// Every hook may call the jar's methods: no lock is held.
func TestHooksCallBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a deadlock fails at once
		var j *jar.Jar
		calls := map[string]int{}
		r := to(t, "https://a.test/")
		callBack := func(hook string) {
			if calls[hook]++; calls[hook] > 1 {
				return // what it does below calls it again
			}
			j.SetCookies(r.URL, []*http.Cookie{{Name: "by-" + hook, Value: "1"}})
			j.Receive(r, []string{"also-by-" + hook + "=1; Max-Age=100"})
			j.Accept(jar.Cookie{Name: "accepted", Domain: "a.test", HostOnly: true, Path: "/"})
			for range j.All() {
				j.Len()
			}
			askAll(j, r)
			j.Delete(func(c jar.Cookie) bool { return c.Name == "accepted" })
			j.Remove(jar.Key{Name: "accepted", Domain: "a.test", HostOnly: true, Path: "/"})
			j.EndSession()
			j.Clone()
			j.SetPublicSuffixList(nil)
			j.Clear()
		}
		j = mustJar(t, &jar.Options{
			Refused:  func(*jar.Refusal) { callBack("Refused") },
			Withheld: func(*jar.Refusal) { callBack("Withheld") },
			Changed:  func(jar.Change) { callBack("Changed") },
		})
		j.Receive(r, []string{"bad=1; Domain=b.test", "good=1"})
		j.Receive(r, []string{"strict=1; SameSite=Strict"})
		cross := to(t, "https://a.test/")
		cross.Context = &jar.Context{Initiator: testkit.URL(t, "https://b.test/")}
		j.Header(cross)
		for _, hook := range []string{"Refused", "Withheld", "Changed"} {
			if calls[hook] == 0 {
				t.Errorf("Options.%s was never called", hook)
			}
		}
	})
}

// Each change is reported once, with its cause, in the order of its site.
func TestChanged(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	j := mustJar(t, &jar.Options{
		Limits: &jar.Limits{Site: 2},
		Now:    func() time.Time { return now },
		Changed: func(c jar.Change) {
			got = append(got, fmt.Sprintf("%s %s=%s", c.Cause, c.Cookie.Name, c.Cookie.Value))
		},
	})
	r := to(t, "https://www.a.test/")
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"insert", func() { j.Receive(r, []string{"a=1"}) }, []string{"stored a=1"}},
		{"overwrite", func() { j.Receive(r, []string{"a=2"}) }, []string{"overwritten a=1", "stored a=2"}},
		{"refused", func() { j.Receive(r, []string{"a=3; Domain=b.test"}) }, nil},
		{"delete by the server", func() { j.Receive(r, []string{"a=; Max-Age=0"}) }, []string{"expired-overwrite a=2"}},
		{"delete what is not there", func() { j.Receive(r, []string{"a=; Max-Age=0"}) }, nil},
		{"short-lived", func() { j.Receive(r, []string{"b=1; Max-Age=10"}) }, []string{"stored b=1"}},
		{"time passes", func() { now = now.Add(10 * time.Second); j.Header(r) }, nil},
		{"write to the site", func() { j.Receive(r, []string{"c=1"}) }, []string{"expired b=1", "stored c=1"}},
		{"delete by the owner", func() { j.Delete(func(c jar.Cookie) bool { return c.Name == "c" }) }, []string{"deleted c=1"}},
		{"three where two may be", func() { j.Receive(r, []string{"d=1", "e=1", "f=1"}) },
			[]string{"stored d=1", "stored e=1", "stored f=1", "evicted d=1"}},
		{"end of session", func() { j.EndSession() }, []string{"deleted e=1", "deleted f=1"}},
		{"short-lived again", func() { j.Receive(r, []string{"g=1; Max-Age=10"}) }, []string{"stored g=1"}},
		{"expired, by call", func() { now = now.Add(time.Hour); j.Delete(none) }, []string{"expired g=1"}},
		{"domain cookie", func() { j.Receive(r, []string{"h=1; Domain=a.test", "i=1"}) }, []string{"stored h=1", "stored i=1"}},
		{"another list", func() {
			list, err := match.ParseList(strings.NewReader("test\na.test\n"), "with a.test")
			if err != nil {
				t.Fatal(err)
			}
			if gone := j.SetPublicSuffixList(list); len(gone) != 1 || gone[0].Name != "h" {
				t.Errorf("SetPublicSuffixList = %v, want the cookie h", gone)
			}
		}, []string{"disowned h=1"}},
		{"clear", func() { j.Clear() }, []string{"deleted i=1"}},
		{"clear nothing", func() { j.Clear() }, nil},
		{"accept", func() {
			j.Accept(jar.Cookie{Name: "k", Value: "1", Domain: "www.a.test", HostOnly: true, Path: "/"})
		}, []string{"stored k=1"}},
	}
	for _, step := range steps {
		got = nil
		step.do()
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", step.name, diff)
		}
	}
}

// With concurrent writers, the changes of each site are reported in order, by one call at a
// time.
func TestChangedOrder(t *testing.T) {
	const writes = 200
	seen := map[string][]string{} // guarded by "one goroutine at a time"
	j := mustJar(t, &jar.Options{Changed: func(c jar.Change) {
		if c.Cause == store.CauseStored {
			seen[c.Cookie.Domain] = append(seen[c.Cookie.Domain], c.Cookie.Value)
		}
	}})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			r := &jar.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("s%d.test", i)}}
			for n := range writes {
				j.Receive(r, []string{fmt.Sprintf("n=%d", n)})
			}
		})
	}
	wg.Wait()
	want := make([]string, writes)
	for n := range want {
		want[n] = fmt.Sprint(n)
	}
	for i := range 4 {
		host := fmt.Sprintf("s%d.test", i)
		if !slices.Equal(seen[host], want) {
			t.Errorf("%s: %d insertions reported: %v, want 0 to %d in order", host, len(seen[host]), seen[host], writes-1)
		}
	}
}
