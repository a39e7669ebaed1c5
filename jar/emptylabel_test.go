package jar_test

import (
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A host with an empty label is a site of its own. In Chromium it belongs to the registrable
// domain that follows the label. The two share no cookies.
func TestEmptyLabel(t *testing.T) {
	for _, v := range []struct {
		agent policy.UserAgent
		host  string
		want  string
		why   string
	}{
		{jar.Standard, "a..example.com", "", "a host with an empty label is a site of its own"},
		{jar.Standard, ".example.com", "", "so is one that starts with it"},
		{jar.Standard, "a..b.example.com", "", "so is one with another label behind it"},
		{jar.Standard, "b.example.com", "above=1", "this one has no empty label"},
		{jar.Compat, "a..example.com", "", "Compat has the sites of Standard"},
		{jar.Chromium, "a..example.com", "above=1", "Chromium takes what follows the label"},
		{jar.Chromium, "a..b.example.com", "above=1", "Chromium takes what follows the label"},
	} {
		t.Run(v.agent.String()+" "+v.host, func(t *testing.T) {
			for _, other := range []bool{false, true} { // whether the host has a cookie of its own
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
				for range 2 { // the second read may find what the first one cached
					if got := j.Header(to(t, "https://"+v.host+"/")); got != want {
						t.Errorf("%v: Header for %s = %q, want %q: %s", v.agent, v.host, got, want, v.why)
					}
				}
			}
		})
	}
}
