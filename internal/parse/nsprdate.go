package parse

import "time"

// nsprDate parses a date as PR_ParseTimeString of Mozilla's NSPR does, which Firefox
// reads cookie-dates with, and reports whether it is one. It needs a day, a month and a
// year, and takes a time of day, a zone and an offset where there are any. Numbers that
// no calendar has are carried over: February 30 is March 1 or 2.
func nsprDate(s string) (time.Time, bool) {
	d := nspr{s: s, day: -1, year: -1, hour: -1, minute: -1, second: -1, offset: noOffset}
	for range 1000 { // NSPR gives up then
		if d.at(0) == 0 {
			return d.time()
		}
		d.token()
		d.skip()
	}
	return time.Time{}, false
}

// An nspr is what was found of a date so far, and what is left of it.
type nspr struct {
	s    string
	next int // index of what is left

	day, year, hour, minute, second int // -1: not found

	month      int // January is 1
	foundMonth bool

	zone      int // offset of the zone named, in minutes east
	foundZone bool
	summer    bool // an hour more
	gmt       bool // the zone is GMT, after which an offset may follow

	offset int // in minutes east
}

// noOffset marks an offset not found. It is a number, as in NSPR, so that the offset
// -0001 counts as missing, as there.
const noOffset = -1

// at returns the byte i after the next; 0 past the end.
func (d *nspr) at(i int) byte {
	if i += d.next; 0 <= i && i < len(d.s) {
		return d.s[i]
	}
	return 0
}

// digits returns how many digits stand at i after the next byte.
func (d *nspr) digits(i int) (n int) {
	for isDigit(d.at(i + n)) {
		n++
	}
	return n
}

// number returns the number that the n digits at i make up.
func (d *nspr) number(i, n int) (sum int) {
	for j := range n {
		sum = 10*sum + int(d.at(i+j)-'0')
	}
	return sum
}

// token reads what is next. It need not read to the end of the token.
func (d *nspr) token() {
	switch c := d.at(0); {
	case c == '+' || c == '-':
		d.takeOffset()
	case isDigit(c):
		switch n := d.digits(1) + 1; {
		case d.at(n) == ':':
			d.takeTime(n)
		case (d.at(n) == '/' || d.at(n) == '-') && isDigit(d.at(n+1)):
			d.takeNumeric()
		case !isLetter(d.at(n)):
			d.takeNumber(n)
		}
	default:
		d.takeWord()
	}
}

// skip goes to the next token. A dash starts an offset only before a digit, and not
// after a word as long as there is no year, as in 30-AUG-1966.
func (d *nspr) skip() {
	for c := d.at(0); c != 0 && c != '-' && c != '+' && !isNSPRSpace(c); c = d.at(0) {
		d.next++
	}
	for {
		for isNSPRSpace(d.at(0)) {
			d.next++
		}
		if d.at(0) != '-' || isDigit(d.at(1)) && (!isLetter(d.at(-1)) || d.year >= 0) {
			return
		}
		d.next++
	}
}

func isNSPRSpace(c byte) bool {
	switch c {
	case ' ', '\t', ',', ';', '/', '(', ')', '[', ']':
		return true
	}
	return false
}

// takeWord takes a month or a zone. Three letters tell it.
func (d *nspr) takeWord() {
	word := string([]byte{d.at(0) | 0x20, d.at(1) | 0x20, d.at(2) | 0x20})
	if month, ok := monthOfYear(word); ok && isLetter(d.at(0)) && isLetter(d.at(1)) && isLetter(d.at(2)) {
		if !d.foundMonth {
			d.month, d.foundMonth = int(month), true
		}
		return
	}
	if d.foundZone {
		return
	}
	if word[:2] == "ut" && !isLetter(d.at(2)) { // UTC is no zone, but without one it is GMT
		d.foundZone, d.gmt = true, true
		return
	}
	if z, ok := nsprZones[word]; ok && isLetter(d.at(2)) {
		d.zone, d.summer, d.foundZone, d.gmt = z.minutes, z.summer, true, word == "gmt"
	}
}

// nsprZones are the zones that NSPR knows.
var nsprZones = map[string]struct {
	minutes int
	summer  bool
}{
	"pst": {-8 * 60, false}, "pdt": {-8 * 60, true},
	"mst": {-7 * 60, false}, "mdt": {-7 * 60, true},
	"cst": {-6 * 60, false}, "cdt": {-6 * 60, true},
	"est": {-5 * 60, false}, "edt": {-5 * 60, true},
	"ast": {-4 * 60, false}, "nst": {-3*60 - 30, false},
	"gmt": {0, false}, "bst": {0, true},
	"met": {60, false}, "eet": {2 * 60, false}, "jst": {9 * 60, false},
}

