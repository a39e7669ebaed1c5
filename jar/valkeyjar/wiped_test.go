package valkeyjar_test

import (
	"net/url"
	"testing"

	"uacookie/jar"
	"uacookie/jar/durable"
	"uacookie/jar/valkeyjar"
)

// When a server is wiped, the sessions are gone, and new ones are shared.
func TestWiped(t *testing.T) {
	m := valkeyjar.Mini(t)
	changes := make(chan jar.Change, 100)
	first := share(t, "redis://"+m.Addr(), durable.Options{Failed: func(error) {}, Jar: &jar.Options{Changed: func(c jar.Change) { changes <- c }}})
	second := share(t, "redis://"+m.Addr(), durable.Options{Failed: func(error) {}})
	request := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}}
	set := func(line string) {
		t.Helper()
		if _, err := second.Receive(t.Context(), request, []string{line}); err != nil {
			t.Fatal(err)
		}
		if err := second.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, f func(jar.Change) bool) {
		t.Helper()
		for {
			select {
			case c := <-changes:
				if f(c) {
					return
				}
			case <-t.Context().Done():
				t.Fatalf("the first worker never has %s", what)
			}
		}
	}
	set("sid=old")
	until("the cookie", func(c jar.Change) bool { return c.Cause == jar.CauseStored })
	m.FlushAll()
	until("lost it", func(c jar.Change) bool { return c.Cause != jar.CauseStored })
	if first.Len() != 0 {
		t.Errorf("the first worker has %d cookies of a server that was wiped", first.Len())
	}
	set("sid=new")
	until("the new cookie", func(c jar.Change) bool { return c.Cookie.Value == "new" })
}
