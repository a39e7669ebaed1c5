package parse

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serverTimes are Date fields with the time that each is. Chromium reads all of them so:
// they, and many more, are in testdata/browsers/recordings/date.jsonl.
var serverTimes = map[string]string{
	"Fri, 15 Jun 2035 12:34:56 GMT":            "2035-06-15T12:34:56Z",
	"Friday, 15-Jun-35 12:34:56 GMT":           "2035-06-15T12:34:56Z",
	"Fri Jun 15 12:34:56 2035":                 "2035-06-15T12:34:56Z",
	"2035-06-15T12:34:56Z":                     "2035-06-15T12:34:56Z",
	"2035-06-15T12:34:56+02:00":                "2035-06-15T10:34:56Z",
	"15 Jun 2035 12:34:56 PST":                 "2035-06-15T20:34:56Z",
	"EST, 15 Jun 2035 12:34:56 GMT":            "2035-06-15T17:34:56Z",
	"15 Jun 2035 12:34:56 -0001":               "2035-06-15T12:34:56Z",
	"15 Jun 2035 12:34:56 GMT+1":               "2035-06-15T11:34:56Z",
	"06/15/2035 12:34:56":                      "2035-06-15T12:34:56Z",
	"15/06/35 3:34 pm":                         "2035-06-15T15:34:00Z",
	"15 Jun 2035 12:34:56 AM":                  "2035-06-15T00:34:56Z",
	"15 Jun 2035":                              "2035-06-15T00:00:00Z",
	"31 Jun 2035 12:34:56":                     "2035-07-01T12:34:56Z",
	"15 Jun 2035 36:34:56":                     "2035-06-16T12:34:56Z",
	"15 Jun 0035 12:34:56":                     "0035-06-15T12:34:56Z",
	"15 Jun 69":                                "2069-06-15T00:00:00Z",
	"15 Jun 70":                                "1970-06-15T00:00:00Z",
	"15 Jun 2035 12:34:56.789":                 "2035-06-15T12:34:56.789Z",
	"2 Jan 1601 00:00:00":                      "1601-01-02T00:00:00Z",
	"Mon, 01 Jan 1601 00:00:00 GMT":            "", // what stands for no time
	"Wed, 32 May 2100 12:34:56 GMT":            "",
	"15 Jun 32768 12:34:56":                    "",
	"15 June":                                  "",
	"0":                                        "",
	"":                                         "",
	"15 Jun\x002035 12:34:56":                  "",
	"F\x7f\x00, 15 Jun 2035 12:34:56 GMT":      "",
	"\x00ri, 15 Jun 2035 12:34:56 GMT":         "",
	"F\xffi, 15 Jun 2035 12:34:56 GMT":         "2035-06-15T12:34:56Z",
	"FT5, 15 Jun 2035 12:34:56 GMT":            "2015-06-05T12:34:56Z",
	"F55, 15 Jun 2035 12:34:56 GMT":            "2035-06-15T12:34:56Z",
	strings.Repeat("x ", 1000) + "15 Jun 2035": "",
}

func TestServerTime(t *testing.T) {
	for in, want := range serverTimes {
		got, ok := ServerTime(in)
		text := ""
		if ok {
			text = got.Format(time.RFC3339Nano)
		}
		if text != want {
			t.Errorf("ServerTime(%.60q) = %q, want %q", in, text, want)
		}
		if slow, slowOK := slowServerTime(in); slow != got || slowOK != ok {
			t.Errorf("the reference says of %.60q %v, %t", in, slow, slowOK)
		}
	}
}

func FuzzServerTime(f *testing.F) {
	for in := range serverTimes {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ServerTime(s)
		if want, wantOK := slowServerTime(s); got != want || ok != wantOK {
			t.Errorf("ServerTime(%q) = %v, %t, reference says %v, %t", s, got, ok, want, wantOK)
		}
		if ok && (got.Year() < -1 || got.Year() > 32768) {
			t.Errorf("ServerTime(%q) = %v: not a year that it can be", s, got)
		}
	})
}

// The tokens of slowServerTime.
var (
	slowUT      = regexp.MustCompile(`^(?i)ut([^a-z]|$)`)
	slowWord    = regexp.MustCompile(`^(?i)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|pst|pdt|mst|mdt|cst|cdt|est|edt|ast|nst|gmt|bst|met|eet|jst)`)
	slowOffset  = regexp.MustCompile(`^[-+]([0-9]*)`)
	slowClock   = regexp.MustCompile(`^([0-9]+):([0-9]+):?([0-9]*)(?:\.([0-9]*))?(Z?)`)
	slowNoon    = regexp.MustCompile(`^[ \t]*([AaPp])[Mm]`)
	slowNumbers = regexp.MustCompile(`^([0-9]{4}|[0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4,5}|[0-9]{1,2})`)
	slowSplit   = regexp.MustCompile(`^[0-9]+[-/][0-9]`)
	slowDigit   = regexp.MustCompile(`^[0-9]+`)
	slowISO     = regexp.MustCompile(`^T[0-9]`)
)

