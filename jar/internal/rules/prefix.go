package rules

import (
	"strings"

	"uacookie/jar/internal/agent"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// hasPrefix reports whether s begins with prefix, which is in lower case, in any
// case. See RFC 6265bis, Section 5.4.
func hasPrefix(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
			return false
		}
	}
	return true
}

// lower returns the lower case of an ASCII letter, and other octets as they are.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

// mayHavePrefix reports whether prefix rules may apply to c. All prefixes begin with two
// underscores. The value of a nameless cookie is sent where others have their name.
func (a row) mayHavePrefix(c *store.Cookie) bool {
	return (c.Name == "" || strings.HasPrefix(c.Name, "__")) && !a.Has(agent.NoPrefixes)
}

// checkPrefixes adds the prefix rules that c breaks. saysPath reports whether it has a
// Path attribute that begins with a slash.
//
// The rules for __Http- and __Host-Http- come from the layered draft, and so does the rule
// that a Path attribute without a path does not count for __Host-. The draft's definition
// of an Http-prefix compatible cookie has http-only inverted.
//
// See RFC 6265bis, Section 5.7, steps 20 to 22.
func checkPrefixes(c *store.Cookie, saysPath bool, why *reasons) {
	name := c.Name
	if name == "" {
		// 22.1, 22.2: a server would take the value for the name.
		for _, prefix := range [...]string{"__secure-", "__host-", "__http-"} {
			why.addIf(hasPrefix(c.Value, prefix), policy.ReasonNamelessPrefix)
		}
		return
	}
	host := c.Secure && // 21.1
		c.HostOnly && // 21.2
		saysPath && c.Path == "/" // 21.3
	http := c.Secure && c.HttpOnly

	if hasPrefix(name, "__secure-") {
		why.addIf(!c.Secure, policy.ReasonSecurePrefix) // 20
	}
	if hasPrefix(name, "__host-") {
		why.addIf(!host, policy.ReasonHostPrefix) // 21
	}
	if hasPrefix(name, "__http-") {
		why.addIf(!http, policy.ReasonHTTPPrefix)
	}
	if hasPrefix(name, "__host-http-") {
		why.addIf(!(host && http), policy.ReasonHostHTTPPrefix)
	}
}
