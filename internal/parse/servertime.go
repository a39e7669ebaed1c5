package parse

import (
	"strings"
	"time"
)

// ServerTime parses the value of a Date field as Chromium and Firefox do, in UTC, and
// reports whether it is a date. It takes what a Set-Cookie's Expires cannot have: time
// zones, AM and PM, numbers with slashes. What is out of range carries over, so that
// the 31st of June is the first of July. A date needs no time of day.
func ServerTime(s string) (time.Time, bool) {
	d := serverTime{s: s, day: -1, year: -1, hour: -1}
	if !d.takeUsual() {
		for n := 0; d.at(0) != 0; n++ {
			if n > maxServerTokens {
				return time.Time{}, false
			}
			d.token()
			d.skip()
		}
	}
	return d.time()
}

// time returns the time that was found, if it was.
func (d *serverTime) time() (time.Time, bool) {
	if !d.hasMonth || d.day < 0 || d.year < 0 || d.year > maxServerYear {
		return time.Time{}, false
	}
	t := time.Date(d.year, d.month, d.day, max(d.hour, 0), d.minute, d.second, d.micro*1000, time.UTC)
	offset := zones[d.zone]
	if d.hasOffset && d.offset != unknownOffset {
		offset = d.offset
	}
	t = t.Add(-time.Duration(offset) * time.Minute)
	if t.Equal(noTime) {
		return time.Time{}, false
	}
	return t, true
}

const (
	maxServerTokens = 1000
	maxServerYear   = 1<<15 - 1

	// unknownOffset is what those browsers have for the offset of a time zone that is
	// not yet known, so that they take "-0001" for nothing.
	unknownOffset = -1
)

// noTime is Chromium's null time. A Date of that second passes for one that is missing.
var noTime = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)

// A serverTime is what was found of a Date so far.
type serverTime struct {
	s string
	i int // where in s

	year, day, hour       int // below zero where not found
	minute, second, micro int
	month                 time.Month // that a number stands for, even one that is no month's
	hasMonth              bool

	zone      string // a key of zones, "" if none was found
	offset    int    // in minutes
	hasOffset bool
}

// zones are the offsets of the time zones that have names, in minutes.
var zones = map[string]int{
	"pst": -480, "pdt": -420, "mst": -420, "mdt": -360, "cst": -360, "cdt": -300, "est": -300, "edt": -240,
	"ast": -240, "nst": -210, "gmt": 0, "bst": 60, "met": 60, "eet": 120, "jst": 540,
}

// takeUsual takes the whole of a date as nearly all servers write it, such as "Wed, 21
// Oct 2065 07:28:00 GMT", and reports whether it is one.
func (d *serverTime) takeUsual() bool {
	var u date
	if u.takeUsual(d.s); !u.foundYear || u.day > 31 || d.s[7] != ' ' || d.s[25:] != " GMT" {
		return false
	}
	if !isLetter(d.s[0]) || !isLetter(d.s[1]) || !isLetter(d.s[2]) {
		return false // a zero octet ends a date, and a T before a digit a token
	}
	if _, ok := zones[strings.ToLower(d.s[:3])]; ok {
		return false
	}
	d.year, d.month, d.day, d.hasMonth = u.year, u.month, u.day, true
	d.hour, d.minute, d.second = u.hour, u.minute, u.second
	return true
}

// at returns the octet that is n after where we are, or zero past the end.
func (d *serverTime) at(n int) byte {
	if n += d.i; n < 0 || n >= len(d.s) {
		return 0
	}
	return d.s[n]
}

// digits returns how many digits there are, and the number that they are if there are
// no more than most.
func (d *serverTime) digits(most int) (n, count int) {
	for isDigit(d.at(count)) {
		if count < most {
			n = 10*n + int(d.at(count)-'0')
		}
		count++
	}
	return n, count
}

// take is digits, and goes past them. It reports whether there are from one to most.
func (d *serverTime) take(most int) (n int, ok bool) {
	n, count := d.digits(most)
	d.i += count
	return n, 1 <= count && count <= most
}

// token takes what begins here for what it looks like. It need not go to its end.
func (d *serverTime) token() {
	switch c := d.at(0); {
	case isLetter(c):
		d.word()
	case c == '+' || c == '-':
		d.shift()
	case isDigit(c):
		if n, count := d.digits(5); d.at(count) == ':' {
			d.clock()
		} else if (d.at(count) == '/' || d.at(count) == '-') && isDigit(d.at(count+1)) {
			d.numbers()
		} else if !isLetter(d.at(count)) {
			d.number(n, count)
		}
	}
}

// skip goes to the next token.
func (d *serverTime) skip() {
	for d.at(0) != 0 && strings.IndexByte(" \t,;-+/()[]", d.at(0)) < 0 && !d.beforeTime() {
		d.i++
	}
	for {
		for d.at(0) != 0 && strings.IndexByte(" \t,;/()[]", d.at(0)) >= 0 {
			d.i++
		}
		// A hyphen before digits is the sign of an offset, but not in 30-Aug-1966.
		if d.at(0) != '-' || isDigit(d.at(1)) && !(isLetter(d.at(-1)) && d.year < 0) {
			break
		}
		d.i++
	}
	if d.beforeTime() {
		d.i++
	}
}

