package inspect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// visible returns s with everything escaped that is not printable: bytes that are not
// UTF-8, control characters, and characters that change the direction or shape of others.
func visible(s string) string {
	plain := true
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		s = s[n:]
	}
	return b.String()
}

// units are the units of a distance in time, longest first.
var units = []struct {
	name string
	long time.Duration
	from time.Duration // the shortest distance in this unit
}{
	// 59.5 minutes would round to 60 minutes, so they are one hour.
	{"year", year, 2*year - year/24},
	{"month", year / 12, 2*year/12 - 12*time.Hour},
	{"day", 24 * time.Hour, 24*time.Hour - 30*time.Minute},
	{"hour", time.Hour, time.Hour - 30*time.Second},
	{"minute", time.Minute, time.Minute - time.Second/2},
	{"second", time.Second, 0},
}

const year = 8766 * time.Hour

// distance returns the time from now to t, such as "in 3 days" or "5 minutes ago".
func distance(t, now time.Time) string {
	d := t.Sub(now)
	far := d.Abs()
	for _, u := range units {
		if far < u.from {
			continue
		}
		n := int64(math.Round(float64(far) / float64(u.long)))
		text := strconv.FormatInt(n, 10) + " " + u.name
		if n != 1 {
			text += "s"
		}
		switch {
		case n == 0:
			return "now"
		case d > 0:
			return "in " + text
		}
		return text + " ago"
	}
	return "now" // unreachable: the last unit begins at zero
}

// stamp returns the date and time of t, or "" for the zero Time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// size formats a number of bytes, such as "1.5 KiB".
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// count formats n with thousands separators.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
