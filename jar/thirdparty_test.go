package jar_test

import (
	"net/http"
	"net/url"
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// With third-party cookies blocked, a Transport neither sends a third party's cookies
// nor keeps those it sets, the partitioned ones apart.
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
	first := &jar.Context{ThirdParty: jar.ThirdPartyBlocked}
	third := &jar.Context{ThirdParty: jar.ThirdPartyBlocked, Documents: []*url.URL{mustURL(t, "https://shop.test/")}}
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
