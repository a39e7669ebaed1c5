package match

import (
	"fmt"
	"io"
	"strings"
)

// A List is a public suffix list from [ParseList]. It is immutable and safe for concurrent
// use. The zero List has only the rule "*".
type List struct {
	name   string
	rules  map[string]rule // by domain, without the "*." or "!"
	labels int             // maximum number of labels of a domain in rules
}

// A rule is the set of a list's rules for one domain.
type rule uint8

const (
	exact     rule = 1 << iota // "ck": the domain is a public suffix
	wildcard                   // "*.ck": each name with one label more is a public suffix
	exception                  // "!www.ck": the domain is an exception to a wildcard
	above                      // the list has rules for names below the domain
)

const (
	maxList = 8 << 20 // bytes, over twenty times the list of 2026
	maxRule = 253     // bytes, the maximum length of a name
)

// ParseList reads a list in the format of publicsuffix.org. name is the result of the
// list's String method, such as its version. Rules may be in UTF-8 or in A-labels. The
// rules of the private section count like the others, as in browsers.
//
// ParseList returns an error if the list has a malformed rule, no rule at all, or more than
// 8 MiB. The error has the number of the malformed line.
func ParseList(r io.Reader, name string) (*List, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("read public suffix list %s: %w", name, err)
	}
	if len(text) > maxList {
		return nil, fmt.Errorf("public suffix list %s: larger than %d bytes", name, maxList)
	}
	l := &List{name: name, rules: map[string]rule{}}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		// A rule ends at the first space; a comment takes the whole line.
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "//") {
			continue
		}
		if err := l.add(fields[0]); err != nil {
			return nil, fmt.Errorf("public suffix list %s: line %d: %w", name, n, err)
		}
	}
	if len(l.rules) == 0 {
		return nil, fmt.Errorf("public suffix list %s: no rules in %d lines", name, n)
	}
	return l, nil
}

// add adds one rule. It supports a wildcard only as the first label; no list has had
// another.
func (l *List) add(text string) error {
	kind, spelling := exact, text
	if rest, ok := strings.CutPrefix(text, "!"); ok {
		kind, spelling = exception, rest
	} else if rest, ok := strings.CutPrefix(text, "*."); ok {
		kind, spelling = wildcard, rest
	}
	domain, ok := toASCII(spelling)
	switch {
	case !ok || !isName(domain) || len(domain) > maxRule || strings.ContainsAny(domain, "*!") ||
		strings.Contains("."+domain+".", ".."):
		return fmt.Errorf("%q is not a rule", text)
	case kind == exception && !strings.Contains(domain, "."):
		return fmt.Errorf("exception %q has one label, so no wildcard can match it", text)
	}
	l.rules[domain] |= kind
	if kind == wildcard {
		l.rules[domain] |= above
	}
	for parent := domain; ; {
		var ok bool
		if _, parent, ok = strings.Cut(parent, "."); !ok || l.rules[parent]&above != 0 {
			break // the parents of this domain are marked already
		}
		l.rules[parent] |= above
	}
	l.labels = max(l.labels, 1+strings.Count(domain, "."))
	return nil
}

// PublicSuffix returns the public suffix of a name in lower case and A-labels, by the
// algorithm of publicsuffix.org: of the matching rules, an exception prevails, or else the
// rule with the most labels. If no rule matches, the rule "*" applies.
func (l *List) PublicSuffix(domain string) string {
	suffix := domain[strings.LastIndexByte(domain, '.')+1:]
	parent := rule(0) // the rules for the domain without its first label
	for dot, n := len(domain), 0; dot >= 0 && n <= l.labels; n++ {
		dot = strings.LastIndexByte(domain[:dot], '.')
		tail := domain[dot+1:]
		here := l.rules[tail]
		if here&exception != 0 {
			_, suffix, _ = strings.Cut(tail, ".")
			return suffix
		}
		if here&exact != 0 || parent&wildcard != 0 {
			suffix = tail
		}
		parent = here
	}
	return suffix
}

// suffixesBelow reports whether the list has a rule for names below a domain.
func (l *List) suffixesBelow(domain string) bool { return l.rules[domain]&above != 0 }

// String returns the name passed to ParseList.
func (l *List) String() string { return l.name }
