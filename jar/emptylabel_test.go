package jar_test

import (
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A host with an empty label is a site of its own, but for Chromium, whose registrable
// domain is what follows the label. Its cookies and those of the domain stay apart.
func TestEmptyLabel(t *testing.T) {
	for _, v := range []struct {
		agent policy.UserAgent
		host  string
		want  string
	}{
		{jar.Standard, "a..example.com", ""},
		{jar.Standard, ".example.com", ""},
		{jar.Standard, "a..b.example.com", ""},
		{jar.Standard, "b.example.com", "above=1"},
		{jar.Compat, "a..example.com", ""},
		{jar.Chromium, "a..example.com", "above=1"},
		{jar.Chromium, "a..b.example.com", "above=1"},
	} {
		for _, other := range []bool{false, true} { // whether a host with the label has a cookie of its own
			j := mustJar(t, &jar.Options{UserAgent: v.agent})
			j.Receive(to(t, "https://www.example.com/"), []string{"above=1; Domain=example.com"})
			want := v.want
			if other {
				j.Receive(to(t, "https://"+v.host+"/"), []string{"own=1"})
				if want != "" {
					want += "; "
				}
				want += "own=1"
			}
			for range 2 { // whatever the jar remembers
				if got := j.Header(to(t, "https://"+v.host+"/")); got != want {
					t.Errorf("%v: Header for %s = %q, want %q", v.agent, v.host, got, want)
				}
			}
		}
	}
}
