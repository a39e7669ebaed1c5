package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"uacookie/jar/cookiefile"
)

// The files that other jars wrote are moved into the jar's own format, and what cannot be
// moved is reported.
func TestMoving(t *testing.T) {
	const (
		theme = "theme=dark domain=*.example.com path=/ expires=2100"
		sid   = "sid=s1 domain=www.example.com path=/ secure"
		cart  = `cart={"items":[1]} domain=www.example.com path=/cart expires=2100`
	)
	for _, tt := range []struct {
		file   string
		want   []string
		stderr string
		why    string
	}{
		{"lwp.txt", []string{sid + " httpOnly", cart, theme}, "", "nothing is lost"},
		{"mozilla.txt", []string{sid, cart, theme}, "", "Python does not save HttpOnly there"},
		{"persistent-cookiejar.json", []string{"cart=3 domain=www.example.com path=/cart expires=2100", theme}, "",
			"it saves no session cookies"},
		{"tough-cookie.json", []string{sid + " httpOnly Lax", theme, cart}, "cookies: testdata/moving/tough-cookie.json:1: nameless\n",
			"a cookie without a name has no member for it"},
		{"go.json", []string{theme}, "cookies: testdata/moving/go.json:1: host\ncookies: testdata/moving/go.json:1: host\n",
			"two cookies have no Domain"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			code := 0
			if tt.stderr != "" {
				code = exitFailed
			}
			if stdout, stderr, got := do(t, "", "convert", "testdata/moving/"+tt.file, out); stdout != "" || stderr != tt.stderr || got != code {
				t.Errorf("convert = %d\n%s%s\nwant %d\n%s", got, stdout, stderr, code, tt.stderr)
			}
			if got := moved(t, out); !slices.Equal(got, tt.want) {
				t.Errorf("moved\n%q\nwant\n%q: %s", got, tt.want, tt.why)
			}
		})
	}
}

// moved returns the cookies in a file of the jar's own format.
func moved(t *testing.T, path string) (all []string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for c, err := range cookiefile.Read(f, &cookiefile.ReadOptions{Format: cookiefile.FormatJSON}) {
		if err != nil {
			t.Fatal(err)
		}
		s := c.Name + "=" + c.Value + " domain="
		if !c.HostOnly {
			s += "*."
		}
		s += c.Domain + " path=" + c.Path
		if c.Secure {
			s += " secure"
		}
		if c.HttpOnly {
			s += " httpOnly"
		}
		if c.SameSite != 0 {
			s += " " + c.SameSite.String()
		}
		if c.Persistent() {
			s += fmt.Sprint(" expires=", c.Expires.Year())
		}
		all = append(all, s)
	}
	return all
}
