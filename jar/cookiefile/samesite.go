package cookiefile

import (
	"encoding/json"
	"fmt"
	"strings"

	"uacookie/jar"
	"uacookie/jar/store"
)

// parseSameSite returns the SameSite of a word that any program writes.
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

// A sameSiteWord is a SameSite in JSON: a word, or the text of a number.
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

// browser returns the SameSite of a word or number that a browser or an extension writes.
// The numbers are from the databases of Chrome and Firefox, which do not contradict each
// other.
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

// golang returns the SameSite of an http.SameSite.
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

// settle returns a cookie of another program's file with SameSite=None without Secure read
// as not set, and reports that to ReadOptions.Noted. Playwright for Firefox, WebDriver and
// Firefox's extensions write None for a SameSite that is not set; a browser would not have
// stored the cookie otherwise.
func (s *source) settle(line int, c jar.Cookie) jar.Cookie {
	if c.SameSite == store.SameSiteNone && !c.Secure {
		c.SameSite = store.SameSiteDefault
		if s.noted != nil {
			s.noted(&LineError{s.name, line, fmt.Errorf("cookie %v: SameSite=None without Secure was read as not set (%w)", c, LostSameSite)})
		}
	}
	return c
}
