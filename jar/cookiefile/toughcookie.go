package cookiefile

import "strings"

// extend applies the attributes that some version of tough-cookie does not know and keeps
// as text. It returns false for Partitioned, since the file does not contain the partition.
func (b *browserCookie) extend() bool {
	for _, e := range b.Extensions {
		name, value, _ := strings.Cut(e, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "samesite":
			if word := strings.TrimSpace(value); b.SameSite == "" && isSameSite(word) {
				b.SameSite = sameSiteWord(word)
			}
		case "priority":
			if word := strings.TrimSpace(value); isPriority(word) {
				b.Priority = word
			}
		case "partitioned":
			return false
		}
	}
	return true
}

// isSameSite reports whether word is a value of the SameSite attribute. A browser ignores
// any other.
func isSameSite(word string) bool {
	switch strings.ToLower(word) {
	case "none", "lax", "strict":
		return true
	}
	return false
}

func isPriority(word string) bool {
	_, ok := parsePriority(word)
	return ok
}
