package durable_test

import (
	"testing"

	"uacookie/jar"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A veto keeps cookies out of the backend. It removes none that the backend has: it is not
// asked while they are loaded, and what it withholds is there for a jar without it.
func TestVeto(t *testing.T) {
	var asked []jar.Op
	veto := &durable.Options{Jar: &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool {
		asked = append(asked, op)
		return c.Name == "no"
	}}}
	var server backendtest.Memory
	check := func(t *testing.T, when string, o *durable.Options, header string, cookies int) {
		t.Helper()
		j := mustOpen(t, server.Open(), o)
		defer mustClose(t, j)
		if len(asked) != 0 {
			t.Errorf("%s: it was asked %v while the jar was opened", when, asked)
		}
		if got := j.Header(request("example.com")); got != header || j.Len() != cookies {
			t.Errorf("%s: Header = %q of %d cookies, want %q of %d", when, got, j.Len(), header, cookies)
		}
		asked = nil
	}
	j := mustOpen(t, server.Open(), veto)
	if v := j.Jar.Receive(request("example.com"), []string{"no=1; Max-Age=3600"}); v[0].OK() {
		t.Errorf("%v, want it refused", v[0])
	}
	mustClose(t, j)
	asked = nil
	check(t, "after it was vetoed", nil, "", 0)

	j = mustOpen(t, server.Open(), nil)
	set(t, j, "example.com", "no=1; Max-Age=3600")
	set(t, j, "example.com", "yes=1; Max-Age=3600")
	mustClose(t, j)
	check(t, "with a veto", veto, "yes=1", 2)
	check(t, "without it again", nil, "no=1; yes=1", 2)
}

// A worker with a veto does not undo what the others set.
func TestVetoShared(t *testing.T) {
	var server backendtest.Server
	other := join(t, &server, nil)
	mine := join(t, &server, &durable.Options{Jar: &jar.Options{Veto: func(op jar.Op, r *jar.Request, c jar.Cookie) bool { return c.Name == "no" }}})
	other.set("example.com", "no=1")
	other.set("example.com", "yes=1")
	other.flush()
	mine.sync()
	mine.sends("with the veto", "example.com", "yes=1")
	mine.flush()
	other.sync()
	other.sends("without it", "example.com", "no=1; yes=1")
}
