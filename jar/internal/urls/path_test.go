package urls

import (
	"net/url"
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar/match"
)

type defaultPathVector struct {
	ID, Why, Spec string
	Path, Want    string
}

func TestDefaultPath(t *testing.T) {
	for _, v := range testkit.Vectors[defaultPathVector](t, "testdata/default_path.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := DefaultPath(v.Path); got != v.Want {
				t.Errorf("DefaultPath(%q) = %q, want %q: %s", v.Path, got, v.Want, v.Why)
			}
		})
	}
}

// slowDefaultPath is the literal model of [DefaultPath]: the first algorithm of RFC 6265bis,
// Section 5.1.4, word for word.
func slowDefaultPath(path string) string {
	if path == "" || path[0] != '/' { // 2
		return "/"
	}
	if strings.Count(path, "/") <= 1 { // 3
		return "/"
	}
	segments := strings.Split(path, "/")
	return strings.Join(segments[:len(segments)-1], "/") // 4
}

func FuzzDefaultPath(f *testing.F) {
	for _, v := range testkit.Vectors[defaultPathVector](f, "testdata/default_path.json") {
		f.Add(v.Path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got, want := DefaultPath(path), slowDefaultPath(path)
		if got != want {
			t.Errorf("DefaultPath(%q) = %q, reference says %q", path, got, want)
		}
		if strings.HasPrefix(path, "/") && !match.Path(path, got) {
			t.Errorf("Path(%q, %q) = false, want true: a path matches its default-path", path, got)
		}
	})
}

type requestPathVector struct {
	ID, Why, Spec string
	URL, Want     string
}

func TestRequestPath(t *testing.T) {
	for _, v := range testkit.Vectors[requestPathVector](t, "testdata/request_path.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := RequestPath(testkit.URL(t, v.URL)); got != v.Want {
				t.Errorf("RequestPath(%q) = %q, want %q: %s", v.URL, got, v.Want, v.Why)
			}
		})
	}
}

// url.Parse returns none of these URLs; programs build them.
func TestRequestPathBuilt(t *testing.T) {
	for _, v := range []struct {
		url       url.URL
		want, why string
	}{
		{url.URL{Path: "a/b"}, "/a/b", "the slash that url.URL.String adds"},
		{url.URL{Path: "*"}, "/", "the request for no path"},
		{url.URL{Path: "/a b", RawPath: "/a%20c"}, "/a%20b", "RawPath does not fit Path, so it is not sent"},
		{url.URL{Opaque: "/a%2Fb?c"}, "/a%2Fb", "Opaque is sent in place of Path"},
		{url.URL{Opaque: "//example.com/a%2fb?c/d"}, "/a%2fb", "Opaque with a host"},
		{url.URL{Opaque: "//example.com", Path: "/a"}, "/", "Opaque with a host and no path"},
	} {
		t.Run(v.why, func(t *testing.T) {
			if got := RequestPath(&v.url); got != v.want {
				t.Errorf("RequestPath(%#v) = %q, want %q: %s", v.url, got, v.want, v.why)
			}
		})
	}
}

func TestRequestPathAllocs(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "example.com", Path: "/a/b;c=d/e.html"}
	if n := testing.AllocsPerRun(100, func() { RequestPath(u) }); n != 0 {
		t.Errorf("RequestPath(%q): %v allocations, want none: nothing is escaped", u, n)
	}
}
