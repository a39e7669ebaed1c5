package main

import "uacookie/jar/policy"

// whyIgnored explains why a piece of a line has no effect.
var whyIgnored = map[policy.Ignored]string{
	policy.IgnoredUnknown:  "there is no such attribute",
	policy.IgnoredRepeated: "a later attribute of the same name counts",
	policy.IgnoredTooLong:  "its value is longer than 1024 bytes",
	policy.IgnoredInvalid:  "its value is not valid",
	policy.IgnoredUnread:   "the line was refused before it was read",
}
