package parse

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParts(t *testing.T) {
	long := strings.Repeat("x", MaxAttribute+1)
	for _, tt := range []struct {
		line  string
		mode  Mode
		want  []string // each with where its value starts, quoted, and its fate
		about string
	}{
		{"", 0, []string{`"" "" 0`, `"" "" 0`}, "nothing"},
		{"a=1", 0, []string{`"a" "" 0`, `"1" "1" 0`}, "a pair"},
		{" a b = 1=2 ", 0, []string{`"a b" "" 0`, `"1=2" "1=2" 0`}, "white space around, and a second ="},
		{"1", 0, []string{`"" "" 0`, `"1" "1" 0`}, "no name"},
		{"a=1;; ;", 0, []string{`"a" "" 0`, `"1" "1" 0`}, "empty attributes have no Part"},
		{"a=1; Path = /x ;SECURE", 0, []string{`"a" "" 0`, `"1" "1" 0`, `"Path = /x" "/x" 0`, `"SECURE" "" 0`}, "attributes"},
		{"a=1; Foo=2; =3", 0, []string{`"a" "" 0`, `"1" "1" 0`, `"Foo=2" "2" 1`, `"=3" "3" 1`}, "unknown"},
		{"a=1; Path=/x; Path=/y; Path=/z", 0, []string{`"a" "" 0`, `"1" "1" 0`, `"Path=/x" "/x" 2`, `"Path=/y" "/y" 2`, `"Path=/z" "/z" 0`}, "the last counts"},
		{"a=1; Path=/x; Path=" + long, 0, []string{`"a" "" 0`, `"1" "1" 0`, `"Path=/x" "/x" 0`, `"Path=` + long + `" "` + long + `" 3`}, "too long"},
		{"a=1; Secure=" + long + "; Priority=" + long, LongFlags, []string{`"a" "" 0`, `"1" "1" 0`, `"Secure=` + long + `" "` + long + `" 0`, `"Priority=` + long + `" "` + long + `" 3`}, "a flag is never too long"},
		{"a=1; Max-Age=1; Max-Age=x", 0, []string{`"a" "" 0`, `"1" "1" 0`, `"Max-Age=1" "1" 0`, `"Max-Age=x" "x" 4`}, "what does not parse repeats nothing"},
		{"a=1; Max-Age=1; Max-Age=x", LastWins, []string{`"a" "" 0`, `"1" "1" 0`, `"Max-Age=1" "1" 2`, `"Max-Age=x" "x" 4`}, "unless the last wins"},
		{"a=1; Max-Age=x; Max-Age=1", LastWins, []string{`"a" "" 0`, `"1" "1" 0`, `"Max-Age=x" "x" 4`, `"Max-Age=1" "1" 0`}, "the last wins"},
		{"a=1\x00; Path=/", 0, []string{`"a" "" 0`, "\"1\\x00\" \"1\\x00\" 0", `"Path=/" "/" 5`}, "a refused line is not read on"},
	} {
		var got []string
		for _, p := range Parts(tt.line, tt.mode) {
			got = append(got, fmt.Sprintf("%q %q %d", tt.line[p.Start:p.End], tt.line[p.Value:p.End], p.Fate))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("Parts(%.99q, %d) =\n%q, want\n%q: %s", tt.line, tt.mode, got, tt.want, tt.about)
		}
	}
}

// checkParts holds Parts to SetCookie.
func checkParts(t *testing.T, line string, mode Mode) {
	t.Helper()
	l, parts := SetCookie(line, mode), Parts(line, mode)
	at, long := 0, 0
	for i, p := range parts {
		if p.Start < at || p.Value < p.Start || p.End < p.Value || p.End > len(line) {
			t.Fatalf("Parts(%.99q, %d)[%d] = %+v, out of order", line, mode, i, p)
		}
		at = p.End
		if i > 1 && (p.Fate == Unread) != (l.Control || l.TooLong) {
			t.Errorf("Parts(%.99q, %d)[%d] = %+v, for a line %+v", line, mode, i, p, l)
		}
		if p.Fate == Long {
			long++
		}
	}
	text := func(i int) string { return line[parts[i].Start:parts[i].End] }
	if text(0) != l.Name || text(1) != l.Value || long != l.Ignored {
		t.Errorf("Parts(%.99q, %d): name %q, value %q, %d too long; the line has %q, %q, %d", line, mode, text(0), text(1), long, l.Name, l.Value, l.Ignored)
	}
	if l.Control || l.TooLong {
		return
	}
	again := text(0) + "=" + text(1)
	for i := 2; i < len(parts); i++ {
		if parts[i].Fate == Counts {
			again += ";" + text(i)
		}
	}
	want, got := l, SetCookie(again, mode)
	want.HasPath, want.Tab, want.Ignored = got.HasPath, got.Tab, got.Ignored
	if want.Has&MaxAge == 0 {
		want.MaxAge = 0 // what an attribute that no longer counts left behind
	}
	if want.Has&Expires == 0 {
		want.Expires = got.Expires
	}
	if got != want {
		t.Errorf("of %.99q, mode %d, the parts that count are %q =\n%+v, want\n%+v", line, mode, again, got, want)
	}
}

func TestPartsAgree(t *testing.T) {
	lines := hostile(1 << 12)
	for _, v := range append(load[wantLine](t, "set-cookie.json"), load[wantLine](t, "set-cookie-last.json")...) {
		lines[v.ID] = v.Input
	}
	for _, line := range lines {
		for _, mode := range modes {
			checkParts(t, line, mode)
		}
	}
}

func FuzzParts(f *testing.F) {
	for _, v := range load[wantLine](f, "set-cookie.json") {
		f.Add(v.Input, uint8(0))
	}
	for _, v := range load[wantLine](f, "set-cookie-last.json") {
		f.Add(v.Input, uint8(LastWins))
	}
	f.Add("a=1; Max-Age=1; Max-Age=x; Expires=1 Jan 2030 0:0:0; Expires=x; Path=/; Path", uint8(1))
	f.Fuzz(func(t *testing.T, line string, mode uint8) {
		checkParts(t, line, Mode(mode)&allModes)
	})
}
