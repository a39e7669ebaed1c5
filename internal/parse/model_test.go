package parse

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The functions below are RFC 6265bis, word for word: the reference that this
// package is held to. Where a mode departs from it, they do what Chromium was
// recorded to do. Keep them literal; they need not be fast.

// slowSetCookie is RFC 6265bis, Section 5.6.
func slowSetCookie(line string, mode Mode) Line {
	var l Line

	// 1
	for _, c := range []byte(line) {
		if c <= 0x08 || 0x0a <= c && c <= 0x1f || c == 0x7f {
			l.Control = true
		}
	}

	// 2
	var pair, unparsed string
	if strings.Contains(line, ";") {
		pair = line[:strings.Index(line, ";")]
		unparsed = line[strings.Index(line, ";"):]
	} else {
		pair = line
		unparsed = ""
	}

	// 3
	var name, value string
	if !strings.Contains(pair, "=") {
		name = ""
		value = pair
	} else {
		name = pair[:strings.Index(pair, "=")]
		value = pair[strings.Index(pair, "=")+1:]
	}

	// 4
	name = strings.Trim(name, "\x20\x09")
	value = strings.Trim(value, "\x20\x09")

	// 5
	if len(name)+len(value) > 4096 {
		l.TooLong = true
	}

	// 6
	l.Name = name
	l.Value = value
	l.Tab = strings.Contains(name+value, "\t")

	if l.Control || l.TooLong {
		return l
	}
	slowAttributes(&l, unparsed, mode)
	return l
}

// slowAttributes is RFC 6265bis, Section 5.6, attributes. With LastWins it sets an
// Expires or Max-Age aside for a later one to take its place, and only at the end
// reads those that are left, if they can be read. One that is too long takes no place.
func slowAttributes(l *Line, unparsed string, mode Mode) {
	last := map[Attr]string{}
	for unparsed != "" { // 1
		// 2
		unparsed = unparsed[1:]

		// 3
		var av string
		if strings.Contains(unparsed, ";") {
			av = unparsed[:strings.Index(unparsed, ";")]
		} else {
			av = unparsed
		}
		unparsed = unparsed[len(av):]

		// 4
		var name, value string
		if strings.Contains(av, "=") {
			name = av[:strings.Index(av, "=")]
			value = av[strings.Index(av, "=")+1:]
		} else {
			name = av
			value = ""
		}

		// 5
		name = strings.Trim(name, "\x20\x09")
		value = strings.Trim(value, "\x20\x09")

		if strings.Contains(name+value, "\t") {
			l.Tab = true
		}

		attrs := map[string]Attr{
			"expires": Expires, "max-age": MaxAge, "domain": Domain, "path": Path,
			"secure": Secure, "httponly": HTTPOnly, "samesite": SameSite,
			"partitioned": Partitioned, "priority": Priority,
		}
		attr, known := attrs[slowLower(name)]

		// 6
		if flag := attr == Secure || attr == HTTPOnly || attr == Partitioned || attr == SameSite; len(value) > 1024 && !(flag && mode&LongFlags != 0) {
			if known {
				l.Ignored++
			}
			continue
		}

		// 7
		if mode&LastWins != 0 && (attr == Expires || attr == MaxAge) {
			last[attr] = value
			continue
		}
		switch attr {
		case Expires:
			t, ok := slowDate(value, mode)
			if !ok {
				continue
			}
			l.Expires = t
		case MaxAge:
			n, ok := slowMaxAge(value, mode)
			if !ok {
				continue
			}
			l.MaxAge = n
		case Domain:
			l.Domain = value
		case Path:
			l.Path = value
			if value != "" && value[0] == 0x2f {
				l.HasPath = true
			}
		case SameSite:
			l.SameSite = value
		case Priority:
			l.Priority = value
		}
		l.Has |= attr
	} // 8

	if value, there := last[Expires]; there {
		if t, ok := slowDate(value, mode); ok {
			l.Expires = t
			l.Has |= Expires
		}
	}
	if value, there := last[MaxAge]; there {
		if n, ok := slowMaxAge(value, mode); ok {
			l.MaxAge = n
			l.Has |= MaxAge
		}
	}
}

// slowMaxAge is RFC 6265bis, Section 5.6.2, steps 1 to 4.
func slowMaxAge(value string, mode Mode) (int64, bool) {
	if mode&LooseMaxAge != 0 {
		return slowLooseMaxAge(value)
	}

	// 1
	if value == "" {
		return 0, false
	}

	// 2
	digit := func(c byte) bool { return 0x30 <= c && c <= 0x39 }
	if !digit(value[0]) && !(value[0] == '-' && len(value) > 1 && digit(value[1])) {
		return 0, false
	}

	// 3
	for _, c := range []byte(value[1:]) {
		if !digit(c) {
			return 0, false
		}
	}

	// 4
	n, ok := new(big.Int).SetString(value, 10)
	switch {
	case !ok:
		panic("not a number: " + value)
	case n.Cmp(big.NewInt(math.MaxInt64)) > 0:
		return math.MaxInt64, true
	case n.Cmp(big.NewInt(math.MinInt64)) < 0:
		return math.MinInt64, true
	}
	return n.Int64(), true
}

// A number as LooseMaxAge has it, and what follows.
var slowLooseNumber = regexp.MustCompile(`(?s)^([-+]?[0-9]+)(.*)$`)

