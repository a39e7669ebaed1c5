package jarfile

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar"
)

// A jar that is opened while the clock is behind, and saved when it has been set, has
// its cookies then, and so has the file.
func TestWrongClock(t *testing.T) {
	const day = 24 * time.Hour
	right := time.Now().Truncate(time.Second) // files have the modification time of the real clock
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}}
	for _, name := range []string{"cookies.json", "cookies.txt", "state.json"} {
		for _, wrong := range []time.Time{time.Unix(0, 0), right.Add(-365 * day), right.Add(200 * day)} {
			now := right
			o := options()
			o.Jar.Now = func() time.Time { return now }
			path := filepath.Join(t.TempDir(), name)
			f := open(t, path, o)
			c := cookie("a", "1")
			c.Expires = right.Add(390 * day)
			set(t, f, c)
			save(t, f)

			now = wrong
			f = open(t, path, o)
			now = right.Add(380 * day)
			if got := f.Jar().Header(r); got != "a=1" {
				t.Errorf("%s opened at %v: Header = %q once the clock is set, want a=1", name, wrong, got)
			}
			set(t, f, cookie("b", "1"))
			save(t, f)
			if f = open(t, path, o); f.Jar().Len() != 2 {
				t.Errorf("%s opened at %v: %d cookies after saving, want 2", name, wrong, f.Jar().Len())
			}
		}
	}
}