// beforeTime reports whether this is the T between date and time of ISO 8601.
func (d *serverTime) beforeTime() bool { return d.at(0) == 'T' && isDigit(d.at(1)) }

// word takes the name of a month or of a time zone. What follows it does not matter.
func (d *serverTime) word() {
	if fold('u', 't', 0) == fold(d.at(0), d.at(1), 0) && !isLetter(d.at(2)) {
		if d.zone == "" {
			d.zone = "gmt"
		}
		return
	}
	if d.at(1) == 0 || d.at(2) == 0 {
		return
	}
	name := strings.ToLower(d.s[d.i : d.i+3])
	if month, ok := monthOfYear(name); ok {
		if !d.hasMonth {
			d.month, d.hasMonth = month, true
		}
	} else if _, ok := zones[name]; ok && d.zone == "" {
		d.zone = name
	}
}

// shift takes an offset from GMT: hours of one or two digits, or hours and minutes.
func (d *serverTime) shift() {
	sign := 1
	if d.at(0) == '-' {
		sign = -1
	}
	d.i++
	if d.hasOffset && d.offset != unknownOffset || d.zone != "" && d.zone != "gmt" {
		return
	}
	n, count := d.digits(4)
	switch count {
	case 1, 2:
		n *= 60
	case 4:
		n = n/100*60 + n%100
	default:
		return
	}
	d.offset, d.hasOffset, d.zone = sign*n, true, "gmt"
}

// number takes n, written with count digits, for a year or the day of the month.
func (d *serverTime) number(n, count int) {
	switch count {
	case 4, 5:
		if d.year < 0 {
			d.year = n
		}
	case 2:
		if d.day < 0 && n < 32 {
			d.day = n
		} else if d.year < 0 {
			d.year = fullYear(n)
		}
	case 1:
		if d.day < 0 {
			d.day = n
		}
	}
}

// clock takes a time of day: hours and minutes, perhaps seconds and a fraction of them,
// perhaps what half of the day it is.
func (d *serverTime) clock() {
	if d.hour >= 0 {
		return
	}
	var second, micro int
	hour, ok := d.take(2)
	d.i++ // the colon
	if !ok {
		return
	}
	minute, ok := d.take(2)
	if !ok {
		return
	}
	if d.at(0) == ':' {
		d.i++
	}
	if isDigit(d.at(0)) {
		if second, ok = d.take(2); !ok {
			return
		}
	}
	if d.at(0) == '.' {
		d.i++
		for scale := 100_000; isDigit(d.at(0)); scale /= 10 {
			micro += int(d.at(0)-'0') * scale
			d.i++
		}
	}
	if d.at(0) == 'Z' {
		d.zone = "gmt"
		d.i++
	} else if hour <= 12 {
		hour = d.half(hour)
	}
	d.hour, d.minute, d.second, d.micro = hour, minute, second, micro
}

// half returns the hour of the day, given the one on the clock and what comes next.
func (d *serverTime) half(hour int) int {
	i := d.i
	for i < len(d.s) && (d.s[i] == ' ' || d.s[i] == '\t') {
		i++
	}
	if i+1 < len(d.s) && d.s[i+1]|0x20 == 'm' {
		switch d.s[i] | 0x20 {
		case 'p':
			return hour%12 + 12
		case 'a':
			return hour % 12
		}
	}
	return hour
}

// numbers takes a date of three numbers with a slash or hyphen after each of the first
// two: day, month and year in that order, or the month first, or the year. It does
// nothing if a month was found before.
func (d *serverTime) numbers() {
	if d.hasMonth {
		return
	}
	start := d.i
	var n [3]int
	for part := range n {
		if part > 0 {
			if d.at(0) != '/' && d.at(0) != '-' {
				d.i = start
				return
			}
			d.i++
		}
		number, count := d.digits(5)
		if !partDigits[part][min(count, 6)] {
			d.i = start
			return
		}
		n[part] = number
		d.i += count
	}
	end := d.i
	if !d.beforeTime() && isLetter(d.at(0)) {
		d.i = start
		return
	}
	switch {
	case n[0] > 31 || n[0] == 0:
		if n[1] > 12 || n[2] > 31 {
			d.i = start
			return
		}
		d.year, d.month, d.day = fullYear(n[0]), time.Month(n[1]), n[2]
	case n[0] > 12 && n[1] > 12:
		return
	case n[0] > 12:
		d.day, d.month, d.year = n[0], time.Month(n[1]), fullYear(n[2])
	default:
		d.month, d.day, d.year = time.Month(n[0]), n[1], fullYear(n[2])
	}
	d.hasMonth, d.i = true, end
}

// partDigits are the numbers of digits that each part of such a date may have.
var partDigits = [3][7]bool{{1: true, 2: true, 4: true}, {1: true, 2: true}, {1: true, 2: true, 4: true, 5: true}}

// fullYear returns the year that is meant where two digits may stand for it.
func fullYear(n int) int {
	switch {
	case n < 70:
		return 2000 + n
	case n < 100:
		return 1900 + n
	}
	return n
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
