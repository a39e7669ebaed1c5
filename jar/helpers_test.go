package jar_test

import (
	"fmt"
	"net/url"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

func mustJar(tb testing.TB, o *jar.Options) *jar.Jar {
	tb.Helper()
	j, err := jar.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

// to returns a request without a context for a URL.
func to(tb testing.TB, s string) *jar.Request {
	tb.Helper()
	return &jar.Request{URL: testkit.URL(tb, s)}
}

// host returns a request for the root of a host, which need not be valid.
func host(h string) *jar.Request {
	return &jar.Request{URL: &url.URL{Scheme: "http", Host: h, Path: "/"}}
}

// sentBy returns the cookies that j sends with r.
func sentBy(j *jar.Jar, r *jar.Request) []jar.Cookie {
	_, verdicts := j.Retrieve(r)
	var sent []jar.Cookie
	for _, v := range verdicts {
		if v.OK() {
			sent = append(sent, v.Cookie)
		}
	}
	return sent
}

// none is a predicate for Delete that removes no cookie, so that Delete only frees the
// memory of expired ones.
func none(jar.Cookie) bool { return false }

// shorten returns a text quoted, cut to a length that fits a failure message.
func shorten(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%q... (%d bytes)", s[:60], len(s))
	}
	return fmt.Sprintf("%q", s)
}
