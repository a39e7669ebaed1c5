package jar_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
)

// Request.Host, if set, is the cookie host of that request only.
func TestTransportHost(t *testing.T) {
	j := mustJar(t, nil)
	w := newWeb(t, j)
	w.routes["http://virtual.test/set"] = raw("v=1", "d=1; Domain=virtual.test", "no=1; Domain=a.test")
	w.routes["http://virtual.test/rel"] = redirect(302, "/landed", "r=1")
	w.routes["http://virtual.test/abs"] = redirect(302, "http://a.test/landed")
	get := func(host, rawURL string) []string {
		req := newRequest(t, t.Context(), "GET", rawURL, "")
		req.Host = host
		return w.do(t, req)
	}
	j.Receive(to(t, "http://a.test/"), []string{"a=1"})
	compareVisits(t, "set", get("virtual.test", "http://a.test/set"), []string{"GET http://virtual.test/set"})
	compareVisits(t, "same host again", get("virtual.test", "http://a.test/"), []string{"GET http://virtual.test/ Cookie: v=1; d=1"})
	compareVisits(t, "Host is not kept", get("", "http://a.test/"), []string{"GET http://a.test/ Cookie: a=1"})
	compareVisits(t, "the host itself", get("", "http://virtual.test/"), []string{"GET http://virtual.test/ Cookie: v=1; d=1"})
	compareVisits(t, "a relative redirect keeps Host", get("virtual.test", "http://a.test/rel"),
		[]string{"GET http://virtual.test/rel Cookie: v=1; d=1", "GET http://virtual.test/landed Cookie: v=1; d=1; r=1"})
	compareVisits(t, "an absolute one drops it", get("virtual.test", "http://a.test/abs"),
		[]string{"GET http://virtual.test/abs Cookie: v=1; d=1; r=1", "GET http://a.test/landed Cookie: a=1"})

	// A caller's own cookies are for Request.Host.
	req := newRequest(t, t.Context(), "GET", "http://a.test/abs", "")
	req.Host = "virtual.test"
	req.Header.Set("Cookie", "own=1")
	compareVisits(t, "own cookies of a named host", w.do(t, req),
		[]string{"GET http://virtual.test/abs Cookie: own=1; v=1; d=1; r=1", "GET http://a.test/landed Cookie: a=1"})
}

// Hosts and domains that have fooled cookie jars.
func TestTransportOddHosts(t *testing.T) {
	tests := []struct {
		name, set string
		lines     []string
		get       map[string]string // URL to the Cookie field
		refused   []string
		why       string
	}{
		{"public-suffix", "http://evil.co.uk/set", []string{"a=1; Domain=co.UK", "b=1; Domain=CO.uk.", "ok=1"},
			map[string]string{"http://evil.co.uk/": "ok=1", "http://good.co.uk/": ""},
			[]string{"a public-suffix", "b public-suffix"}, "suffixes have no case"},
		{"trailing-dot", "http://evil.com./set", []string{"a=1; Domain=com.", "b=1; Domain=com", "ok=1"},
			map[string]string{"http://evil.com./": "ok=1", "http://evil.com/": "", "http://good.com./": ""},
			[]string{"a public-suffix", "b public-suffix"}, "a trailing dot makes no suffix a name, and another host"},
		{"ipv6-zone", "http://[fe80::1%25eth0]/set", []string{"z=1", "d=1; Domain=fe80::1", "e=1; Domain=eth0"},
			map[string]string{"http://[fe80::1%25eth0]/": "z=1", "http://[fe80::1%25eth1]/": "", "http://[fe80::1]/": ""},
			[]string{"d domain-mismatch", "e public-suffix"}, "an address on an interface is itself alone"},
		{"zone-like-a-name", "http://[::1%25.www.example.com]/set", []string{"z=1", "d=1; Domain=example.com"},
			map[string]string{"http://www.example.com/": "", "http://[::1%25.www.example.com]/": "z=1"},
			[]string{"d domain-mismatch"}, "no name under example.com"},
		{"ipv4", "http://127.0.0.1/set", []string{"a=1; Domain=0.0.1", "b=1; Domain=127.0.0.1"},
			map[string]string{"http://127.0.0.1/": "b=1", "http://127.1/": "b=1"},
			[]string{"a domain-mismatch"}, "an address has no parents, and many spellings"},
		{"sibling", "http://a.a.test/set", []string{"s=1; Domain=b.a.test", "p=1; Domain=a.test"},
			map[string]string{"http://b.a.test/": "p=1", "http://a.test/": "p=1"},
			[]string{"s domain-mismatch"}, "a parent may be named, a sibling not"},
		{"lookalike", "http://eviltest.test/set", []string{"a=1; Domain=st.test", "b=1; Domain=test.test"},
			map[string]string{"http://test.test/": "", "http://eviltest.test/": ""},
			[]string{"a domain-mismatch", "b domain-mismatch"}, "a label is matched whole"},
		{"upper-case-host", "http://WWW.A.test/set", []string{"a=1", "d=1; Domain=.A.TEST"},
			map[string]string{"http://www.a.test/": "a=1; d=1", "http://a.test/": "d=1"}, nil, "hosts have no case"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log withheldLog
			j := mustJar(t, &jar.Options{Refused: log.add})
			w := newWeb(t, j)
			w.routes["/set"] = raw(tt.lines...)
			w.get(t, tt.set)
			if diff := cmp.Diff(tt.refused, log.take()); diff != "" {
				t.Errorf("%s: refused (-want +got):\n%s", tt.why, diff)
			}
			for u, want := range tt.get {
				if got := w.get(t, u); len(got) != 1 || !strings.HasSuffix(got[0]+" ", " Cookie: "+want+" ") && want != "" || want == "" && strings.Contains(got[0], "Cookie:") {
					t.Errorf("%s: %q, want Cookie: %q: %s", u, got, want, tt.why)
				}
			}
		})
	}
}

// Trustworthy loopback counts as secure; another plain host does not.
func TestTransportSecure(t *testing.T) {
	var log withheldLog
	j := mustJar(t, &jar.Options{Refused: log.add, Withheld: log.add})
	w := newWeb(t, j)
	w.routes["/set"] = raw("s=1; Secure")
	for _, tt := range []struct {
		origin string
		want   bool
		why    string
	}{
		{"https://a.test", true, "https is secure"},
		{"http://a.test", false, "http is not"},
		{"http://localhost", true, "a loopback name is secure"},
		{"http://app.localhost:8080", true, "so is a name below it, at any port"},
		{"http://127.0.0.1", true, "a loopback address is secure"},
		{"http://[::1]:81", true, "so is the one of IPv6"},
		{"http://localhost.a.test", false, "localhost is not the last label"},
	} {
		t.Run(tt.origin, func(t *testing.T) {
			j.Clear()
			w.get(t, tt.origin+"/set")
			if got := strings.HasSuffix(w.get(t, tt.origin+"/")[0], " Cookie: s=1"); got != tt.want {
				t.Errorf("%s: a Secure cookie set and sent: %t, want %t: %s", tt.origin, got, tt.want, tt.why)
			}
		})
	}
	w.get(t, "https://a.test/set")
	log.take()
	if got := w.get(t, "http://a.test/"); got[0] != "GET http://a.test/" {
		t.Errorf("what https set, http got: %q", got)
	}
	if diff := cmp.Diff([]string{"s secure-only"}, log.take()); diff != "" {
		t.Errorf("withheld (-want +got):\n%s", diff)
	}
}
