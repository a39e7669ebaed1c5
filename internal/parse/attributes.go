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
// has cut off. See RFC 6265bis, Section 5.6, attributes.
func (l *Line) parseAttributes(unparsed string, mode Mode) {
	for more := true; more; { // 1, 8: what is left is empty, or starts with a semicolon
		var av string
		av, unparsed, more = cut(unparsed, ';') // 3.1, and 2 of the next round

		name, value, _ := cut(av, '=')        // 4.1
		name, value = trim(name), trim(value) // 5
		l.Tab = l.Tab || hasTab(name) || hasTab(value)

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
// none. The length of a name leaves at most three to compare it with.
func known(name string) Attr {
	switch len(name) {
	case 4:
		if EqualFold(name, "path") {
			return Path
		}
	case 6:
		switch {
		case EqualFold(name, "domain"):
			return Domain
		case EqualFold(name, "secure"):
			return Secure
		}
	case 7:
		switch {
		case EqualFold(name, "expires"):
			return Expires
		case EqualFold(name, "max-age"):
			return MaxAge
		}
	case 8:
		switch {
		case EqualFold(name, "httponly"):
			return HTTPOnly
		case EqualFold(name, "samesite"):
			return SameSite
		case EqualFold(name, "priority"):
			return Priority
		}
	case 11:
		if EqualFold(name, "partitioned") {
			return Partitioned
		}
	}
	return 0
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
