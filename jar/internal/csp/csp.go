// Package csp answers the one question about a Content-Security-Policy that matters to
// cookies: whether the document has an opaque origin.
package csp

import (
	"slices"
	"strings"
)

// Sandboxes reports whether the value of a Content-Security-Policy field, which may contain
// several policies, makes the document's origin opaque.
func Sandboxes(field string) bool {
	for directive := range strings.FieldsFuncSeq(field, func(r rune) bool { return r == ';' || r == ',' }) {
		words := strings.Fields(strings.ToLower(directive))
		if len(words) > 0 && words[0] == "sandbox" && isOpaque(words[1:]) {
			return true
		}
	}
	return false
}

// HasOthers reports whether the value of a Content-Security-Policy field has a directive other
// than sandbox.
func HasOthers(field string) bool {
	for directive := range strings.FieldsFuncSeq(field, func(r rune) bool { return r == ';' || r == ',' }) {
		if words := strings.Fields(directive); len(words) > 0 && !strings.EqualFold(words[0], "sandbox") {
			return true
		}
	}
	return false
}

// IsOpaque reports whether an iframe with this sandbox attribute contains documents with
// opaque origins.
func IsOpaque(attribute string) bool { return isOpaque(strings.Fields(strings.ToLower(attribute))) }

func isOpaque(tokens []string) bool { return !slices.Contains(tokens, "allow-same-origin") }
