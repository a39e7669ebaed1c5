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
	for {
		switch { // These most lines have, so written: they need not be taken apart.
		case len(unparsed) <= len(" HttpOnly;"):
		case unparsed[:8] == " Path=/;":
			l.Path, l.HasPath, l.Has = "/", true, l.Has|Path
			unparsed = unparsed[8:]
			continue
		case unparsed[:8] == " Secure;":
			l.Has |= Secure
			unparsed = unparsed[8:]
			continue
		case unparsed[:10] == " HttpOnly;":
			l.Has |= HTTPOnly
			unparsed = unparsed[10:]
			continue
		}

		a, name, value, end := takeApart(unparsed)
		if !plain {
			l.Tab = l.Tab || hasTab(name) || hasTab(value)
		}

		switch {
		case a == 0: // 7: nobody knows it
		case len(value) > MaxAttribute && isBounded(a, mode):
			l.Ignored++ // 6
		default:
			l.process(a, value, mode) // 7
		}

		if end >= len(unparsed) {
			return // 1
		}
		unparsed = unparsed[end+1:] // 2, 8
	}
}

// isBounded reports whether the attribute is ignored if its value is too long.
// See RFC 6265bis, Section 5.6, attributes, step 6.
func isBounded(a Attr, mode Mode) bool {
	return mode&LongFlags == 0 || a&(Secure|HTTPOnly|Partitioned|SameSite) == 0
}

// takeApart returns the attribute at the start of unparsed-attributes, 0 if nobody knows
// it, its name and its value, and where it ends.
func takeApart(unparsed string) (a Attr, name, value string, end int) {
	equals := 0
	switch { // as nearly all servers write them
	case len(unparsed) < len(" SameSite="):
	case unparsed[:10] == " SameSite=":
		a, equals = SameSite, 9
	case unparsed[:9] == " Max-Age=":
		a, equals = MaxAge, 8
	case unparsed[:9] == " Expires=":
		a, equals = Expires, 8
	case unparsed[:8] == " Domain=":
		a, equals = Domain, 7
	}
	if a != 0 {
		if end = strings.IndexByte(unparsed, ';'); end < 0 {
			end = len(unparsed)
		}
		return a, unparsed[1:equals], trim(unparsed[equals+1 : end]), end
	}
	equals, end = separators(unparsed) // 3.1
	name = unparsed[:end]
	if equals >= 0 {
		name, value = unparsed[:equals], trim(unparsed[equals+1:end]) // 4.1, 5
	}
	name = trim(name) // 5
	return known(name), name, value, end
}

// known returns the attribute that name names, in any case, and 0 if it names none.
func known(name string) Attr {
	switch name { // as most servers write them
	case "Expires", "expires":
		return Expires
	case "Max-Age", "max-age":
		return MaxAge
	case "Domain", "domain":
		return Domain
	case "Path", "path":
		return Path
	case "Secure", "secure":
		return Secure
	case "HttpOnly", "httponly":
		return HTTPOnly
	case "SameSite", "samesite":
		return SameSite
	case "Partitioned", "partitioned":
		return Partitioned
	case "Priority", "priority":
		return Priority
	}
	if len(name) < len(byLength) {
		for _, n := range byLength[len(name)] {
			if EqualFold(name, n.lower) {
				return n.attr
			}
		}
	}
	return 0
}

// byLength are the names of the attributes, by their length.
var byLength = [...][]struct {
	lower string
	attr  Attr
}{
	4:  {{"path", Path}},
	6:  {{"domain", Domain}, {"secure", Secure}},
	7:  {{"expires", Expires}, {"max-age", MaxAge}},
	8:  {{"httponly", HTTPOnly}, {"samesite", SameSite}, {"priority", Priority}},
	11: {{"partitioned", Partitioned}},
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
