package jar_test

import (
	"net/http"
	"net/url"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// With third-party cookies blocked, a Transport sends and stores only the Partitioned cookies of
// a third party.
func TestBlockThirdParty(t *testing.T) {
	var sent []string
	var refused []error
	j := mustJar(t, &jar.Options{
		Refused:  func(r *jar.Refusal) { refused = append(refused, r.Reason) },
		Withheld: func(r *jar.Refusal) { refused = append(refused, r.Reason) },
	})
	transport := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.Header.Get("Cookie"))
		return &http.Response{Header: http.Header{"Set-Cookie": {
			"shared=1; Secure; SameSite=None",
			"own=1; Secure; SameSite=None; Partitioned",
		}}, Body: http.NoBody}, nil
	})}
	get := func(c *jar.Context) {
		t.Helper()
		req, err := http.NewRequestWithContext(jar.WithContext(t.Context(), c), "GET", "https://tracker.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	}
	// Neither the zero value nor Allowed blocks anything.
	for _, allowed := range []jar.ThirdParty{jar.ThirdPartyDefault, jar.ThirdPartyAllowed} {
		get(&jar.Context{ThirdParty: allowed, Documents: []*url.URL{testkit.URL(t, "https://shop.test/")}})
		if len(refused) > 0 || j.Len() != 2 {
			t.Errorf("%v: %d cookies and %v, want both cookies stored", allowed, j.Len(), refused)
		}
		j.Clear()
	}
	sent = nil
	first := &jar.Context{ThirdParty: jar.ThirdPartyBlocked}
	third := &jar.Context{ThirdParty: jar.ThirdPartyBlocked, Documents: []*url.URL{testkit.URL(t, "https://shop.test/")}}
	get(first)
	get(third)
	get(third)
	for i, want := range []string{"", "", "own=1"} {
		if sent[i] != want {
			t.Errorf("request %d carried %q, want %q", i, sent[i], want)
		}
	}
	if len(refused) == 0 {
		t.Error("nothing was reported")
	}
	for _, err := range refused {
		if err != policy.ReasonThirdParty {
			t.Errorf("reported %v, want only %v", err, policy.ReasonThirdParty)
		}
	}
}

// Where third parties are kept apart, one sees what it set below the same top-level site, and
// nothing else, whether it is Secure or not; and a jar takes such cookies back from a file.
func TestThirdPartyPartitioned(t *testing.T) {
	const tracker = "http://tracker.test/"
	below := func(top string, third jar.ThirdParty) *jar.Request {
		return &jar.Request{URL: testkit.URL(t, tracker), Context: &jar.Context{Documents: []*url.URL{testkit.URL(t, top)}, ThirdParty: third}}
	}
	for _, tt := range []struct {
		ua    jar.UserAgent
		third jar.ThirdParty
		lines []string
		want  string // below the same site
	}{
		{jar.Firefox, jar.ThirdPartyDefault, []string{"a=1", "p=1; Secure; Partitioned"}, "a=1"},
		{jar.Firefox, jar.ThirdPartyPartitioned, []string{"a=1"}, "a=1"},
		{jar.Compat, jar.ThirdPartyPartitioned, []string{"a=1"}, "a=1"},
		{jar.Standard, jar.ThirdPartyPartitioned, []string{"a=1"}, ""}, // SameSite
		{jar.Firefox, jar.ThirdPartyBlocked, []string{"a=1"}, ""},
	} {
		j := mustJar(t, &jar.Options{UserAgent: tt.ua})
		j.Receive(&jar.Request{URL: testkit.URL(t, tracker)}, []string{"own=1"})
		j.Receive(below("http://shop.test/", tt.third), tt.lines)
		if got := j.Header(below("http://www.shop.test/x", tt.third)); got != tt.want {
			t.Errorf("as %s, %s: below the same site: %q, want %q", tt.ua, tt.third, got, tt.want)
		}
		if got := j.Header(below("http://news.test/", tt.third)); got != "" {
			t.Errorf("as %s, %s: below another site: %q, want nothing", tt.ua, tt.third, got)
		}
		if got := j.Header(&jar.Request{URL: testkit.URL(t, tracker)}); got != "own=1" {
			t.Errorf("as %s, %s: at the top level: %q, want its own cookie alone", tt.ua, tt.third, got)
		}
		if tt.ua != jar.Firefox {
			continue
		}
		back := mustJar(t, &jar.Options{UserAgent: tt.ua})
		for c := range j.All() {
			if v := back.Accept(c); !v.OK() {
				t.Errorf("Accept(%v): %v", c, v.Err())
			}
		}
		if got := back.Header(below("http://shop.test/", tt.third)); got != tt.want {
			t.Errorf("as %s, %s: from a file: %q, want %q", tt.ua, tt.third, got, tt.want)
		}
	}
}

// As Firefox a redirect through another site takes Strict cookies from a request, and does not
// keep its response from setting them.
func TestRedirects(t *testing.T) {
	for ua, want := range map[jar.UserAgent]string{jar.Firefox: "lax=1", jar.Standard: "strict=1; lax=1", jar.Chromium: "strict=1; lax=1"} {
		j := mustJar(t, &jar.Options{UserAgent: ua})
		r := &jar.Request{URL: testkit.URL(t, "https://shop.test/"), Context: &jar.Context{
			Redirects: []*url.URL{testkit.URL(t, "https://shop.test/a"), testkit.URL(t, "https://sso.test/")},
		}}
		j.Receive(r, []string{"strict=1; SameSite=Strict", "lax=1; SameSite=Lax"})
		if got := j.Header(r); got != want {
			t.Errorf("as %s: %q, want %q", ua, got, want)
		}
		if got := j.Header(&jar.Request{URL: r.URL}); got != "strict=1; lax=1" {
			t.Errorf("as %s, without redirects: %q", ua, got)
		}
	}
}
