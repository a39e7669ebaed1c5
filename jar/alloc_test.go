package jar_test

import (
	"fmt"
	"net/http"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// Reading a cookie-string into a buffer does not allocate. Cookies for net/http cost the two
// slices that hold them. Replacing a cookie costs a page now and then, and its verdict does
// not escape unless the caller keeps it.
func TestAllocations(t *testing.T) {
	j := mustJar(t, nil)
	u, unknown := testkit.URL(t, "https://www.example.com/a/b"), testkit.URL(t, "https://www.example.org/")
	for i := range 10 {
		j.Receive(&jar.Request{URL: u}, []string{fmt.Sprintf("name%d=value%d; Secure; Path=/", i, i)})
	}
	known, other := &jar.Request{URL: u}, &jar.Request{URL: unknown}
	buf := make([]byte, 0, 1024)
	line := []string{"name1=another; Secure; Path=/"}
	for _, test := range []struct {
		name string
		most float64
		f    func()
	}{
		{"AppendHeader", 0, func() { buf = j.AppendHeader(buf[:0], known) }},
		{"AppendHeader for a host without cookies", 0, func() { buf = j.AppendHeader(buf[:0], other) }},
		{"Header", 1, func() { _ = j.Header(known) }},
		{"Cookies", 2, func() { _ = j.Cookies(u) }},
		{"Receive of one line", 0, func() {
			if v := j.Receive(known, line); v[0].Reason != 0 {
				t.Error(v[0].Err())
			}
		}},
	} {
		if got := testing.AllocsPerRun(100, test.f); got > test.most {
			t.Errorf("%s allocates %v times, want at most %v", test.name, got, test.most)
		}
	}
}

// A hook for withheld cookies costs no allocation while none is withheld, and a watched header
// costs one: the slice of its verdicts, with the copy of the request.
func TestAllocationsObserved(t *testing.T) {
	withheld := 0
	for _, test := range []struct {
		name  string
		most  float64
		o     jar.Options
		watch bool
	}{
		{"with Withheld", 0, jar.Options{Withheld: func(*jar.Refusal) { withheld++ }}, false},
		{"watched", 1, jar.Options{}, true},
	} {
		j := mustJar(t, &test.o)
		if test.watch {
			j.Watch(func(jar.Event) {})
		}
		r := &jar.Request{URL: testkit.URL(t, "https://www.example.com/a/b")}
		for i := range 10 {
			j.Receive(r, []string{fmt.Sprintf("name%d=value%d; Secure; Path=/", i, i)})
		}
		buf := make([]byte, 0, 1024)
		if got := testing.AllocsPerRun(100, func() { buf = j.AppendHeader(buf[:0], r) }); got > test.most {
			t.Errorf("AppendHeader %s allocates %v times, want at most %v", test.name, got, test.most)
		}
		if withheld != 0 {
			t.Errorf("%d cookies were withheld, want none", withheld)
		}
	}
}

// The fast path of a header leaves cookies to the slow path that reports them, of all the sites
// of a host, and sends the same.
func TestWithheldByFastPath(t *testing.T) {
	var withheld []string
	j := mustJar(t, &jar.Options{Withheld: func(r *jar.Refusal) { withheld = append(withheld, r.Name) }})
	plain := mustJar(t, nil)
	for _, j := range []*jar.Jar{j, plain} {
		j.Receive(&jar.Request{URL: testkit.URL(t, "https://www.example.com/")}, []string{
			"a=1; Path=/", "b=2; Path=/; Secure", "c=3; Path=/; Secure; SameSite=None; Partitioned", "d=4; Path=/", "e=5; Path=/; Secure",
		})
	}
	for _, test := range []struct{ url, header, withheld string }{
		{"https://www.example.com/", "a=1; b=2; c=3; d=4; e=5", "[]"},
		{"http://www.example.com/", "a=1; d=4", "[b e]"}, // c is in a partition of another scheme
		{"http://www.example.org/", "", "[]"},
	} {
		r := &jar.Request{URL: testkit.URL(t, test.url)}
		withheld = nil
		if got := j.Header(r); got != test.header || plain.Header(r) != test.header {
			t.Errorf("Header for %s = %q with a hook and %q without it, want %q", test.url, got, plain.Header(r), test.header)
		}
		if fmt.Sprint(withheld) != test.withheld {
			t.Errorf("for %s, %v were withheld, want %s", test.url, withheld, test.withheld)
		}
	}
}

// A request through a Transport that carries cookies, and whose response sets some, costs seven
// allocations: the copy of the request with its context and header, and the cookie-string.
func TestAllocationsTransport(t *testing.T) {
	j := mustJar(t, nil)
	req, err := http.NewRequest("GET", "https://www.example.com/a/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		j.Receive(&jar.Request{URL: req.URL}, []string{fmt.Sprintf("name%d=value%d; Secure; Path=/", i, i)})
	}
	req.Header.Set("Accept", "*/*")
	response := &http.Response{Header: http.Header{"Set-Cookie": {"name1=value1; Secure; Path=/", "name2=value2; Secure; Path=/"}}}
	sent := ""
	tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(out *http.Request) (*http.Response, error) {
		response.Request, sent = out, out.Header.Get("Cookie")
		return response, nil
	})}
	got := testing.AllocsPerRun(100, func() {
		if _, err := tr.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	})
	if got > 7 {
		t.Errorf("RoundTrip allocates %v times, want at most 7", got)
	}
	if len(sent) != 10*len("name0=value0; ")-len("; ") {
		t.Errorf("sent %q, want ten cookies", sent)
	}
}
