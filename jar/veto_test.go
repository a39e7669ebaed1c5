package jar_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/policy"
)

// vetoing returns options with a veto on the cookies named "no", and where it was asked.
func vetoing(on jar.Op) (*jar.Options, *[]string) {
	var asked []string
	return &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
		asked = append(asked, op.String()+" "+c.Name)
		return op == on && c.Name == "no"
	}}, &asked
}

// A veto keeps a cookie out on each way in, and is the reason that is reported.
func TestVetoStore(t *testing.T) {
	u := testkit.URL(t, "https://www.example.com/")
	lines := []string{"no=1", "yes=1"}
	for _, tt := range []struct {
		name string
		op   jar.Op
		in   func(*jar.Jar)
	}{
		{"Receive", jar.Receiving, func(j *jar.Jar) { j.Receive(&jar.Request{URL: u}, lines) }},
		{"SetCookies", jar.Receiving, func(j *jar.Jar) {
			j.SetCookies(u, []*http.Cookie{{Name: "no", Value: "1"}, {Name: "yes", Value: "1"}})
		}},
		{"Accept", jar.Accepting, func(j *jar.Jar) {
			for _, name := range []string{"no", "yes"} {
				j.Accept(jar.Cookie{Name: name, Value: "1", Domain: u.Host, HostOnly: true, Path: "/"})
			}
		}},
		{"script", jar.Receiving, func(j *jar.Jar) {
			j.Receive(&jar.Request{URL: u, Context: &jar.Context{Script: true}}, lines)
		}},
		{"partition", jar.Receiving, func(j *jar.Jar) {
			j.Receive(&jar.Request{URL: u}, []string{"no=1; Secure; Partitioned", "yes=1; Secure; Partitioned"})
		}},
		{"Load", jar.Accepting, func(j *jar.Jar) {
			other := mustJar(t, nil)
			other.Receive(&jar.Request{URL: u}, lines)
			var b bytes.Buffer
			if err := cookiefile.Write(&b, other.All(), nil); err != nil {
				t.Fatal(err)
			}
			if n, err := cookiefile.Load(j, &b, nil); n != 1 || err == nil || !strings.Contains(err.Error(), "veto-store") {
				t.Errorf("Load = %d, %v, want one loaded and one refused", n, err)
			}
		}},
		{"Transport", jar.Receiving, func(j *jar.Jar) {
			tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				return &http.Response{Body: http.NoBody, Request: r, Header: http.Header{"Set-Cookie": lines}}, nil
			})}
			if _, err := tr.RoundTrip(newRequest(t, t.Context(), "GET", u.String(), "")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, asked := vetoing(tt.op)
			var refused []string
			o.Refused = func(r *jar.Refusal) { refused = append(refused, r.Error()) }
			j := mustJar(t, o)
			var seen []jar.Verdict
			j.Watch(func(e jar.Event) { seen = append(seen, e.Verdicts...) })
			tt.in(j)
			if got := strings.Join(*asked, ", "); got != fmt.Sprintf("%v no, %v yes", tt.op, tt.op) {
				t.Errorf("it was asked %q, want once about each", got)
			}
			if want := []string{`cookie "no" from www.example.com refused: veto-store`}; !slices.Equal(refused, want) {
				t.Errorf("refused %q, want %q", refused, want)
			}
			if j.Len() != 1 || len(seen) != 2 || seen[0].Reason != policy.ReasonVetoStore || !seen[1].OK() {
				t.Errorf("%d stored, by the verdicts %v", j.Len(), seen)
			}
			for i, v := range seen {
				steps := v.Steps()
				if k := slices.IndexFunc(steps, func(s jar.Step) bool { return s.Rule == policy.ReasonVetoStore }); k < 0 || steps[k].Broken != (i == 0) {
					t.Errorf("the steps of %v are %v, want the veto among them", v, steps)
				}
			}
		})
	}
}