// slowServerTime is ServerTime as a series of regular expressions, tried in turn. What
// a token leaves is passed over up to the next one.
func slowServerTime(s string) (time.Time, bool) {
	before, _, _ := strings.Cut(s, "\x00")
	rest := before
	year, month, day := -1, -1, -1
	hour, minute, second, micro := -1, 0, 0, 0
	zone, offset := "", -1
	expand := func(n int) int {
		if n < 70 {
			return n + 2000
		}
		if n < 100 {
			return n + 1900
		}
		return n
	}
	isLetterAt := func(s string) bool { return s != "" && isLetter(s[0]) }

	for n := 0; rest != ""; n++ {
		if n > 1000 {
			return time.Time{}, false
		}
		digits := slowDigit.FindString(rest)
		after := rest[len(digits):]
		switch {
		case slowUT.MatchString(rest):
			if zone == "" {
				zone = "gmt"
			}
		case slowWord.MatchString(rest):
			name := strings.ToLower(rest[:3])
			if i := slices.Index(strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec"), name); i < 0 {
				if zone == "" {
					zone = name
				}
			} else if month < 0 {
				month = i + 1
			}
		case slowOffset.MatchString(rest):
			m := slowOffset.FindStringSubmatch(rest)
			if n, _ := strconv.Atoi(m[1]); offset == -1 && (zone == "" || zone == "gmt") {
				sign := map[byte]int{'+': 1, '-': -1}[rest[0]]
				switch len(m[1]) {
				case 1, 2:
					offset, zone = sign*n*60, "gmt"
				case 4:
					offset, zone = sign*(n/100*60+n%100), "gmt"
				}
			}
			rest = rest[1:]
		case digits == "":
		case strings.HasPrefix(after, ":"):
			m := slowClock.FindStringSubmatch(rest)
			if m == nil || hour >= 0 || len(m[1]) > 2 || len(m[2]) > 2 || len(m[3]) > 2 {
				break
			}
			rest = rest[len(m[0]):]
			hour, minute, second = slowNumber(m[1]), slowNumber(m[2]), 0
			if m[3] != "" {
				second = slowNumber(m[3])
			}
			micro = slowNumber((m[4] + "000000")[:6])
			if noon := slowNoon.FindStringSubmatch(rest); m[5] == "Z" {
				zone = "gmt"
			} else if noon != nil && hour <= 12 {
				hour %= 12
				if strings.ToLower(noon[1]) == "p" {
					hour += 12
				}
			}
		case slowSplit.MatchString(rest):
			m := slowNumbers.FindStringSubmatch(rest)
			if m == nil || month >= 0 {
				break
			}
			tail := rest[len(m[0]):]
			if slowDigit.MatchString(tail) || isLetterAt(tail) && !slowISO.MatchString(tail) {
				break
			}
			a, b, c := slowNumber(m[1]), slowNumber(m[2]), slowNumber(m[3])
			yearFirst := a > 31 || a == 0
			if yearFirst && (b > 12 || c > 31) {
				break
			}
			rest = tail
			switch {
			case yearFirst:
				year, month, day = expand(a), b, c
			case a > 12 && b > 12:
			case a > 12:
				year, month, day = expand(c), b, a
			default:
				year, month, day = expand(c), a, b
			}
		case isLetterAt(after):
		case len(digits) == 4 || len(digits) == 5:
			if year < 0 {
				year = slowNumber(digits)
			}
		case len(digits) == 2:
			if n := slowNumber(digits); day < 0 && n < 32 {
				day = n
			} else if year < 0 {
				year = expand(n)
			}
		case len(digits) == 1:
			if day < 0 {
				day = slowNumber(digits)
			}
		}
		for rest != "" && !strings.Contains(" \t,;-+/()[]", rest[:1]) && !slowISO.MatchString(rest) {
			rest = rest[1:]
		}
		for {
			rest = strings.TrimLeft(rest, " \t,;/()[]")
			if !strings.HasPrefix(rest, "-") {
				break
			}
			at := len(before) - len(rest)
			follows := at > 0 && isLetter(before[at-1]) && year < 0
			if !follows && slowDigit.MatchString(rest[1:]) {
				break
			}
			rest = rest[1:]
		}
		if slowISO.MatchString(rest) {
			rest = rest[1:]
		}
	}

	if month < 0 || day < 0 || year < 0 || year > 32767 {
		return time.Time{}, false
	}
	if offset == -1 {
		offset = 0
		for _, z := range strings.Fields("pst:-480 pdt:-420 mst:-420 mdt:-360 cst:-360 cdt:-300 est:-300 edt:-240 ast:-240 nst:-210 gmt:0 bst:60 met:60 eet:120 jst:540") {
			if name, minutes, _ := strings.Cut(z, ":"); name == zone {
				offset, _ = strconv.Atoi(minutes)
			}
		}
	}
	t := time.Date(year, time.Month(month), day, max(hour, 0), minute-offset, second, micro*1000, time.UTC)
	if t == time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) {
		return time.Time{}, false
	}
	return t, true
}
