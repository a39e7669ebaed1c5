package parse

import (
	"strings"
	"testing"
	"time"
)

// wantLine is a Line as a vector writes it; what is left out is zero.
type wantLine struct {
	Name, Value                      string
	Has                              []string
	Domain, Path, SameSite, Priority string
	Expires                          time.Time
	MaxAge                           int64
	HasPath, Control, Tab, TooLong   bool
	Ignored                          int
}

func (w wantLine) line(tb testing.TB, v *vector[wantLine]) Line {
	tb.Helper()
	l := Line{
		Name:     v.octets(tb, w.Name),
		Value:    v.octets(tb, w.Value),
		Domain:   v.octets(tb, w.Domain),
		Path:     v.octets(tb, w.Path),
		SameSite: v.octets(tb, w.SameSite),
		Priority: v.octets(tb, w.Priority),
		Expires:  w.Expires,
		MaxAge:   w.MaxAge,
		HasPath:  w.HasPath,
		Control:  w.Control,
		Tab:      w.Tab,
		TooLong:  w.TooLong,
		Ignored:  w.Ignored,
	}
	for _, name := range w.Has {
		a := map[string]Attr{
			"Expires": Expires, "Max-Age": MaxAge, "Domain": Domain, "Path": Path,
			"Secure": Secure, "HttpOnly": HTTPOnly, "SameSite": SameSite,
			"Partitioned": Partitioned, "Priority": Priority,
		}[name]
		if a == 0 || l.Has&a != 0 {
			tb.Fatalf("vector %q: attribute %q is unknown or repeated", v.ID, name)
		}
		l.Has |= a
	}
	return l
}

func TestSetCookie(t *testing.T) {
	testSetCookie(t, "set-cookie.json", 0)
	testSetCookie(t, "set-cookie-last.json", LastWins)
	testSetCookie(t, "set-cookie-long.json", LongFlags)
}

// testSetCookie runs a file's vectors, which are of one mode. For the others they are
// inputs for which the reference says what is right.
func testSetCookie(t *testing.T, file string, of Mode) {
	for _, v := range load[wantLine](t, file) {
		t.Run(file+"/"+v.ID, func(t *testing.T) {
			want := v.Want.line(t, &v)
			for _, mode := range withLongFlags {
				got, slow := said(SetCookie(v.Input, mode), mode), slowSetCookie(v.Input, mode)
				if mode == of && slow != want {
					t.Errorf("mode %d: reference says\n%+v", mode, slow)
				}
				if got != slow {
					t.Errorf("SetCookie(%q, %d) =\n%+v, want\n%+v: %s", v.Input, mode, got, slow, v.Why)
				}
			}
		})
	}
}

// said returns l without the Expires or Max-Age that LastWins may leave in it after
// one that does not parse. It does not count: l.Has says so.
func said(l Line, mode Mode) Line {
	if mode&LastWins != 0 && l.Has&Expires == 0 {
		l.Expires = time.Time{}
	}
	if mode&LastWins != 0 && l.Has&MaxAge == 0 {
		l.MaxAge = 0
	}
	return l
}

// A control octet is found wherever it is: the scan takes eight octets at a
// time, and so could miss one by its place or its neighbours.
func TestControlAnywhere(t *testing.T) {
	for c := range 256 {
		for _, around := range []byte{'x', '\t', ' ', 0x80, 0xff} {
			for n := 1; n <= 17; n++ {
				for i := range n {
					b := []byte(strings.Repeat(string([]byte{around}), n))
					b[i] = byte(c)
					want := c < 0x20 && c != '\t' || c == 0x7f
					if got := SetCookie(string(b), 0).Control; got != want {
						t.Fatalf("SetCookie(%q).Control = %t, want %t", b, got, want)
					}
				}
			}
		}
	}
}

// An attribute that is not taken apart says what it says with one more space before it.
func TestUsual(t *testing.T) {
	for _, usual := range []string{" Path=/", " Secure", " HttpOnly"} {
		for _, line := range []string{"a=b;%", "a=b;%;", "a=b;%; Path=x; x=y", "a=b; Path=x;%; x=y", "a=\t;%;%; Secure x; =;"} {
			got := SetCookie(strings.ReplaceAll(line, "%", usual), 0)
			if want := SetCookie(strings.ReplaceAll(line, "%", " "+usual), 0); got != want || got.Has == 0 {
				t.Errorf("SetCookie(%q) with %q = %+v, want %+v", line, usual, got, want)
			}
		}
	}
}

// Only a capital letter of ASCII equals another octet.
func TestEqualFold(t *testing.T) {
	for _, lower := range "abcdefghijklmnopqrstuvwxyz-" {
		for c := range 256 {
			want := rune(c) == lower || 'A' <= c && c <= 'Z' && rune(c)+'a'-'A' == lower
			if got := EqualFold(string([]byte{byte(c)}), string(lower)); got != want {
				t.Errorf("EqualFold(%q, %q) = %t, want %t", rune(c), lower, got, want)
			}
		}
	}
	if EqualFold("path", "pat") || EqualFold("pat", "path") {
		t.Error("EqualFold holds strings of different lengths for equal")
	}
}

