package main

// whyIgnored explains why a piece of a line has no effect.
var whyIgnored = map[string]string{
	"unknown":  "there is no such attribute",
	"repeated": "a later attribute of the same name counts",
	"too-long": "its value is longer than 1024 bytes",
	"invalid":  "its value is not valid",
	"unread":   "the line was refused before it was read",
}
