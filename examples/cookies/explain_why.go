package main

import "uacookie/jar/policy"

// whyIgnored says why a piece of a line has no effect.
var whyIgnored = map[policy.Ignored]string{
	policy.IgnoredUnknown:  "there is no such attribute",
	policy.IgnoredRepeated: "a later attribute of that name is what matters",
	policy.IgnoredTooLong:  "its value is longer than 1024 octets",
	policy.IgnoredInvalid:  "the attribute cannot have this value",
	policy.IgnoredUnread:   "reading stopped before it",
}
