package cookiefile

import (
	"bytes"
	"encoding/binary"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// This file is the fast path for the lines of FormatJSON that Write writes for cookies of plain
// characters: the members in their order, without white space. The strings of a line are
// allocated together, and the domain and the path only if they differ from the line before.

// A writtenReader parses such lines. The zero writtenReader is ready to use.
type writtenReader struct {
	domain, path string // of the line before
}

// cookie parses line. ok is false if line does not have the form; parseOwn then decides.
func (r *writtenReader) cookie(line []byte) (c jar.Cookie, ok bool) {
	if !isPlainText(line) {
		return c, false
	}
	var f fields
	f.rest = line
	name := f.text(`{"name":"`)
	value := f.text(`,"value":"`)
	domain := f.text(`,"domain":"`)
	c.HostOnly = f.skip(`,"hostOnly":true`)
	path := f.text(`,"path":"`)
	if f.failed {
		return c, false
	}
	if f.skip(`,"expires":"`) {
		c.Expires = f.time()
	}
	c.Secure = f.skip(`,"secure":true`)
	c.HttpOnly = f.skip(`,"httpOnly":true`)
	if f.skip(`,"sameSite":"`) {
		switch {
		case f.skip(`Lax"`):
			c.SameSite = store.SameSiteLax
		case f.skip(`Strict"`):
			c.SameSite = store.SameSiteStrict
		case f.skip(`None"`):
			c.SameSite = store.SameSiteNone
		default:
			return c, false
		}
	}
	if f.skip(`,"created":"`) {
		c.Created = f.time()
	}
	if f.skip(`,"lastAccess":"`) {
		c.LastAccess = f.time()
	}
	if f.skip(`,"order":`) {
		c.Order = f.number()
	}
	if f.failed || string(f.rest) != "}" {
		return c, false
	}
	if r.domain != string(domain) {
		r.domain = string(domain)
	}
	if r.path != string(path) {
		r.path = string(path)
	}
	start := len(`{"name":"`)
	between := len(`","value":"`)
	pair := string(line[start : start+len(name)+between+len(value)])
	c.Name, c.Value = pair[:len(name)], pair[len(name)+between:]
	c.Domain, c.Path = r.domain, r.path
	return c, true
}

// isPlainText reports whether b is printable ASCII without a backslash: as JSON, its strings
// contain no escapes.
func isPlainText(b []byte) bool {
	const each, tops = 0x01_01_01_01_01_01_01_01, 0x80_80_80_80_80_80_80_80
	var bad uint64
	i := 0
	for ; i <= len(b)-8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		slash := w ^ '\\'*each
		// If no byte is above 0x7F, the top bit of a byte says that it is below 0x20, or that
		// slash is 0 there. A borrow from a byte below comes only from a byte that is bad.
		bad |= w | (w - 0x20*each) | (slash - each)
	}
	if bad&tops != 0 {
		return false
	}
	for ; i < len(b); i++ {
		if b[i] < 0x20 || b[i] >= 0x80 || b[i] == '\\' {
			return false
		}
	}
	return true
}

// fields are the members of a line that follow. Each method consumes what it expects, or sets
// failed.
type fields struct {
	rest   []byte
	failed bool
}

// skip consumes s, and reports whether the rest began with it.
func (f *fields) skip(s string) bool {
	if len(f.rest) < len(s) || string(f.rest[:len(s)]) != s {
		return false
	}
	f.rest = f.rest[len(s):]
	return true
}

// text consumes key and a string after it, with its closing quote.
func (f *fields) text(key string) []byte {
	if !f.skip(key) {
		f.failed = true
		return nil
	}
	end := bytes.IndexByte(f.rest, '"')
	if end < 0 {
		f.failed = true
		return nil
	}
	text := f.rest[:end]
	f.rest = f.rest[end+1:]
	return text
}

// number consumes a number.
func (f *fields) number() uint64 {
	i, n := 0, uint64(0)
	for i < len(f.rest) && i < 19 && isDigit(f.rest[i]) {
		n = n*10 + uint64(f.rest[i]-'0')
		i++
	}
	if i == 0 || i > 1 && f.rest[0] == '0' || i == 19 {
		f.failed = true // or the number may not fit
		return 0
	}
	f.rest = f.rest[i:]
	return n
}

// time consumes a time of RFC 3339 in UTC with its closing quote.
func (f *fields) time() time.Time {
	b := f.rest
	if len(b) < len(`2006-01-02T15:04:05Z"`) || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		f.failed = true
		return time.Time{}
	}
	ok := true
	two := func(i int) int {
		a, b := b[i]-'0', b[i+1]-'0'
		ok = ok && a <= 9 && b <= 9
		return int(a)*10 + int(b)
	}
	year, month, day := two(0)*100+two(2), two(5), two(8)
	hour, minute, second := two(11), two(14), two(17)
	i, nanos := 19, 0
	if b[i] == '.' {
		i++
		scale := 100_000_000
		for ; i < len(b) && isDigit(b[i]) && scale > 0; i++ {
			nanos += int(b[i]-'0') * scale
			scale /= 10
		}
		ok = ok && i > 20
	}
	ok = ok && year > 0 && 1 <= month && month <= 12 && 1 <= day && (day <= 28 || day <= daysIn(year, month)) &&
		hour < 24 && minute < 60 && second < 60
	if !ok || i+1 >= len(b) || b[i] != 'Z' || b[i+1] != '"' {
		f.failed = true
		return time.Time{}
	}
	f.rest = b[i+2:]
	return time.Unix(daysSince1970(year, month, day)*86400+int64(hour*3600+minute*60+second), int64(nanos)).UTC()
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 returns the number of a day. The year is at least 1.
func daysSince1970(year, month, day int) int64 {
	// In years that begin in March, a leap day is the last day.
	if month -= 2; month <= 0 {
		month += 12
		year--
	}
	const march1 = 719468 // days from March of the year 0 to 1970
	return int64(365*year + year/4 - year/100 + year/400 + (153*(month-1)+2)/5 + day - 1 - march1)
}

func isDigit(b byte) bool { return b-'0' <= 9 }
