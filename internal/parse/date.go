package parse

import (
	"math"
	"strings"
	"time"
)

// Date parses a cookie-date, in UTC, and reports whether it is one. Servers
// have written dates in so many ways that the draft takes tokens in any order
// and ignores those that it has no use for. See RFC 6265bis, Section 5.1.1.
func Date(s string, mode Mode) (time.Time, bool) {
	var d date
	// Once all four are found, no token counts.
	for !d.foundTime || !d.foundDay || !d.foundMonth || !d.foundYear { // 2
		var token string
		token, s = nextToken(s) // 1
		if token == "" {
			break
		}
		if mode&LooseDates != 0 {
			d.takeLoose(token)
		} else {
			d.take(token)
		}
	}

	// What counts is the number, not how many digits it was written with.
	year := d.year
	switch {
	case 70 <= year && year <= 99: // 3
		year += 1900
	case 0 <= year && year <= 69: // 4
		year += 2000
	}

	if !d.foundDay || !d.foundMonth || !d.foundYear || !d.foundTime || // 5.1
		d.day < 1 || d.day > 31 || // 5.2
		year < 1601 && mode&LooseDates == 0 || // 5.3
		d.hour > 23 || // 5.4
		d.minute > 59 || // 5.5
		d.second > 59 { // 5.6
		return time.Time{}, false
	}

	t := time.Date(year, d.month, d.day, d.hour, d.minute, d.second, 0, time.UTC)
	if t.Day() != d.day { // 6: time.Date takes February 30 for a day in March
		return time.Time{}, false
	}
	return t, true // 7
}

// A date is what was found of a cookie-date so far.
type date struct {
	hour, minute, second, day, year int
	month                           time.Month

	foundTime, foundDay, foundMonth, foundYear bool
}

// take takes a token for the first of the four that is not found and that it
// matches. See RFC 6265bis, Section 5.1.1, step 2.
func (d *date) take(token string) {
	if !d.foundTime { // 2.1
		if d.hour, d.minute, d.second, d.foundTime = timeOfDay(token); d.foundTime {
			return
		}
	}
	if !d.foundDay { // 2.2
		if d.day, _, d.foundDay = number(token, 1, 2); d.foundDay {
			return
		}
	}
	if !d.foundMonth { // 2.3
		if d.month, d.foundMonth = monthOfYear(token); d.foundMonth {
			return
		}
	}
	if !d.foundYear { // 2.4
		d.year, _, d.foundYear = number(token, 2, 4)
	}
}

// takeLoose is take for LooseDates: what a token looks like says what it is.
func (d *date) takeLoose(token string) {
	switch {
	case !isDigit(token[0]):
		if !d.foundMonth {
			d.month, d.foundMonth = monthOfYear(token)
		}
	case strings.IndexByte(token, ':') >= 0:
		if !d.foundTime {
			d.hour, d.minute, d.second, d.foundTime = looseTime(token)
		}
	case !d.foundDay && len(token) <= 2:
		d.day, d.foundDay = looseNumber(token)
	case !d.foundYear && len(token) <= 5:
		d.year, d.foundYear = looseNumber(token)
	}
}

// looseTime reads three numbers with colons between them.
func looseTime(token string) (hour, minute, second int, ok bool) {
	h, rest, _ := cut(token, ':')
	m, s, _ := cut(rest, ':')
	hour, ok1 := looseNumber(h)
	minute, ok2 := looseNumber(m)
	second, ok3 := looseNumber(s)
	return hour, minute, second, ok1 && ok2 && ok3
}

// looseNumber reads a number of any length, up to what 32 bits hold.
func looseNumber(s string) (n int, ok bool) {
	for i := range len(s) {
		if !isDigit(s[i]) || n > (math.MaxInt32-int(s[i]-'0'))/10 {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, s != ""
}

// nextToken returns the first date-token of s and what follows it. The token
// is empty if s has no more.
func nextToken(s string) (token, rest string) {
	i := 0
	for i < len(s) && isDelimiter(s[i]) {
		i++
	}
	j := i
	for j < len(s) && !isDelimiter(s[j]) {
		j++
	}
	return s[i:j], s[j:]
}

func isDelimiter(c byte) bool {
	switch letter := c | 0x20; {
	case '0' <= c && c <= ':', 'a' <= letter && letter <= 'z':
		return false
	}
	return ' ' <= c && c <= '~' || c == '\t'
}

// timeOfDay reads a token that matches the time production.
func timeOfDay(token string) (hour, minute, second int, ok bool) {
	hour, token, ok = number(token, 1, 2)
	if !ok || token == "" || token[0] != ':' {
		return 0, 0, 0, false
	}
	minute, token, ok = number(token[1:], 1, 2)
	if !ok || token == "" || token[0] != ':' {
		return 0, 0, 0, false
	}
	second, _, ok = number(token[1:], 1, 2)
	return hour, minute, second, ok
}

// monthOfYear reads a token that matches the month production.
func monthOfYear(token string) (time.Month, bool) {
	if len(token) < 3 {
		return 0, false
	}
	switch fold(token[0], token[1], token[2]) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return time.January, true
	case 'f'<<16 | 'e'<<8 | 'b':
		return time.February, true
	case 'm'<<16 | 'a'<<8 | 'r':
		return time.March, true
	case 'a'<<16 | 'p'<<8 | 'r':
		return time.April, true
	case 'm'<<16 | 'a'<<8 | 'y':
		return time.May, true
	case 'j'<<16 | 'u'<<8 | 'n':
		return time.June, true
	case 'j'<<16 | 'u'<<8 | 'l':
		return time.July, true
	case 'a'<<16 | 'u'<<8 | 'g':
		return time.August, true
	case 's'<<16 | 'e'<<8 | 'p':
		return time.September, true
	case 'o'<<16 | 'c'<<8 | 't':
		return time.October, true
	case 'n'<<16 | 'o'<<8 | 'v':
		return time.November, true
	case 'd'<<16 | 'e'<<8 | 'c':
		return time.December, true
	}
	return 0, false
}

// fold packs three octets into one number, letters in lower case. Bit 0x20 does
// it: it makes a lower-case letter of nothing but a letter.
func fold(a, b, c byte) uint32 {
	return uint32(a|0x20)<<16 | uint32(b|0x20)<<8 | uint32(c|0x20)
}

// number reads the digits that s begins with. It reports whether there are at
// least lo of them and at most hi: the productions let no digit follow. It
// looks at hi+1 octets, however many digits there are.
func number(s string, lo, hi int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i <= hi && isDigit(s[i]) {
		n = 10*n + int(s[i]-'0')
		i++
	}
	return n, s[i:], lo <= i && i <= hi
}
