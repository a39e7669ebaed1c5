package cookiefile

import "strings"

// extend takes the attributes that tough-cookie keeps as text, since it, or a version
// of it, does not know them. It returns false for Partitioned: the partition itself
// is not in the file.
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

// isSameSite reports whether an attribute's value has a meaning; a browser ignores
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
