package match

import (
	"testing"

	"uacookie/internal/testkit"
)

type pathVector struct {
	ID, Why, Spec   string
	Request, Cookie string
	Want            bool
}

func TestPath(t *testing.T) {
	for _, v := range testkit.Vectors[pathVector](t, "testdata/path.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := Path(v.Request, v.Cookie); got != v.Want {
				t.Errorf("Path(%q, %q) = %t, want %t: %s", v.Request, v.Cookie, got, v.Want, v.Why)
			}
		})
	}
}

// slowPath is the literal model of [Path]: the second algorithm of RFC 6265bis, Section
// 5.1.4, word for word.
func slowPath(request, cookie string) bool {
	identical := request == cookie
	prefix := len(cookie) <= len(request) && request[:len(cookie)] == cookie
	endsInSlash := len(cookie) > 0 && cookie[len(cookie)-1] == '/'
	thenSlash := prefix && len(request) > len(cookie) && request[len(cookie)] == '/'
	return identical || prefix && endsInSlash || thenSlash
}

func FuzzPath(f *testing.F) {
	for _, v := range testkit.Vectors[pathVector](f, "testdata/path.json") {
		f.Add(v.Request, v.Cookie)
	}
	f.Fuzz(func(t *testing.T, request, cookie string) {
		for _, request := range []string{request, cookie + request, cookie + "/" + request} {
			if got, want := Path(request, cookie), slowPath(request, cookie); got != want {
				t.Errorf("Path(%q, %q) = %t, reference says %t", request, cookie, got, want)
			}
		}
	})
}
