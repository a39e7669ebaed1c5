package parse

import "time"

// Date parses a cookie-date, in UTC, and reports whether it is one. Servers
// have written dates in so many ways that the draft takes tokens in any order
// and ignores those that it has no use for. See RFC 6265bis, Section 5.1.1.
func Date(s string, _ Mode) (time.Time, bool) {
	var (
		hour, minute, second, day, year int
		month                           time.Month

		foundTime, foundDay, foundMonth, foundYear bool
	)
	// Once all four are found, no token counts.
	for !foundTime || !foundDay || !foundMonth || !foundYear { // 2
		var token string
		token, s = nextToken(s) // 1
		if token == "" {
			break
		}
		if !foundTime { // 2.1
			if hour, minute, second, foundTime = timeOfDay(token); foundTime {
				continue
			}
		}
		if !foundDay { // 2.2
			if day, _, foundDay = number(token, 1, 2); foundDay {
				continue
			}
		}
		if !foundMonth { // 2.3
			if month, foundMonth = monthOfYear(token); foundMonth {
				continue
			}
		}
		if !foundYear { // 2.4
			year, _, foundYear = number(token, 2, 4)
		}
	}

	// What counts is the number, not how many digits it was written with.
	switch {
	case 70 <= year && year <= 99: // 3
		year += 1900
	case 0 <= year && year <= 69: // 4
		year += 2000
	}

	if !foundDay || !foundMonth || !foundYear || !foundTime || // 5.1
		day < 1 || day > 31 || // 5.2
		year < 1601 || // 5.3
		hour > 23 || // 5.4
		minute > 59 || // 5.5
		second > 59 { // 5.6
		return time.Time{}, false
	}

	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	if t.Day() != day { // 6: time.Date takes February 30 for a day in March
		return time.Time{}, false
	}
	return t, true // 7
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