// hostile returns lines of about n octets that a careless parser is slow on,
// by name.
func hostile(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	return map[string]string{
		"nothing but semicolons":  fill(";"),
		"nothing but equals":      fill("="),
		"nothing but spaces":      fill(" "),
		"spaces in name":          "a" + fill(" ") + "b=c",
		"spaces in value":         "a=b" + fill(" ") + "c",
		"spaces in attribute":     "a=b; x" + fill(" ") + "y=" + fill(" ") + "z",
		"spaces around value":     "a=b; Path=" + fill(" ") + "/" + fill(" "),
		"tabs":                    "a=b" + fill("\t") + "c",
		"attributes":              "a=b" + fill(";x"),
		"empty attributes":        "a=b" + fill("; = "),
		"equals in attribute":     "a=b; x" + fill("="),
		"repeated attributes":     "a=b" + fill("; Path=/; Secure; Max-Age=1; Expires=1 Jan 00 0:0:0"),
		"long dates":              "a=b" + strings.Repeat("; Expires="+strings.Repeat("1:1:", 256), n/1034),
		"long value":              "a=" + fill("b") + "; Path=/",
		"long attribute":          "a=b; Path=/" + fill("x"),
		"digits in Max-Age":       "a=b; Max-Age=" + fill("9"),
		"long numbers in Max-Age": "a=b" + strings.Repeat("; Max-Age="+strings.Repeat("9", 1024), n/1034),
		"digits and letters":      "a=b" + strings.Repeat("; Max-Age="+strings.Repeat("9", 20)+strings.Repeat("x", 1004), n/1034),
		"high octets":             "a=" + fill("\xff"),
		"control at end":          "a=" + fill("\t\xff") + "\x00",
	}
}

// hostileDates is hostile for Date, which may be given more than the 1024
// octets of an attribute.
func hostileDates(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	return map[string]string{
		"delimiters":   fill(" "),
		"short tokens": fill("1 "),
		"digits":       fill("1"),
		"colons":       fill(":"),
		"times":        fill("1:1:1:"),
		"long times":   fill("0") + ":0:0 1 Jan 2026 00:00:00",
		"no times":     fill("0:0 "),
		"near times":   fill("11:11:111 "),
		"months":       fill("jan"),
		"near months":  fill("ja "),
		"high octets":  fill("\xff"),
		"date at end":  fill("x ") + "1 Jan 2026 00:00:00",
	}
}

// Nothing a server writes makes SetCookie, or Date, allocate.
func TestAllocs(t *testing.T) {
	lines := hostile(1 << 14)
	for _, v := range append(load[wantLine](t, "set-cookie.json"), load[wantLine](t, "set-cookie-last.json")...) {
		lines[v.ID] = v.Input
	}
	for name, line := range lines {
		for _, mode := range modes {
			if n := testing.AllocsPerRun(10, func() { SetCookie(line, mode) }); n != 0 {
				t.Errorf("%s, mode %d: SetCookie allocates %v times, want 0", name, mode, n)
			}
		}
	}
	dates := hostileDates(1 << 14)
	for _, v := range append(load[string](t, "date.json"), load[string](t, "date-loose.json")...) {
		dates[v.ID] = v.Input
	}
	for name, date := range dates {
		for _, mode := range modes {
			if n := testing.AllocsPerRun(10, func() { Date(date, mode) }); n != 0 {
				t.Errorf("%s, mode %d: Date allocates %v times, want 0", name, mode, n)
			}
		}
	}
}

// Time grows with the length of the line, whatever the line. The test takes no
// notice of how fast the machine is, and little of what else it does: sixteen
// times the length may, at the third attempt, cost a hundred times as much. A
// quadratic parser needs 256 times as much.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("parses many megabytes")
	}
	const (
		length = 1 << 16
		times  = 16
		limit  = 100
	)
	check := func(name string, short, long string, parse func(string)) {
		t.Helper()
		var quick, slow time.Duration
		for range 3 {
			quick, slow = cost(func() { parse(short) }), cost(func() { parse(long) })
			// What a clock can hardly resolve is not quadratic.
			if slow <= limit*max(quick, time.Microsecond) {
				return
			}
		}
		t.Errorf("%s: %d octets took %v, %d octets %v", name, len(short), quick, len(long), slow)
	}

	lines, longLines := hostile(length), hostile(times*length)
	for name, line := range lines {
		for _, mode := range []Mode{0, allModes} {
			check(name, line, longLines[name], func(s string) { SetCookie(s, mode) })
		}
	}
	dates, longDates := hostileDates(length), hostileDates(times*length)
	for name, date := range dates {
		for _, mode := range []Mode{0, allModes} {
			check(name, date, longDates[name], func(s string) { Date(s, mode) })
		}
		check(name, date, longDates[name], func(s string) { ServerTime(s) })
	}
}

// cost returns the least time that f took in a few runs.
func cost(f func()) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range 4 {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
}

func FuzzSetCookie(f *testing.F) {
	for _, v := range append(load[wantLine](f, "set-cookie.json"), load[wantLine](f, "set-cookie-last.json")...) {
		for _, mode := range modes {
			f.Add(v.Input, uint8(mode))
		}
	}
	for _, v := range load[string](f, "date-loose.json") {
		f.Add("a=b; Expires=1 Jan 2030 0:0:0; Expires="+v.Input, uint8(allModes))
	}
	for _, v := range load[*int64](f, "max-age-loose.json") {
		f.Add("a=b; Max-Age=1; Max-Age="+v.Input, uint8(allModes))
	}
	f.Fuzz(func(t *testing.T, line string, m uint8) {
		mode := Mode(m) & (allModes | LongFlags)
		if got, want := said(SetCookie(line, mode), mode), slowSetCookie(line, mode); got != want {
			t.Errorf("SetCookie(%q, %d) =\n%+v, reference says\n%+v", line, mode, got, want)
		}
	})
}