// A veto is asked after the rules, and once about a cookie: the cookie that it gets has its
// domain settled, and the reason of a refused one stays.
func TestVetoComesLast(t *testing.T) {
	var asked []string
	j := mustJar(t, &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
		asked = append(asked, c.String())
		return true
	}})
	for _, tt := range []struct {
		url, line string
		want      jar.Reason
		asked     string
	}{
		{"https://www.example.co.uk/", "a=1; Domain=co.uk", policy.ReasonPublicSuffix, ""},
		{"https://www.example.co.uk/", "a=1; Domain=other.co.uk", policy.ReasonDomainMismatch, ""},
		{"https://www.example.co.uk/", "a=1; Domain=example.co.uk", policy.ReasonVetoStore, `"a" for *.example.co.uk/`},
		{"https://co.uk/", "a=1; Domain=co.uk", policy.ReasonVetoStore, `"a" for co.uk/`}, // host-only
		{"https://www.example.com/", "__Host-a=1", policy.ReasonHostPrefix, ""},
		{"http://www.example.com/", "a=1; Max-Age=0", policy.ReasonVetoStore, `"a" for www.example.com/`},
	} {
		asked = nil
		v := j.Receive(to(t, tt.url), []string{tt.line})[0]
		if v.Reason != tt.want || strings.Join(asked, " ") != tt.asked {
			t.Errorf("%s from %s: %v, asked about %q, want %v and %q", tt.line, tt.url, v, asked, tt.want, tt.asked)
		}
	}
}

// A veto withholds a cookie on each way out, and those that look give it as the reason. The
// cookie stays in the jar.
func TestVetoSend(t *testing.T) {
	r := to(t, "https://www.example.com/")
	for _, tt := range []struct {
		name string
		out  func(*jar.Jar) string
	}{
		{"Header", func(j *jar.Jar) string { return j.Header(r) }},
		{"Retrieve", func(j *jar.Jar) string { h, _ := j.Retrieve(r); return h }},
		{"script", func(j *jar.Jar) string {
			return j.Header(&jar.Request{URL: r.URL, Context: &jar.Context{Script: true}})
		}},
		{"Cookies", func(j *jar.Jar) (all string) {
			for _, c := range j.Cookies(r.URL) {
				all += c.String()
			}
			return all
		}},
		{"Transport", func(j *jar.Jar) (sent string) {
			tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				sent = r.Header.Get("Cookie")
				return &http.Response{Body: http.NoBody, Request: r}, nil
			})}
			if _, err := tr.RoundTrip(newRequest(t, t.Context(), "GET", r.URL.String(), "")); err != nil {
				t.Error(err)
			}
			return sent
		}},
		{"Clone", func(j *jar.Jar) string { return j.Clone().Header(r) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, asked := vetoing(jar.Sending)
			var withheld []string
			o.Withheld = func(r *jar.Refusal) { withheld = append(withheld, r.Error()) }
			o.MaxSent = 1 // a vetoed cookie does not count
			j := mustJar(t, o)
			j.Receive(r, []string{"no=1", "yes=1"})
			*asked = nil
			if got := tt.out(j); got != "yes=1" {
				t.Errorf("sent %q, want yes=1", got)
			}
			if got := strings.Join(*asked, ", "); got != "sending no, sending yes" {
				t.Errorf("it was asked %q, want once about each", got)
			}
			if want := []string{`cookie "no" withheld from www.example.com: veto-send`}; !slices.Equal(withheld, want) {
				t.Errorf("withheld %q, want %q", withheld, want)
			}
			if j.Len() != 2 {
				t.Errorf("%d cookies are left, want both", j.Len())
			}
			_, retrieved := j.Retrieve(r)
			for i, verdicts := range [][]jar.Verdict{retrieved, j.Explain(r), {j.Judge(retrieved[0].Cookie, r), j.Judge(retrieved[1].Cookie, r)}} {
				if len(verdicts) != 2 || verdicts[0].Reason != policy.ReasonVetoSend || !verdicts[1].OK() {
					t.Errorf("by method %d the verdicts are %v, want only the first vetoed", i, verdicts)
				}
				for k, v := range verdicts {
					if last := v.Steps()[len(v.Steps())-1]; last.Rule != policy.ReasonVetoSend || last.Broken != (k == 0) {
						t.Errorf("by method %d the last step of %v is %v, want the veto", i, v, last)
					}
				}
			}
		})
	}
}

