// Package parse says what a Set-Cookie field value says: its name, its value,
// its attributes. It follows RFC 6265bis, Sections 5.1.1 and 5.6, and reports
// without judging: it knows no URL, no clock and no rule about which cookie
// may be kept. Package policy judges.
//
// A server writes what is read here, so each function takes time in proportion
// to its input, whatever the input, and allocates nothing.
//
// Its functions keep no state and are safe for concurrent use.
package parse

import (
	"strings"
	"time"
)

// A Mode selects named departures from the draft that some user agents have.
// The zero Mode is the draft.
type Mode uint32

const (
	// LastWins: the last Expires and the last Max-Age count even if they do not
	// parse; then the line has none. The draft ignores those that do not.
	LastWins Mode = 1 << iota

	// LooseDates: a token of a cookie-date that begins with a digit is a time if
	// it has a colon, and else a number; any other is a word, which may be the
	// month. A time is three numbers of any length. The first number of up to
	// two digits is the day, the next of up to five the year, and no year is too
	// early. Nothing may follow the digits. In the draft, tokens have no kinds,
	// times have fields of one or two digits, years have two to four, and
	// anything may follow.
	LooseDates

	// LooseMaxAge: a Max-Age may begin with "+", and what follows the digits does
	// not matter once these are past the range of an int64.
	LooseMaxAge

	// NSPRDates: a cookie-date is read as NSPR reads dates, whatever else the mode
	// says of them. It has zones and offsets, times of day without seconds, or none,
	// and dates of three numbers.
	NSPRDates

	// SignedMaxAge: a Max-Age that begins with "-" is below zero, whatever follows; and
	// what follows digits does not matter once these are past the range of an int64.
	SignedMaxAge

	// BareNames: a line without "=" before its attributes has a name and no value. In the
	// draft it has a value and no name.
	BareNames

	// LongFlags: Secure, HttpOnly, Partitioned and SameSite count however long their value
	// is. In the draft an attribute is ignored if its value is longer than 1024 octets.
	LongFlags
)

// MaxPair is the length in octets that a name and a value may have together.
const MaxPair = 4096

// A Line is what one Set-Cookie field value says. Its strings are substrings
// of the field value, and so keep it in memory.
//
// Where an attribute is repeated, a Line has the last one that was not
// ignored. A known attribute is ignored if its value is longer than 1024
// octets, or if it is an Expires or Max-Age that does not parse.
type Line struct {
	// Name and Value have no white space around them. They are set even if
	// Control or TooLong is, so that a refusal can name the cookie.
	Name, Value string

	// Has is the set of attributes that are present and not ignored. It and
	// all that follows from attributes is zero if Control or TooLong is set.
	Has Attr

	// Domain, Path, SameSite and Priority are the values of those attributes
	// as they were written, but for white space around them.
	Domain, Path, SameSite, Priority string

	// Expires is the value of the Expires attribute, in UTC.
	Expires time.Time

	// MaxAge is the value of the Max-Age attribute in seconds. A number that
	// no int64 can hold becomes the nearest one that can.
	MaxAge int64

	// HasPath reports whether any Path attribute, not only the last, began
	// with a slash: the has-path attribute of the layered-cookies draft.
	HasPath bool

	// Control reports whether the line has, anywhere, a control octet other
	// than a tab. The draft ignores such a line.
	Control bool

	// Tab reports whether Name or Value, or the name or value of any attribute,
	// known or not, has a tab inside.
	Tab bool

	// TooLong reports whether Name and Value are together longer than 4096
	// octets. The draft ignores such a line.
	TooLong bool

	// Ignored is the number of known attributes that were ignored because
	// their value is longer than 1024 octets.
	Ignored int
}

// SetCookie parses a set-cookie-string. See RFC 6265bis, Section 5.6.
//
// Where the draft aborts, SetCookie sets the flag that says why and leaves the
// attributes alone.
func SetCookie(line string, mode Mode) (l Line) {
	plain := isPlain(line)
	l.Control = !plain && anyControl(line) // 1

	equals, end := separators(line)                          // 2.1
	name, value := line[:max(equals, 0)], line[equals+1:end] // 3
	name, value = trim(name), trim(value)                    // 4
	if mode&BareNames != 0 && equals < 0 {
		name, value = value, ""
	}

	l.TooLong = len(name)+len(value) > MaxPair // 5
	l.Name, l.Value = name, value              // 6
	l.Tab = !plain && (hasTab(name) || hasTab(value))

	if end < len(line) && !l.Control && !l.TooLong {
		l.parseAttributes(line[end+1:], plain, mode)
	}
	return l
}

func hasTab(s string) bool { return strings.IndexByte(s, '\t') >= 0 }

// HasControl reports whether s has a control octet other than a tab. Octets above ASCII
// are not control octets.
func HasControl(s string) bool { return !isPlain(s) && anyControl(s) }

// anyControl is HasControl, octet by octet.
func anyControl(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// cut is [strings.Cut] for a separator of one octet, which is faster to find.
func cut(s string, sep byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// trim returns s without the WSP, spaces and tabs, around it.
func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// isSpace reports whether c is WSP. No other white space counts. Most octets are above
// both.
func isSpace(c byte) bool { return c <= ' ' && (c == ' ' || c == '\t') }

// isDigit reports whether c is a DIGIT.
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// EqualFold reports whether s is lower, which has letters in lower case and
// hyphens, in any mix of ASCII cases. Letters beyond ASCII have no other case
// here, unlike in [strings.EqualFold], which takes the Kelvin sign for a k.
// Bit 0x20 makes a small letter of a capital, but also a hyphen of a carriage
// return: hence the look at 'A'.
func EqualFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != lower[i] && (c < 'A' || c|0x20 != lower[i]) {
			return false
		}
	}
	return true
}
