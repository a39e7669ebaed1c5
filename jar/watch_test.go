package jar_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A watcher gets every decision, in order, until it is stopped.
func TestWatch(t *testing.T) {
	var j jar.Jar
	u, _ := url.Parse("http://example.com/")
	r := &jar.Request{URL: u}
	var got []string
	stop := j.Watch(func(e jar.Event) {
		for _, v := range e.Verdicts {
			got = append(got, fmt.Sprint(e.Op, " ", v.Host, " ", v))
		}
		if (e.Request == nil) != (e.Op == jar.Accepting) || e.Time.IsZero() {
			t.Errorf("an event of %v has Request %v, Time %v", e.Op, e.Request, e.Time)
		}
	})
	j.Receive(r, []string{"a=1", "b=2; Secure", "c=3; Path=/else"})
	j.Accept(jar.Cookie{Name: "d", Value: "4", Domain: "example.com", HostOnly: true, Path: "/", Secure: true})
	j.Header(r)
	header, verdicts := j.Retrieve(r)
	stop()
	stop()
	j.Header(r)

	want := []string{
		"receiving example.com \"a\" for example.com/: ok",
		"receiving example.com \"b\" for example.com/: " + policy.ReasonInsecureOrigin.String(),
		"receiving example.com \"c\" for example.com/else: ok",
		"accepting example.com \"d\" for example.com/: ok",
		"sending example.com \"a\" for example.com/: ok",
		"sending example.com \"d\" for example.com/: " + policy.ReasonSecureOnly.String(),
	}
	want = append(want, want[4:]...) // Retrieve decides as Header does
	if !reflect.DeepEqual(got, want) {
		t.Errorf("watched\n%q\nwant\n%q", got, want)
	}
	if header != "a=1" || len(verdicts) != 2 || !verdicts[0].OK() || verdicts[1].Reason != policy.ReasonSecureOnly {
		t.Errorf("Retrieve = %q, %v", header, verdicts)
	}
}

// A watcher gets the cookies of a caller's Cookie header that a Transport drops.
func TestWatchDroppedHeader(t *testing.T) {
	var j jar.Jar
	var got []jar.Verdict
	j.Watch(func(e jar.Event) { got = append(got, e.Verdicts...) })
	first := &http.Request{URL: &url.URL{Scheme: "https", Host: "a.test"}}
	req := &http.Request{
		URL:      &url.URL{Scheme: "https", Host: "b.test"},
		Header:   http.Header{"Cookie": {"mine=1"}},
		Response: &http.Response{Request: first},
	}
	base := roundTripFunc(func(*http.Request) (*http.Response, error) { return &http.Response{}, nil })
	if _, err := (&jar.Transport{Base: base, Jar: &j}).RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Cookie.Name != "mine" || got[0].Reason != policy.ReasonCallerHeader || got[0].Host != "b.test" {
		t.Errorf("watched %v, want the dropped cookie", got)
	}
}