// A veto that allows all changes nothing, and is not asked about what the rules withhold.
func TestVetoAllows(t *testing.T) {
	o, asked := vetoing(jar.Accepting)
	j := mustJar(t, o)
	r := to(t, "http://www.example.com/")
	j.Receive(to(t, "https://www.example.com/"), []string{"a=1", "b=1; Secure", "c=1; Path=/dir"})
	*asked = nil
	if got := j.Header(r); got != "a=1" || !slices.Equal(*asked, []string{"sending a"}) {
		t.Errorf("Header = %q, asked %q, want a=1 and only about a", got, *asked)
	}
	if j.Header(nil) != "" || len(j.Explain(nil)) != 0 || j.Judge(jar.Cookie{}, nil).OK() {
		t.Error("no request has no cookies")
	}
	if v := j.Receive(nil, []string{"a=1"})[0]; v.Reason != policy.ReasonScheme {
		t.Errorf("Receive without a request: %v, want %v", v, policy.ReasonScheme)
	}
}

// A cookie that the veto withholds does not come back as the caller's own from a second jar
// that stored it too, while a cookie of the caller's own is not the jar's to decide on.
func TestVetoSecondJar(t *testing.T) {
	o, _ := vetoing(jar.Sending)
	j := mustJar(t, o)
	j.Receive(to(t, "https://www.example.com/"), []string{"no=1"})
	for own, want := range map[string]string{"no=1": "", "no=own": "no=own", "own=1": "own=1"} {
		got := "nothing"
		tr := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			got = r.Header.Get("Cookie")
			return &http.Response{Body: http.NoBody, Request: r}, nil
		})}
		req := newRequest(t, t.Context(), "GET", "https://www.example.com/", "")
		req.Header.Set("Cookie", own)
		if _, err := tr.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("with the caller's %q, %q was sent, want %q", own, got, want)
		}
	}
}

// The veto may change its mind, call the jar, and see the request.
func TestVetoCallsBack(t *testing.T) {
	var j *jar.Jar
	consent := false
	j = mustJar(t, &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
		if r == nil || r.URL.Host != "www.example.com" {
			t.Errorf("%v: the request is %v", op, r)
		}
		j.Len()
		j.Remove(c.Key())
		return !consent
	}})
	r := to(t, "https://www.example.com/")
	j.Receive(r, []string{"a=1"})
	consent = true
	j.Receive(r, []string{"b=1"})
	if j.Len() != 1 {
		t.Errorf("%d cookies, want the one that came after consent", j.Len())
	}
	if got := j.Header(r); got != "b=1" {
		t.Errorf("Header = %q: what the veto removed while it was asked is sent this once, want b=1", got)
	}
}

// Asking a veto costs one allocation for a request: the copy that it is given.
func TestVetoAllocations(t *testing.T) {
	j := mustJar(t, &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool { return c.Domain == "blocked.test" }})
	r := to(t, "https://www.example.com/a/b")
	for i := range 10 {
		j.Receive(r, []string{fmt.Sprintf("name%d=value%d; Secure; Path=/", i, i)})
	}
	buf := make([]byte, 0, 1024)
	if got := testing.AllocsPerRun(100, func() { buf = j.AppendHeader(buf[:0], r) }); got > 1 {
		t.Errorf("AppendHeader allocates %v times, want at most 1", got)
	}
}

// A veto that replaces the public suffix list at each question is asked once about a cookie,
// and the cookie is stored by the new list.
func TestVetoReplacesList(t *testing.T) {
	var j *jar.Jar
	asked := 0
	j = mustJar(t, &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
		if asked++; asked > 10 {
			panic("Receive asks without end")
		}
		j.SetPublicSuffixList(nil)
		return false
	}})
	v := j.Receive(to(t, "https://www.example.com/"), []string{"a=1; Domain=example.com"})[0]
	steps := v.Steps()
	if !v.OK() || asked != 1 || j.Len() != 1 || !slices.ContainsFunc(steps, func(s jar.Step) bool { return s.Rule == policy.ReasonVetoStore && !s.Broken }) {
		t.Errorf("%v by %v, asked %d times, %d stored, want 1 of each", v, steps, asked, j.Len())
	}
}
