package inspect

import (
	"fmt"
	"strings"

	"uacookie/jar"
)

// A filter finds cookies. The user types words that must all match; a minus before a word
// negates it.
//
//	shop            in the name, domain, path or partition, in any case
//	name:id         in the name; also domain:, path: and partition:
//	is:secure       also is:httponly, is:session, is:partitioned and is:hostonly
//	samesite:lax    or none, strict, default
//
// Values are not searched.
type filter []func(*jar.Cookie) bool

// parseFilter parses a filter. The error is a text for the user.
func parseFilter(s string) (filter, error) {
	var f filter
	for word := range strings.FieldsSeq(strings.ToLower(s)) {
		positive, not := strings.CutPrefix(word, "-")
		if positive == "" {
			continue // the user has not typed the word yet
		}
		match, err := parseWord(positive)
		if err != nil {
			return nil, err
		}
		f = append(f, func(c *jar.Cookie) bool { return match(c) != not })
	}
	return f, nil
}

func (f filter) match(c *jar.Cookie) bool {
	for _, match := range f {
		if !match(c) {
			return false
		}
	}
	return true
}

func parseWord(word string) (func(*jar.Cookie) bool, error) {
	key, want, ok := strings.Cut(word, ":")
	if ok && want == "" {
		switch key {
		case "name", "domain", "path", "partition", "is", "samesite":
			return func(*jar.Cookie) bool { return true }, nil // the user has not typed the rest yet
		}
	}
	switch {
	case !ok:
	case key == "name":
		return func(c *jar.Cookie) bool { return contains(c.Name, want) }, nil
	case key == "domain":
		return func(c *jar.Cookie) bool { return contains(c.Domain, want) }, nil
	case key == "path":
		return func(c *jar.Cookie) bool { return contains(c.Path, want) }, nil
	case key == "partition":
		return func(c *jar.Cookie) bool { return contains(c.Partition.TopLevelSite, want) }, nil
	case key == "is":
		return parseIs(want)
	case key == "samesite":
		for flag, name := range sameSites {
			if want == name {
				return func(c *jar.Cookie) bool { return c.SameSite == flag }, nil
			}
		}
		return nil, fmt.Errorf("samesite:%s: want none, lax, strict or default", visible(want))
	}
	return func(c *jar.Cookie) bool {
		return contains(c.Name, word) || contains(c.Domain, word) || contains(c.Path, word) ||
			contains(c.Partition.TopLevelSite, word)
	}, nil
}

var sameSites = map[jar.SameSite]string{
	jar.SameSiteDefault: "default",
	jar.SameSiteNone:    "none",
	jar.SameSiteLax:     "lax",
	jar.SameSiteStrict:  "strict",
}

func parseIs(want string) (func(*jar.Cookie) bool, error) {
	switch want {
	case "secure":
		return func(c *jar.Cookie) bool { return c.Secure }, nil
	case "httponly":
		return func(c *jar.Cookie) bool { return c.HttpOnly }, nil
	case "session":
		return func(c *jar.Cookie) bool { return !c.Persistent() }, nil
	case "partitioned":
		return func(c *jar.Cookie) bool { return c.Partition != jar.Partition{} }, nil
	case "hostonly":
		return func(c *jar.Cookie) bool { return c.HostOnly }, nil
	}
	return nil, fmt.Errorf("is:%s: want secure, httponly, session, partitioned or hostonly", visible(want))
}

// contains reports whether s contains word, which is in lower case, in any case.
func contains(s, word string) bool { return strings.Contains(strings.ToLower(s), word) }
