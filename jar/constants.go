package jar

import "uacookie/jar/policy"

// The user agents, for Options.UserAgent.
const (
	// Standard keeps the rules of RFC 6265bis. It is the zero value.
	Standard = policy.Standard
	// Compat lifts those rules that net/http/cookiejar lacks.
	Compat = policy.Compat
	// Chromium does as Chromium does.
	Chromium = policy.Chromium
)
