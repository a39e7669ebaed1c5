package durable_test

import (
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// A jar that is opened while the clock is behind, and in use when the clock is set,
// deletes nothing that is still good, and neither does the one that is opened next.
func TestWrongClock(t *testing.T) {
	const day = 24 * time.Hour
	noon := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	for _, wrong := range []time.Time{time.Unix(0, 0), noon.Add(-365 * day), noon.Add(-time.Second), noon.Add(365 * day)} {
		var server backendtest.Memory
		now := noon
		o := &durable.Options{Jar: &jar.Options{Now: func() time.Time { return now }}}
		open := func() *durable.Jar {
			t.Helper()
			j, err := durable.Open(t.Context(), server.Open(), o)
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		r := request("www.a.test")
		const want = "long=1; max=1; session=1"

		j := open()
		j.Jar.Receive(r, []string{"long=1; Expires=Fri, 05 Feb 2027 12:00:00 GMT", "max=1; Max-Age=99999999", "session=1"})
		close := func() {
			t.Helper()
			if err := j.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		close()

		now = wrong
		j = open()
		if got := j.Header(r); got != want {
			t.Errorf("opened at %v: Header = %q, want %q", wrong, got, want)
		}
		now = noon.Add(380 * day) // the clock is set
		j.Jar.Receive(r, []string{"new=1; Max-Age=60"})
		j.Delete(func(jar.Cookie) bool { return false })
		if got := j.Header(r); got != want+"; new=1" {
			t.Errorf("opened at %v and then set right: Header = %q, want %q", wrong, got, want+"; new=1")
		}
		close()

		j = open()
		if got := j.Header(r); got != want+"; new=1" {
			t.Errorf("opened at %v, set right, opened again: Header = %q, want %q", wrong, got, want+"; new=1")
		}
		now = noon.Add(400 * day)
		if got := j.Header(r); got != "session=1" {
			t.Errorf("opened at %v: 400 days after their creation Header = %q, want session=1: they have expired", wrong, got)
		}
		close()
	}
}
