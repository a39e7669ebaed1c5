package cookiefile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// fuzzFormat feeds a reader anything. It must not panic, and what it reads must
// be the same after it is written and read again, as far as the format can say it. A
// format that cannot be written is written as JSON.
func fuzzFormat(f *testing.F, format Format, vectorFiles ...string) {
	as := format
	if as >= writableCount {
		as = FormatJSON
	}
	for _, name := range vectorFiles {
		for _, v := range vectors(f, name) {
			f.Add(v.Input)
		}
	}
	for as := FormatJSON; as < writableCount; as++ {
		var b strings.Builder
		if err := Write(&b, slices.Values(sample()), &WriteOptions{Format: as, Lost: func(*Loss) {}}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		cookies, _, _ := read(text, &ReadOptions{Format: format, MaxLine: 1 << 10, MaxBytes: 1 << 16})
		j, _ := jar.New(nil)
		if n, _ := Load(j, strings.NewReader(text), &ReadOptions{Format: format}); n < j.Len() {
			t.Errorf("Load = %d, and %d are in the jar", n, j.Len())
		}

		lost := make(map[int]bool)
		n := 0
		var b strings.Builder
		err := Write(&b, func(yield func(jar.Cookie) bool) {
			for ; n < len(cookies); n++ {
				if !yield(cookies[n]) {
					return
				}
			}
		}, &WriteOptions{Format: as, Lost: func(l *Loss) { lost[n] = true }})
		if err != nil {
			t.Fatal("Write:", err)
		}
		var want []jar.Cookie
		for i, c := range cookies {
			if !lost[i] {
				want = append(want, c)
			}
		}
		if len(lost) > 0 {
			b.Reset()
			if err := Write(&b, slices.Values(want), &WriteOptions{Format: as}); err != nil {
				t.Fatal("Write:", err)
			}
		}
		got, skipped, err := read(b.String(), &ReadOptions{Format: as})
		if err != nil || len(skipped) > 0 {
			t.Fatalf("Read of what was written: %v, skips %q", err, skipped)
		}
		for i := range want {
			if as == FormatNetscape || as == FormatCDP { // times are coarser there, or missing
				want[i].Created, want[i].LastAccess = time.Time{}, time.Time{}
				want[i].Expires = max0(want[i]).Expires
				got[i].Expires = max0(got[i]).Expires
			}
		}
		if d := diff(want, got); d != "" {
			t.Errorf("written and read again (-want +got)\n%s", d)
		}
	})
}

// max0 returns c with an expiry as formats count from 1970: in whole seconds, and
// what is before the second one at that.
func max0(c jar.Cookie) jar.Cookie {
	if c.Persistent() {
		if s := c.Expires.Unix(); s <= 1 {
			c.Expires = firstTime
		} else {
			c.Expires = c.Expires.Truncate(1e9)
		}
	}
	return c
}

func FuzzNetscape(f *testing.F) { fuzzFormat(f, FormatNetscape, "netscape.json") }
func FuzzBrowser(f *testing.F)  { fuzzFormat(f, FormatCDP, "browser.json", "tools.json") }
func FuzzJSON(f *testing.F)     { fuzzFormat(f, FormatJSON) }
func FuzzLWP(f *testing.F)      { fuzzFormat(f, FormatLWP, "lwp.json") }

// FuzzAuto holds the guess to be one of the formats: what it is read as is what it
// is read as by name.
func FuzzAuto(f *testing.F) {
	f.Add("")
	f.Add("SQLite format 3\x00")
	for _, tt := range foreignFiles {
		f.Add(tt.head)
	}
	for _, name := range []string{"netscape.json", "browser.json", "tools.json", "lwp.json"} {
		for _, v := range vectors(f, name) {
			f.Add(v.Input)
		}
	}
	read := func(text string, format Format) (cookies []jar.Cookie, err error) {
		s := newSource(strings.NewReader(text), &ReadOptions{Format: format})
		s.now = func() time.Time { return today } // some lifetimes count from now
		err = s.each(func(_ int, c jar.Cookie, why Skip) bool {
			if why == 0 {
				cookies = append(cookies, c)
			}
			return true
		})
		return cookies, err
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := read(text, FormatAuto)
		if errors.Is(err, ErrDatabase) || errors.Is(err, ErrForeign) {
			if len(want) > 0 {
				t.Errorf("%d cookies of a file that is in no format", len(want))
			}
			return
		}
		for _, format := range []Format{FormatJSON, FormatNetscape, FormatCDP, FormatLWP} {
			if got, _ := read(text, format); diff(want, got) == "" {
				return
			}
		}
		t.Errorf("Read as auto: %d cookies, unlike any format", len(want))
	})
}
