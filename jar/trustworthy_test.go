package jar_test

import (
	"net/url"
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// Connections to trustworthy hosts count as secure on the way in, out, and for
// Clear-Site-Data, as every user agent. Only the host is asked about, in canonical form.
func TestTrustworthy(t *testing.T) {
	for _, agent := range []jar.UserAgent{jar.Standard, jar.Chromium, jar.Firefox} {
		var asked []string
		j := mustJar(t, &jar.Options{UserAgent: agent, Trustworthy: func(host string) bool {
			asked = append(asked, host)
			return strings.HasSuffix(host, ".internal")
		}})
		for _, tt := range []struct {
			url   string
			want  jar.Reason
			asked string
		}{
			{"http://A.internal:8080/", 0, "a.internal"},
			{"ws://a.internal/", 0, "a.internal"},
			{"http://example.com/", policy.ReasonInsecureOrigin, "example.com"},
			{"https://example.com/", 0, ""},
			{"http://localhost/", 0, ""},
			{"ftp://a.internal/", policy.ReasonScheme, ""},
		} {
			asked = nil
			v := j.Receive(to(t, tt.url), []string{"__Host-a=1; Secure; Path=/"})[0]
			if v.Reason != tt.want || strings.Join(asked, " ") != tt.asked {
				t.Errorf("%v: a Secure cookie from %s: %v, asked about %q, want %v and %q", agent, tt.url, v, asked, tt.want, tt.asked)
			}
		}
		if got := j.Header(to(t, "http://a.internal/")); got != "__Host-a=1" {
			t.Errorf("%v: to a trustworthy host goes %q, want the Secure cookie", agent, got)
		}
		if got := j.Header(to(t, "http://example.com/")); got != "" {
			t.Errorf("%v: to another host goes %q, want nothing", agent, got)
		}
		// The scheme stays: by the draft, http and https are cross-site.
		framed := &jar.Request{URL: testkit.URL(t, "http://a.internal/"), Context: &jar.Context{Documents: []*url.URL{testkit.URL(t, "https://a.internal/")}}}
		if got := j.Header(framed); agent == jar.Standard && got != "" {
			t.Errorf("in a document with https, a request with http carries %q, want nothing", got)
		}
		if n := j.ClearSiteData(to(t, "http://example.com/"), []string{`"cookies"`}); n != 0 {
			t.Errorf("%v: an insecure connection cleared %d cookies, want none", agent, n)
		}
		if n := j.ClearSiteData(to(t, "http://a.internal/"), []string{`"cookies"`}); n != 1 {
			t.Errorf("%v: a trustworthy connection cleared %d cookies, want 1", agent, n)
		}
	}
}