// slowLooseMaxAge is slowMaxAge for LooseMaxAge. What follows the digits does not
// matter if the number is the first or last of an int64, or out of its range:
// Chromium cannot tell the one from the other.
func slowLooseMaxAge(value string) (int64, bool) {
	m := slowLooseNumber.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	n, ok := new(big.Int).SetString(m[1], 10)
	switch {
	case !ok:
		panic("not a number: " + m[1])
	case n.Cmp(big.NewInt(math.MaxInt64)) >= 0:
		return math.MaxInt64, true
	case n.Cmp(big.NewInt(math.MinInt64)) <= 0:
		return math.MinInt64, true
	case m[2] != "":
		return 0, false
	}
	return n.Int64(), true
}

// The grammar of RFC 6265bis, Section 5.1.1. A regular expression takes an
// octet above ASCII for a char above ASCII, which is as good here.
var (
	slowToken = regexp.MustCompile(`[^\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+`)
	slowDay   = regexp.MustCompile(`(?s)^([0-9]{1,2})([^0-9].*)?$`)
	slowMonth = regexp.MustCompile(`(?s)^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*$`)
	slowYear  = regexp.MustCompile(`(?s)^([0-9]{2,4})([^0-9].*)?$`)
	slowTime  = regexp.MustCompile(`(?s)^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})([^0-9].*)?$`)
)

// slowDate is RFC 6265bis, Section 5.1.1.
func slowDate(s string, mode Mode) (time.Time, bool) {
	if mode&LooseDates != 0 {
		return slowLooseDate(s)
	}

	var foundTime, foundDay, foundMonth, foundYear bool
	var hour, minute, second, day, month, year int

	for _, token := range slowToken.FindAllString(s, -1) { // 1, 2
		// 2.1
		if m := slowTime.FindStringSubmatch(token); !foundTime && m != nil {
			foundTime = true
			hour, minute, second = slowNumber(m[1]), slowNumber(m[2]), slowNumber(m[3])
			continue
		}
		// 2.2
		if m := slowDay.FindStringSubmatch(token); !foundDay && m != nil {
			foundDay = true
			day = slowNumber(m[1])
			continue
		}
		// 2.3
		if m := slowMonth.FindStringSubmatch(slowLower(token)); !foundMonth && m != nil {
			foundMonth = true
			month = strings.Index("jan feb mar apr may jun jul aug sep oct nov dec", m[1])/4 + 1
			continue
		}
		// 2.4
		if m := slowYear.FindStringSubmatch(token); !foundYear && m != nil {
			foundYear = true
			year = slowNumber(m[1])
			continue
		}
	}

	// 3
	if year >= 70 && year <= 99 {
		year += 1900
	}

	// 4
	if year >= 0 && year <= 69 {
		year += 2000
	}

	// 5
	switch {
	case !foundDay || !foundMonth || !foundYear || !foundTime,
		day < 1 || day > 31,
		year < 1601,
		hour > 23,
		minute > 59,
		second > 59:
		return time.Time{}, false
	}

	// 6
	if day > slowDays(year, month) {
		return time.Time{}, false
	}

	// 7
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// slowDays returns how many days a month has.
func slowDays(year, month int) int {
	if month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0) {
		return 29
	}
	return []int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// The kinds of token in LooseDates, without words. A token that starts with a digit and is of
// no such kind is ignored.
var (
	slowLooseTime   = regexp.MustCompile(`^([0-9]+):([0-9]+):([0-9]+)$`)
	slowLooseDigits = regexp.MustCompile(`^[0-9]{1,5}$`)
)

// slowLooseDate is slowDate for LooseDates. It sorts the tokens by what they look
// like, and then takes the first of each kind that there is.
func slowLooseDate(s string) (time.Time, bool) {
	var times [][3]uint64
	var numbers []string
	var months []int

	delimiter := func(r rune) bool { return strings.ContainsRune("\t !\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~", r) }
	for _, token := range strings.FieldsFunc(s, delimiter) {
		if !strings.Contains("0123456789", token[:1]) {
			for i, month := range strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec") {
				if strings.HasPrefix(slowLower(token), month) {
					months = append(months, i+1)
				}
			}
		}
		if m := slowLooseTime.FindStringSubmatch(token); m != nil {
			// Recorded: each is a number of 32 bits without a sign, or there is no time.
			hour, err1 := strconv.ParseUint(m[1], 10, 32)
			minute, err2 := strconv.ParseUint(m[2], 10, 32)
			second, err3 := strconv.ParseUint(m[3], 10, 32)
			if err1 == nil && err2 == nil && err3 == nil {
				times = append(times, [3]uint64{hour, minute, second})
			}
		}
		if slowLooseDigits.MatchString(token) {
			numbers = append(numbers, token)
		}
	}

	// The day is the first that is short enough, the year the first of the others.
	var day, year string
	for i, n := range numbers {
		if len(n) <= 2 {
			day = n
			numbers = append(numbers[:i:i], numbers[i+1:]...)
			break
		}
	}
	if day == "" || len(numbers) == 0 || len(months) == 0 || len(times) == 0 {
		return time.Time{}, false
	}
	year = numbers[0]

	d, m, y, t := slowNumber(day), months[0], slowNumber(year), times[0]
	if y <= 69 {
		y += 2000
	} else if y <= 99 {
		y += 1900
	}
	if d < 1 || d > slowDays(y, m) || t[0] > 23 || t[1] > 59 || t[2] > 59 {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(m), d, int(t[0]), int(t[1]), int(t[2]), 0, time.UTC), true
}

// slowNumber returns the number that a string of digits denotes.
func slowNumber(digits string) int {
	n := 0
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

// slowLower returns s with its ASCII letters in lower case.
func slowLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}
