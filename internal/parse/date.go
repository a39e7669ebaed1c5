package parse

import (
	"math"
	"strings"
	"time"
)

// Date parses a cookie-date, in UTC, and reports whether it is one. Servers
// write dates in so different ways that the draft takes tokens in any order and
// ignores tokens that it does not need. See RFC 6265bis, Section 5.1.1.
func Date(s string, mode Mode) (time.Time, bool) {
	if mode&NSPRDates != 0 {
		return nsprDate(s)
	}
	var d date
	d.takeUsual(s)
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

	if d.day > daysIn(d.month, year) { // 6: there is no such day
		return time.Time{}, false
	}
	seconds := unixDay(year, d.month, d.day)*24*60*60 + int64(d.hour*60*60+d.minute*60+d.second)
	return time.Unix(seconds, 0).UTC(), true // 7
}

// A date is what was found of a cookie-date so far.
type date struct {
	hour, minute, second, day, year int
	month                           time.Month

	foundTime, foundDay, foundMonth, foundYear bool
}

// takeUsual takes the whole of a date as nearly all servers write it, such as
// "Wed, 21 Oct 2065 07:28:00 GMT", or with hyphens: its tokens are where they are
// expected, and a loop would find the same.
func (d *date) takeUsual(s string) {
	if len(s) < len("Wed, 21 Oct 2065 07:28:00 ") || s[3] != ',' || s[4] != ' ' ||
		s[7] != ' ' && s[7] != '-' || s[11] != s[7] || s[16] != ' ' || s[19] != ':' || s[22] != ':' || s[25] != ' ' ||
		isDelimiter(s[0]) || isDelimiter(s[1]) || isDelimiter(s[2]) || isDigit(s[0]) {
		return
	}
	_, dayIsMonth := monthOfYear(s)
	month, isMonth := monthOfYear(s[8:])
	day, century, year := two(s[5:]), two(s[12:]), two(s[14:])
	hour, minute, second := two(s[17:]), two(s[20:]), two(s[23:])
	if dayIsMonth || !isMonth || day|century|year|hour|minute|second < 0 {
		return
	}
	*d = date{hour, minute, second, day, 100*century + year, month, true, true, true, true}
}

// two reads two digits. It returns a number below zero if s does not start with two.
func two(s string) int {
	if !isDigit(s[0]) || !isDigit(s[1]) {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

// take takes a token for the first of the four that is not found and that it
// matches. See RFC 6265bis, Section 5.1.1, step 2.
func (d *date) take(token string) {
	if !isDigit(token[0]) { // all but a month begin with a digit
		if !d.foundMonth { // 2.3
			d.month, d.foundMonth = monthOfYear(token)
		}
		return
	}
	n, rest, digits := number(token)
	if !d.foundTime && rest != "" && rest[0] == ':' { // 2.1
		if d.hour, d.minute, d.second, d.foundTime = timeOfDay(token); d.foundTime {
			return
		}
	}
	switch {
	case !d.foundDay && digits <= 2: // 2.2
		d.day, d.foundDay = n, true
	case !d.foundYear && 2 <= digits && digits <= 4: // 2.4
		d.year, d.foundYear = n, true
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

// looseNumber reads a number of any length, up to what 32 bits hold. One too large for
// every field may come back as another such.
func looseNumber(s string) (n int, ok bool) {
	var sum uint32
	for i := range len(s) {
		if !isDigit(s[i]) || sum > (math.MaxUint32-uint32(s[i]-'0'))/10 {
			return 0, false
		}
		sum = 10*sum + uint32(s[i]-'0')
	}
	return int(min(sum, math.MaxInt32)), s != ""
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

func isDelimiter(c byte) bool { return delimiters[c] }

// delimiters are the octets of the delimiter production.
var delimiters = func() (set [256]bool) {
	set['\t'] = true
	for c := byte(' '); c <= '~'; c++ {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		set[c] = !letter && !isDigit(c) && c != ':'
	}
	return set
}()

// timeOfDay reads a token that matches the time production.
func timeOfDay(token string) (hour, minute, second int, ok bool) {
	hour, token, h := number(token)
	if h > 2 || token == "" || token[0] != ':' {
		return 0, 0, 0, false
	}
	minute, token, m := number(token[1:])
	if m < 1 || m > 2 || token == "" || token[0] != ':' {
		return 0, 0, 0, false
	}
	second, _, s := number(token[1:])
	return hour, minute, second, 1 <= s && s <= 2
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

// number reads the digits at the start of s and returns their number. If there are more
// than four it reads five: no production allows five.
func number(s string) (n int, rest string, digits int) {
	i := 0
	for i < len(s) && i < 5 && isDigit(s[i]) {
		n = 10*n + int(s[i]-'0')
		i++
	}
	return n, s[i:], i
}
