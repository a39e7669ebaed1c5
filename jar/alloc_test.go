package jar_test

import (
	"fmt"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// Reading a cookie-string into a buffer does not allocate. Cookies for net/http cost the two
// slices that hold them. Replacing a cookie costs a page now and then, and its verdict does
// not escape unless the caller keeps it.
func TestAllocations(t *testing.T) {
	j := mustJar(t, nil)
	u, unknown := testkit.URL(t, "https://www.example.com/a/b"), testkit.URL(t, "https://www.example.org/")
	for i := range 10 {
		j.Receive(&jar.Request{URL: u}, []string{fmt.Sprintf("name%d=value%d; Secure; Path=/", i, i)})
	}
	known, other := &jar.Request{URL: u}, &jar.Request{URL: unknown}
	buf := make([]byte, 0, 1024)
	line := []string{"name1=another; Secure; Path=/"}
	for _, test := range []struct {
		name string
		most float64
		f    func()
	}{
		{"AppendHeader", 0, func() { buf = j.AppendHeader(buf[:0], known) }},
		{"AppendHeader for a host without cookies", 0, func() { buf = j.AppendHeader(buf[:0], other) }},
		{"Header", 1, func() { _ = j.Header(known) }},
		{"Cookies", 2, func() { _ = j.Cookies(u) }},
		{"Receive of one line", 0, func() {
			if v := j.Receive(known, line); v[0].Reason != 0 {
				t.Error(v[0].Err())
			}
		}},
	} {
		if got := testing.AllocsPerRun(100, test.f); got > test.most {
			t.Errorf("%s allocates %v times, want at most %v", test.name, got, test.most)
		}
	}
}
