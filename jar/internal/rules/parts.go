package rules

import (
	"slices"
	"strings"

	"uacookie/internal/parse"
	"uacookie/jar/internal/agent"
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
	read, folds := line, []fold(nil)
	if i := strings.IndexAny(line, a.lineEnds()); i >= 0 && a.Has(agent.LineEnds|agent.ReturnEnds) && !isScript(r) {
		read, folds = a.unfold(line, i)
	}
	all := parse.Parts(read, a.Mode())
	parts := make([]policy.Part, len(all), len(all)+1)
	for i, q := range all {
		parts[i] = policy.Part{Start: q.Start, Value: q.Value, End: q.End, Name: attributes[q.Attr], Ignored: ignored(q, read[q.Value:q.End])}
		if folds != nil {
			unfolded(&parts[i], folds)
		}
	}
	parts[0].Name, parts[1].Name = "name", "value"
	if end := received(folds, len(read)); end < len(line) {
		parts = append(parts, policy.Part{Start: end, Value: len(line), End: len(line), Ignored: "unread"})
	}
	return parts
}

// unfolded changes the bounds of a piece of a field to those in the text that was received.
func unfolded(p *policy.Part, folds []fold) {
	end := received(folds, p.End)
	if p.Start < p.End {
		end = received(folds, p.End-1) + 1 // and not where the next line starts
	}
	if p.Value == p.End {
		p.Value = end
	} else {
		p.Value = received(folds, p.Value)
	}
	p.Start, p.End = received(folds, p.Start), end
}

// received returns where a byte of a field is in the text that was received.
func received(folds []fold, at int) int {
	for _, f := range slices.Backward(folds) {
		if f.at <= at {
			return at + f.more
		}
	}
	return at
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
