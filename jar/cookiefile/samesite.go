package cookiefile

import (
	"encoding/json"
	"fmt"
	"strings"

	"uacookie/jar"
	"uacookie/jar/store"
)

// parseSameSite reads SameSite in the words of all programs.
func parseSameSite(s string) (_ jar.SameSite, ok bool) {
	switch strings.ToLower(s) {
	case "", "unspecified":
		return store.SameSiteDefault, true
	case "none", "no_restriction":
		return store.SameSiteNone, true
	case "lax":
		return store.SameSiteLax, true
	case "strict":
		return store.SameSiteStrict, true
	}
	return 0, false
}

// A sameSiteWord is SameSite in JSON: a word, or a number as it is in the JSON.
type sameSiteWord string

// UnmarshalJSON implements json.Unmarshaler.
func (s *sameSiteWord) UnmarshalJSON(raw []byte) error {
	switch {
	case string(raw) == "null":
		return nil
	case raw[0] == '"':
		return json.Unmarshal(raw, (*string)(s))
	}
	*s = sameSiteWord(raw)
	return nil
}

// browser returns SameSite as browsers and their extensions write it. The numbers are
// those of the databases of Chrome and Firefox, which agree as far as both have them.
func (s sameSiteWord) browser() (_ jar.SameSite, ok bool) {
	switch strings.ToLower(string(s)) {
	case "-1", "256", "default", "unset":
		return store.SameSiteDefault, true
	case "0":
		return store.SameSiteNone, true
	case "1":
		return store.SameSiteLax, true
	case "2":
		return store.SameSiteStrict, true
	}
	return parseSameSite(string(s))
}

// golang returns SameSite as an http.SameSite.
func (s sameSiteWord) golang() (_ jar.SameSite, ok bool) {
	switch s {
	case "0", "1": // SameSiteDefaultMode
		return store.SameSiteDefault, true
	case "2":
		return store.SameSiteLax, true
	case "3":
		return store.SameSiteStrict, true
	case "4":
		return store.SameSiteNone, true
	}
	return parseSameSite(string(s))
}

// settle returns a cookie of another program's file as the jar takes it, and notes
// what that changes.
//
// None without Secure is what Playwright for Firefox, WebDriver and Firefox's
// extensions write for a cookie whose SameSite is not set. No browser would have
// stored it otherwise.
func (s *source) settle(line int, c jar.Cookie) jar.Cookie {
	if c.SameSite == store.SameSiteNone && !c.Secure {
		c.SameSite = store.SameSiteDefault
		if s.noted != nil {
			s.noted(&LineError{s.name, line, fmt.Errorf("cookie %v: SameSite=None without Secure was read as not set (%w)", c, LostSameSite)})
		}
	}
	return c
}
