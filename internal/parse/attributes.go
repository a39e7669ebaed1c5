package parse

import "strings"

// An Attr is a set of attributes of a Set-Cookie line.
type Attr uint16

// The attributes that a Line can have. Partitioned is from CHIPS, Priority is
// Chromium's; the others are the draft's.
const (
	Expires Attr = 1 << iota
	MaxAge
	Domain
	Path
	Secure
	HTTPOnly
	SameSite
	Partitioned
	Priority
)

// MaxAttribute is the length in octets that an attribute's value may have.
const MaxAttribute = 1024

// parseAttributes parses unparsed-attributes whose first semicolon the caller
// has cut off. If they are plain, they have no tabs. See RFC 6265bis, Section 5.6,
// attributes.
func (l *Line) parseAttributes(unparsed string, plain bool, mode Mode) {
	for more := true; more; { // 1, 8: what is left is empty, or starts with a semicolon
		var name, value string
		name, value, _, unparsed, more = next(unparsed) // 3.1, 4.1, and 2 of the next round

		name, value = trim(name), trim(value) // 5
		if !plain {
			l.Tab = l.Tab || hasTab(name) || hasTab(value)
		}

		switch a := known(name); {
		case a == 0: // 7: nobody knows it
		case len(value) > MaxAttribute:
			l.Ignored++ // 6
		default:
			l.process(a, value, mode) // 7
		}
	}
}

// known returns the attribute that name names, in any case, and 0 if it names
// none. The length of a name leaves at most three, and its first letter one.
func known(name string) (a Attr) {
	var is string
	switch len(name) {
	case 4:
		a, is = Path, "path"
	case 6:
		if a, is = Domain, "domain"; name[0]|0x20 == 's' {
			a, is = Secure, "secure"
		}
	case 7:
		if a, is = Expires, "expires"; name[0]|0x20 == 'm' {
			a, is = MaxAge, "max-age"
		}
	case 8:
		switch a, is = HTTPOnly, "httponly"; name[0] | 0x20 {
		case 's':
			a, is = SameSite, "samesite"
		case 'p':
			a, is = Priority, "priority"
		}
	case 11:
		a, is = Partitioned, "partitioned"
	default:
		return 0
	}
	if !EqualFold(name, is) {
		return 0
	}
	return a
}

// process adds the attribute a with its value to l, in place of an earlier one
// of that name. The steps that are not here are package policy's, which has the
// clock, the URL and the rules that they need.
func (l *Line) process(a Attr, value string, mode Mode) {
	switch a {
	case Expires: // RFC 6265bis, Section 5.6.1, steps 3 and 4: policy knows the limit.
		t, ok := Date(value, mode) // 1
		if !ok {
			l.drop(a, mode) // 2
			return
		}
		l.Expires = t // 6
	case MaxAge:
		n, ok := parseMaxAge(value, mode)
		if !ok {
			l.drop(a, mode)
			return
		}
		l.MaxAge = n // RFC 6265bis, Section 5.6.2, step 8
	case Domain: // RFC 6265bis, Section 5.6.3, steps 2 and 3: policy drops the dot and folds.
		l.Domain = value // 1, 4
	case Path: // RFC 6265bis, Section 5.6.4. Policy knows the default-path.
		l.Path = value                                         // 1, 2
		l.HasPath = l.HasPath || strings.HasPrefix(value, "/") // 1.1, for every Path
	case SameSite: // RFC 6265bis, Section 5.6.7, steps 1 to 4: policy knows the enforcements.
		l.SameSite = value // 5
	case Priority:
		l.Priority = value
	default:
		// Secure, HttpOnly, Partitioned: a value says nothing.
		// RFC 6265bis, Section 5.6.5; Section 5.6.6.
	}
	l.Has |= a
}

// drop forgets an earlier attribute a, after one that does not parse, if the mode
// is that the last one wins.
func (l *Line) drop(a Attr, mode Mode) {
	if mode&LastWins != 0 {
		l.Has &^= a
	}
}
