package policy

import (
	"strings"

	"uacookie/internal/parse"
	"uacookie/jar/store"
)

// A Part is a piece of a Set-Cookie field value: the name, the value, or an attribute.
type Part struct {
	// Start and End are where in the line it is, without the white space around it.
	// Value is where what follows its "=" starts, End if nothing does.
	Start, Value, End int

	// Name is "name" or "value" for those of the cookie, an attribute's name as the
	// draft writes it, and "" for what the user agent knows no name for.
	Name string

	// Ignored is why it has no effect; zero if it has one.
	Ignored Ignored
}

// Ignored is why a [Part] has no effect.
type Ignored uint8

// Why a Part is ignored. The zero value is that of a Part that is not.
const (
	_               Ignored = iota
	IgnoredUnknown          // there is no such attribute
	IgnoredRepeated         // a later attribute of that name is what matters
	IgnoredTooLong          // the attribute's value is longer than 1024 octets
	IgnoredInvalid          // the attribute's value is none of those it can have
	IgnoredUnread           // reading stopped, before it or for the whole line
)

// String returns the stable text of i, such as "repeated", or "" if i is zero.
func (i Ignored) String() string {
	switch i {
	case IgnoredUnknown:
		return "unknown"
	case IgnoredRepeated:
		return "repeated"
	case IgnoredTooLong:
		return "too-long"
	case IgnoredInvalid:
		return "invalid"
	case IgnoredUnread:
		return "unread"
	}
	return ""
}

// Parts returns what the user agent makes of each piece of a line that Receive is
// given: the name, the value, and then each attribute, in their order. What it
// ignores is no reason to refuse the cookie, which only Receive knows about.
//
// See RFC 6265bis, Section 5.6.
func (p *Policy) Parts(r *Request, line string) []Part {
	a := p.UserAgent.agent()
	read := a.field(r, line)
	all := parse.Parts(read, a.mode())
	parts := make([]Part, len(all), len(all)+1)
	for i, q := range all {
		parts[i] = Part{q.Start, q.Value, q.End, attributes[q.Attr], ignored(q, read[q.Value:q.End])}
	}
	parts[0].Name, parts[1].Name = "name", "value"
	if len(read) < len(line) {
		parts = append(parts, Part{len(read), len(line), len(line), "", IgnoredUnread})
	}
	return parts
}

var attributes = map[parse.Attr]string{
	parse.Expires:     "Expires",
	parse.MaxAge:      "Max-Age",
	parse.Domain:      "Domain",
	parse.Path:        "Path",
	parse.Secure:      "Secure",
	parse.HTTPOnly:    "HttpOnly",
	parse.SameSite:    "SameSite",
	parse.Partitioned: "Partitioned",
	parse.Priority:    "Priority",
}

// ignored returns why q, which has that value, has no effect.
func ignored(q parse.Part, value string) Ignored {
	switch q.Fate {
	case parse.Unknown:
		return IgnoredUnknown
	case parse.Repeated:
		return IgnoredRepeated
	case parse.Long:
		return IgnoredTooLong
	case parse.Invalid:
		return IgnoredInvalid
	case parse.Unread:
		return IgnoredUnread
	}
	invalid := false
	switch q.Attr {
	case parse.Domain:
		invalid = cookieDomain(value) == ""
	case parse.Path:
		invalid = !strings.HasPrefix(value, "/")
	case parse.SameSite:
		invalid = sameSiteFlag(value) == store.SameSiteDefault
	case parse.Priority:
		invalid = priority(value) == store.PriorityMedium && !parse.EqualFold(value, "medium")
	}
	if invalid {
		return IgnoredInvalid
	}
	return 0
}
