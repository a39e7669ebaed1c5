package jar_test

import (
	"errors"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/internal/persist"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// A ready-made cookie for all hosts below a public suffix becomes host-only, as one with
// that Domain does that the suffix itself sets over HTTP, and the verdict says so. One
// that a jar has had before is refused instead, and one that the jar has is disowned.
func TestAcceptForSuffix(t *testing.T) {
	for _, ua := range userAgents {
		for _, domain := range []string{"localhost", "intranet", "com", "co.uk", "github.io", "s3.amazonaws.com", "localhost.", "xn--p1ai"} {
			c := jar.Cookie{Name: "a", Value: "1", Domain: domain, Path: "/"}
			j := mustJar(t, &jar.Options{UserAgent: ua})
			v := j.Accept(c)
			if !v.OK() || !v.MadeHostOnly || !v.Cookie.HostOnly {
				t.Errorf("%v: Accept(%v) = %v, made host-only %t, want ok, true", ua, c, v, v.MadeHostOnly)
			}
			if got := j.Header(host(domain)); got != "a=1" {
				t.Errorf("%v: Header(%s) = %q, want a=1", ua, domain, got)
			}
			if got := j.Header(host("www." + domain)); got != "" {
				t.Errorf("%v: Header(www.%s) = %q, want none", ua, domain, got)
			}
			// It is the cookie that the host sets.
			v = j.Receive(host(domain), []string{"a=2; Domain=" + domain})[0]
			if got := j.Header(host(domain)); v.OK() && (got != "a=2" || j.Len() != 1) || v.MadeHostOnly {
				t.Errorf("%v: after %v Header(%s) = %q of %d, want a=2 alone", ua, v, domain, got, j.Len())
			}

			if v := persist.Of(j).Restore(c, ""); !errors.Is(v.Err(), policy.ReasonPublicSuffix) {
				t.Errorf("%v: Restore(%v) = %v, want public-suffix", ua, c, v)
			}
			c.HostOnly = true
			if v := j.Accept(c); !v.OK() || v.MadeHostOnly {
				t.Errorf("%v: Accept(%v) = %v, made host-only %t, want ok, false", ua, c, v, v.MadeHostOnly)
			}
		}
		c := jar.Cookie{Name: "a", Value: "1", Domain: "www.localhost", Path: "/"}
		j := mustJar(t, &jar.Options{UserAgent: ua})
		if v := j.Accept(c); !v.OK() || v.MadeHostOnly || v.Cookie.HostOnly {
			t.Errorf("%v: Accept(%v) = %v, made host-only %t, want ok, false: it is below a suffix", ua, c, v, v.MadeHostOnly)
		}
		list, err := match.ParseList(strings.NewReader("www.localhost\n"), "a list")
		if err != nil {
			t.Fatal(err)
		}
		if gone := j.SetPublicSuffixList(list); len(gone) != 1 || j.Len() != 0 {
			t.Errorf("%v: with www.localhost a suffix %d cookies are disowned and %d left, want 1 and none", ua, len(gone), j.Len())
		}
		if v := persist.Of(j).Restore(c, "another"); !errors.Is(v.Err(), policy.ReasonPublicSuffix) {
			t.Errorf("%v: Restore(%v) = %v, want public-suffix", ua, c, v)
		}
		if v := j.Accept(c); !v.OK() || !v.MadeHostOnly {
			t.Errorf("%v: Accept(%v) = %v, made host-only %t, want ok, true: the jar's list counts", ua, c, v, v.MadeHostOnly)
		}
	}
}

// As in a line, a prefix that wants a host-only cookie is content with one that became
// so, but where the user agent looks at the Domain attribute.
func TestAcceptForSuffixWithPrefix(t *testing.T) {
	c := jar.Cookie{Name: "__Host-a", Value: "1", Domain: "localhost", Path: "/", Secure: true}
	for _, ua := range userAgents {
		j := mustJar(t, &jar.Options{UserAgent: ua})
		line := j.Receive(host("localhost"), []string{"__Host-a=1; Secure; Path=/; Domain=localhost"})[0]
		if v := j.Accept(c); v.Reason != line.Reason {
			t.Errorf("%v: Accept(%v) = %v, want %v as for a line", ua, c, v, line)
		}
	}
}

// What curl writes for localhost is read by every format that says which hosts a cookie
// is for, and noted.
func TestFileForSuffix(t *testing.T) {
	for name, file := range map[string]string{
		"netscape":   "# Netscape HTTP Cookie File\n.localhost\tTRUE\t/\tFALSE\t0\ta\ts3cr3t\n",
		"playwright": `{"cookies":[{"name":"a","value":"s3cr3t","domain":".localhost","path":"/","expires":-1,"httpOnly":false,"secure":false,"sameSite":"Lax"}]}`,
		"json":       `{"format":"uacookie","version":1}` + "\n" + `{"name":"a","value":"s3cr3t","domain":"localhost","path":"/"}` + "\n" + `{"cookies":1}` + "\n",
	} {
		j := mustJar(t, nil)
		var noted []error
		n, err := cookiefile.Load(j, strings.NewReader(file), &cookiefile.ReadOptions{Noted: func(e *cookiefile.LineError) { noted = append(noted, e) }})
		if n != 1 || err != nil || len(noted) != 1 || !errors.Is(noted[0], cookiefile.LostDomain) || strings.Contains(noted[0].Error(), "s3cr3t") {
			t.Errorf("%s: Load = %d, %v, noted %q, want 1, nil, and one note host-only", name, n, err, noted)
		}
		if got := j.Header(host("localhost")); got != "a=s3cr3t" {
			t.Errorf("%s: Header = %q, want the cookie", name, got)
		}
		if n, err := cookiefile.Load(j, strings.NewReader(file), nil); n != 1 || err != nil {
			t.Errorf("%s: Load without Noted = %d, %v, want 1, nil", name, n, err)
		}
	}
}