// takeOffset takes hours, of one digit or two, or hours and minutes of two each. It may
// follow GMT, but no other zone, and comes once.
func (d *nspr) takeOffset() {
	negative := d.at(0) == '-'
	d.next++
	if d.offset != noOffset || d.foundZone && !d.gmt {
		return
	}
	var minutes int
	switch n := d.digits(0); n {
	case 1, 2:
		minutes = 60 * d.number(0, n)
	case 4:
		minutes = 60*d.number(0, 2) + d.number(2, 2)
	default:
		return
	}
	if negative {
		minutes = -minutes
	}
	d.offset = minutes
	d.zone, d.summer, d.foundZone, d.gmt = 0, false, true, true
}

// takeTime takes a time of day, whose hour has n digits. The seconds may be missing, and
// AM or PM may follow.
func (d *nspr) takeTime(n int) {
	if d.hour >= 0 && d.minute >= 0 || n > 2 {
		return
	}
	hour := d.number(0, n)
	d.next += n + 1
	n = d.digits(0)
	if n < 1 || n > 2 {
		return
	}
	minute, second := d.number(0, n), -1
	d.next += n
	if d.at(0) == ':' {
		d.next++
	}
	if n = d.digits(0); n > 2 {
		return
	}
	if n > 0 {
		second = d.number(0, n)
	}
	after := n
	for d.at(after) == ' ' || d.at(after) == '\t' {
		after++
	}
	if hour <= 12 && d.at(after+1)|0x20 == 'm' {
		switch c := d.at(after) | 0x20; {
		case c == 'p' && hour < 12:
			hour += 12
		case c == 'a' && hour == 12:
			hour = 0
		}
	}
	d.hour, d.minute, d.second = hour, minute, second
	d.next += n
}

// takeNumeric takes a date of three numbers with dashes or slashes between them: month,
// day and year, or day, month and year if there is no such month, or year, month and day
// if there is no such day either.
func (d *nspr) takeNumeric() {
	if d.foundMonth {
		return
	}
	var n [3]int
	at := 0
	for i := range n {
		if i > 0 {
			if c := d.at(at); c != '/' && c != '-' {
				return
			}
			at++
		}
		width := min(d.digits(at), 2)
		if i == 2 {
			width = min(d.digits(at), 5)
			if width == 3 {
				return
			}
		}
		if width == 0 {
			return
		}
		n[i] = d.number(at, width)
		at += width
	}
	if c := d.at(at); isDigit(c) || isLetter(c) {
		return
	}
	switch {
	case n[0] > 31 || n[0] == 0:
		if n[1] > 12 || n[2] > 31 {
			return
		}
		d.year, d.month, d.day = fullYear(n[0]), n[1], n[2]
	case n[0] > 12 && n[1] > 12: // neither is a month
		d.next += at
		return
	case n[0] > 12:
		d.day, d.month, d.year = n[0], n[1], fullYear(n[2])
	default:
		d.month, d.day, d.year = n[0], n[1], fullYear(n[2])
	}
	d.foundMonth = true
	d.next += at
}

// takeNumber takes a number of n digits alone: a day or a year.
func (d *nspr) takeNumber(n int) {
	value := d.number(0, min(n, 5))
	switch {
	case n == 1 && d.day < 0, n == 2 && d.day < 0 && value < 32:
		d.day = value
	case n == 2 && d.year < 0:
		d.year = fullYear(value)
	case (n == 4 || n == 5) && d.year < 0:
		d.year = value
	}
}

// time returns the date that was found.
func (d *nspr) time() (time.Time, bool) {
	const lastYear = 1<<15 - 1
	if !d.foundMonth || d.day < 0 || d.year < 0 || d.year > lastYear {
		return time.Time{}, false
	}
	minutes := d.offset
	if minutes == noOffset {
		minutes = d.zone
	}
	if d.summer {
		minutes += 60
	}
	t := time.Date(d.year, time.Month(d.month), d.day, max(d.hour, 0), max(d.minute, 0), max(d.second, 0), 0, time.UTC)
	return t.Add(-time.Duration(minutes) * time.Minute), true
}
