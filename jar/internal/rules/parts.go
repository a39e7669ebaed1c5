package rules

import (
	"strings"

	"uacookie/internal/parse"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// Parts returns what the user agent makes of each piece of a line that Receive is
// given: the name, the value, and then each attribute, in their order. What it
// ignores is no reason to refuse the cookie, which only Receive knows about.
//
// See RFC 6265bis, Section 5.6.
func (p *Policy) Parts(r *policy.Request, line string) []policy.Part {
	a := rowOf(p.UserAgent)
	read := a.field(r, line)
	all := parse.Parts(read, a.Mode())
	parts := make([]policy.Part, len(all), len(all)+1)
	for i, q := range all {
		parts[i] = policy.Part{Start: q.Start, Value: q.Value, End: q.End, Name: attributes[q.Attr], Ignored: ignored(q, read[q.Value:q.End])}
	}
	parts[0].Name, parts[1].Name = "name", "value"
	if len(read) < len(line) {
		parts = append(parts, policy.Part{Start: len(read), Value: len(line), End: len(line), Ignored: "unread"})
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
func ignored(q parse.Part, value string) string {
	switch q.Fate {
	case parse.Unknown:
		return "unknown"
	case parse.Repeated:
		return "repeated"
	case parse.Long:
		return "too-long"
	case parse.Invalid:
		return "invalid"
	case parse.Unread:
		return "unread"
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
		return "invalid"
	}
	return ""
}
