package durable_test

import (
	"testing"
	"testing/synctest"

	"uacookie/jar/backend/backendtest"
	"uacookie/jar/durable"
)

// After the public suffix list was replaced, what happens to the site that a cookie was filed
// under before does not remove the cookie.
func TestListIsReplaced(t *testing.T) {
	for _, demand := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := new(backendtest.Server)
			o := &durable.Options{OnDemand: demand}
			if demand {
				o.Hot = 4
			}
			a, b := join(t, s, o), join(t, s, nil)
			a.load("foo.example.com")
			a.set("foo.example.com", "sid=1")
			a.set("example.com", "x=1")
			a.flush()
			b.sync()
			for _, w := range []*worker{a, b} {
				w.SetPublicSuffixList(narrow{})
			}
			a.set("foo.example.com", "sid=2")
			a.flush()
			s.Hole(1)
			b.set("example.com", "x=2")
			b.flush()
			a.load("foo.example.com")
			a.sync()
			a.sends("after its old site was loaded", "foo.example.com", "sid=2")
			b.sync()
			b.sends("on another worker", "foo.example.com", "sid=2")
			if demand {
				for _, host := range []string{"one.example", "two.example", "three.example"} {
					b.set(host, "x=1")
				}
				b.flush()
				release := []string{"one.example", "foo.example.com", "two.example", "foo.example.com", "three.example", "foo.example.com"}
				for _, host := range release {
					a.load(host)
				}
				a.sends("after its old site was let go", "foo.example.com", "sid=2")
			}
			mustClose(t, a.Jar)
			mustClose(t, b.Jar)
		})
	}
}
