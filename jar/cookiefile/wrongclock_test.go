package cookiefile_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// The cap on lifetimes counts from when a file was written, if the clock is behind that,
// and never from a later creation that the file makes up.
func TestWrongClock(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	own := func(created string) string {
		return `{"format":"uacookie","version":1}
{"name":"a","value":"1","domain":"a.test","path":"/","expires":"2999-01-01T00:00:00Z","created":"` + created + `T00:00:00Z"}
{"cookies":1}
`
	}
	const netscape = "# Netscape HTTP Cookie File\n.a.test\tTRUE\t/\tFALSE\t32472144000\ta\t1\n"
	for _, tt := range []struct {
		name, file                 string
		written, now, created, cap string // cap: what it counts from
	}{
		{"own", own("2026-01-01"), "2026-02-01", "1970-01-01", "2026-01-01", "2026-01-01"},
		{"own, a year behind", own("2026-01-01"), "2026-02-01", "2025-02-01", "2026-01-01", "2026-01-01"},
		{"own, the clock is right", own("2026-01-01"), "2026-02-01", "2026-03-01", "2026-01-01", "2026-03-01"},
		{"own, made up", own("2900-01-01"), "2026-02-01", "2026-03-01", "2026-03-01", "2026-03-01"},
		{"own, made up, 1970", own("2900-01-01"), "2026-02-01", "1970-01-01", "2026-02-01", "2026-02-01"},
		{"own, 2038", own("2026-01-01"), "2026-02-01", "2038-01-19", "2026-01-01", "2038-01-19"},
		{"cookies.txt", netscape, "2026-02-01", "1970-01-01", "2026-02-01", "2026-02-01"},
		{"cookies.txt, the clock is right", netscape, "2026-02-01", "2026-03-01", "2026-03-01", "2026-03-01"},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at(tt.written), at(tt.written)); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for how, load := range map[string]struct {
			r io.Reader
			o *cookiefile.ReadOptions
		}{
			"a file":   {f, nil},
			"Modified": {strings.NewReader(tt.file), &cookiefile.ReadOptions{Modified: at(tt.written)}},
		} {
			j, err := jar.New(&jar.Options{Now: func() time.Time { return at(tt.now) }})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cookiefile.Load(j, load.r, load.o); err != nil {
				t.Fatal(err)
			}
			for c := range j.All() {
				if want := at(tt.cap).Add(400 * 24 * time.Hour); !c.Expires.Equal(want) || !c.Created.Equal(at(tt.created)) {
					t.Errorf("%s, %s: created %v, expires %v, want %s and %v", tt.name, how, c.Created, c.Expires, tt.created, want)
				}
			}
			if j.Len() != 1 {
				t.Errorf("%s, %s: %d cookies, want 1", tt.name, how, j.Len())
			}
		}
	}
}
