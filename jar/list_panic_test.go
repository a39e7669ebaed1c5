package jar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"uacookie/jar"
	"uacookie/jar/internal/persist"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// panickyList panics in some of its calls.
type panickyList struct {
	asked  int
	panics func(n int) bool // whether the n-th call panics
}

func (l *panickyList) PublicSuffix(domain string) string {
	l.asked++ // a nil list panics here
	if l.panics(l.asked) {
		panic("list")
	}
	return publicsuffix.List.PublicSuffix(domain)
}

func (l *panickyList) String() string { return "panicky" }

// panicky returns a panicking list of each kind.
func panicky() map[string]jar.PublicSuffixList {
	return map[string]jar.PublicSuffixList{
		"typed nil": (*panickyList)(nil),
		"always":    &panickyList{panics: func(int) bool { return true }},
		"once":      &panickyList{panics: func(n int) bool { return n == 1 }},
		"sometimes": &panickyList{panics: func(n int) bool { return n%3 == 0 }},
		"later":     &panickyList{panics: func(n int) bool { return n > 4 }},
		"Goexit":    listFunc(func(string) string { runtime.Goexit(); return "" }),
	}
}

// within runs f, which may panic, and fails if f does not return: a lock was never released.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatalf("%s does not return: something is locked", what)
	}
}

// calls are the methods of a jar that may call the list, or wait for a method that does.
func calls(j *jar.Jar) map[string]func() {
	c := jar.Cookie{Name: "a", Domain: "shop.example", Path: "/"}
	return map[string]func(){
		"Receive":          func() { j.Receive(host("www.new.example"), []string{"n=1", "d=1; Domain=new.example"}) },
		"Receive, suffix":  func() { j.Receive(host("www.shop.example"), []string{"d=1; Domain=example"}) },
		"SetCookies":       func() { j.SetCookies(host("x.other.example").URL, []*http.Cookie{{Name: "s", Value: "1"}}) },
		"Header":           func() { j.Header(host("api.shop.example")) },
		"Header, labels":   func() { j.Header(host(strings.Repeat("a.", 200) + "shop.example")) },
		"Cookies":          func() { j.Cookies(host("api.shop.example").URL) },
		"Retrieve":         func() { j.Retrieve(host("api.shop.example")) },
		"Explain":          func() { j.Explain(host("api.shop.example")) },
		"Judge":            func() { j.Judge(c, host("www.shop.example")) },
		"Accept":           func() { j.Accept(c) },
		"Restore":          func() { persist.Of(j).Restore(c, "standard embedded") },
		"Restore, known":   func() { persist.Of(j).Restore(c, persist.Of(j).SuffixList()) },
		"Remove":           func() { j.Remove(jar.Key{Name: "no", Domain: "no.example", Path: "/"}) },
		"Delete":           func() { j.Delete(func(c jar.Cookie) bool { return c.Name == "gone" }) },
		"Clone":            func() { j.Clone().Receive(host("www.shop.example"), []string{"c=1"}) },
		"All":              func() { _ = slices.Collect(j.All()) },
		"SetSuffixList":    func() { j.SetPublicSuffixList((*panickyList)(nil)) },
		"SetSuffixList, 3": func() { j.SetPublicSuffixList(&panickyList{panics: func(n int) bool { return n == 3 }}) },
		"New":              func() { _, _ = jar.New(&jar.Options{PublicSuffixList: (*panickyList)(nil)}) },
		"Context": func() {
			j.Header(&jar.Request{URL: host("a.shop.example").URL, Context: &jar.Context{Initiator: host("b.example").URL}})
		},
		"Receive, Partition": func() { j.Receive(host("localhost"), []string{"p=1; Secure; Partitioned"}) },
		"Transport": func() {
			tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(req *http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				w.Header().Set("Set-Cookie", "t=1; Domain=tr.example")
				return w.Result(), nil
			})}
			_, _ = tr.RoundTrip(&http.Request{Method: "GET", URL: host("www.tr.example").URL, Header: http.Header{}})
		},
	}
}

// A list that panics affects only the call in progress: no lock stays held, no cookie is lost,
// and the jar works again with a list that does not panic.
func TestListPanics(t *testing.T) {
	for _, ua := range userAgents {
		for name := range panicky() {
			for _, made := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v/%s/%t", ua, name, made), func(t *testing.T) {
					list := panicky()[name]
					o := &jar.Options{UserAgent: ua}
					if made { // New gets the list
						o.PublicSuffixList = list
					}
					j := mustJar(t, o)
					fill := func() { j.Receive(host("www.shop.example"), []string{"d=1; Domain=shop.example", "h=1"}) }
					for range 8 {
						within(t, "Receive", fill)
					}
					if !made {
						before, held := persist.Of(j).SuffixList(), j.Header(host("www.shop.example"))
						if held != "d=1; h=1" {
							t.Fatalf("Header = %q, want d=1; h=1", held)
						}
						panicked := true
						within(t, "SetPublicSuffixList", func() {
							j.SetPublicSuffixList(list)
							panicked = false
						})
						if got := persist.Of(j).SuffixList(); panicked && got != before {
							t.Errorf("the list is %q after one that panicked, want that from before, %q", got, before)
						}
						if got := j.Len(); got != 2 {
							t.Errorf("%d cookies after a list that panicked, want both", got)
						}
						if panicked {
							if got := j.Header(host("www.shop.example")); got != held {
								t.Errorf("Header = %q after a list that panicked, want %q", got, held)
							}
						}
					}
					for range 4 {
						for call, f := range calls(j) {
							within(t, call, f)
						}
					}
					within(t, "SetPublicSuffixList", func() { j.SetPublicSuffixList(nil) })
					within(t, "what follows", func() {
						j.Clear()
						fill()
						if got := j.Header(host("www.shop.example")); got != "d=1; h=1" {
							t.Errorf("Header = %q with a list that works, want d=1; h=1", got)
						}
						if got := j.Header(host("api.shop.example")); got != "d=1" {
							t.Errorf("Header = %q with a list that works, want d=1", got)
						}
					})
				})
			}
		}
	}
}

// A nil *match.List means the embedded list, as nil does.
func TestNilList(t *testing.T) {
	j := mustJar(t, &jar.Options{PublicSuffixList: (*match.List)(nil)})
	check := func() {
		t.Helper()
		if v := j.Receive(host("a.co.uk"), []string{"a=1; Domain=co.uk"})[0]; v.Reason != policy.ReasonPublicSuffix {
			t.Errorf("Domain=co.uk: %v, want %v", v, policy.ReasonPublicSuffix)
		}
	}
	check()
	j.Receive(host("a.co.uk"), []string{"own=1"})
	j.SetPublicSuffixList((*match.List)(nil))
	check()
	if got := j.Header(host("a.co.uk")); got != "own=1" {
		t.Errorf("Header = %q, want own=1", got)
	}
}
