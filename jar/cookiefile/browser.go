package cookiefile

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// browser reads the JSON of Playwright, CDP, Puppeteer and browser extensions: an
// array of cookies, or an object that has it as "cookies".
func (s *source) browser(v visit) error {
	s.line = 1
	b, err := s.peek()
	switch {
	case err != nil:
		return err
	case b == '[':
		if more, err := s.elements(v); err != nil || !more {
			return err
		}
	case b == '{':
		found, more, err := s.members(v)
		if err != nil || !more {
			return err
		}
		if !found {
			return Foreign
		}
	default:
		return Foreign
	}
	switch _, err := s.peek(); err {
	case io.ErrUnexpectedEOF:
		return nil
	case nil:
		return Malformed // something follows
	default:
		return err
	}
}

// members reads the object of which "cookies" is a member, and skips the others.
func (s *source) members(v visit) (found, more bool, err error) {
	if _, err := s.Discard(1); err != nil {
		return false, false, err
	}
	if b, err := s.peek(); err != nil || b == '}' {
		return false, true, err
	}
	for {
		key, err := s.value(make([]byte, 0, 16))
		if err != nil && err != TooLong { // a long key is not ours
			return found, false, err
		}
		if err := s.expect(':'); err != nil {
			return found, false, err
		}
		b, err := s.peek()
		if err != nil {
			return found, false, err
		}
		if string(key) == `"cookies"` && b == '[' {
			found = true
			if more, err := s.elements(v); err != nil || !more {
				return found, more, err
			}
		} else if _, err := s.value(nil); err != nil {
			return found, false, err
		}
		if more, err := s.more('}'); err != nil || !more {
			return found, true, err
		}
	}
}

// elements reads the array of cookies. It returns false if v ended the reading.
func (s *source) elements(v visit) (more bool, err error) {
	if _, err := s.Discard(1); err != nil {
		return false, err
	}
	if b, err := s.peek(); err != nil {
		return false, err
	} else if b == ']' {
		_, err = s.Discard(1)
		return true, err
	}
	buf := make([]byte, 0, 1024)
	for {
		if _, err := s.peek(); err != nil {
			return false, err
		}
		line := s.line
		buf, err = s.value(buf[:0])
		var (
			c   jar.Cookie
			why Reason
		)
		switch {
		case err == TooLong:
			why = TooLong
		case err != nil:
			return false, err
		default:
			c, why = parseBrowser(buf)
		}
		if !v(line, c, why) {
			return false, nil
		}
		if more, err := s.more(']'); err != nil || !more {
			return true, err
		}
	}
}

// A browserCookie is a cookie as one or the other program spells it.
type browserCookie struct {
	Name, Value, Path string
	Domain, URL       string // without a domain it is the host of the URL, where cookies are given to be set

	Expires        *float64 // below zero: a session cookie
	ExpirationDate *float64 // of browser extensions
	Session        bool     // of CDP

	HTTPOnly bool
	Secure   bool
	HostOnly *bool // of browser extensions; elsewhere the dot tells

	SameSite string
	Priority string

	PartitionKey           json.RawMessage // a site, or partitionKey
	PartitionKeyOpaque     bool            // of CDP
	CrHasCrossSiteAncestor *bool           `json:"_crHasCrossSiteAncestor"` // of Playwright
}

// A partitionKey is one in the newer spellings: of CDP and browser extensions, and
// of Puppeteer.
type partitionKey struct {
	TopLevelSite         string `json:"topLevelSite,omitempty"`
	SourceOrigin         string `json:"sourceOrigin,omitempty"`
	HasCrossSiteAncestor *bool  `json:"hasCrossSiteAncestor,omitempty"`
}

// parseBrowser reads one cookie.
func parseBrowser(raw []byte) (c jar.Cookie, why Reason) {
	if !isText(raw) {
		return c, NotUTF8
	}
	var b browserCookie
	if !bytes.HasPrefix(raw, []byte("{")) || json.Unmarshal(raw, &b) != nil { // whose error may quote the value
		return c, Malformed
	}
	c.Name, c.Value, c.Path = b.Name, b.Value, b.Path
	c.Secure, c.HttpOnly = b.Secure, b.HTTPOnly

	domain, dotted := strings.CutPrefix(b.Domain, ".")
	c.HostOnly = !dotted
	if b.HostOnly != nil {
		c.HostOnly = *b.HostOnly
	}
	if b.Domain == "" && b.URL != "" {
		u, err := url.Parse(b.URL)
		if err != nil {
			return c, Host
		}
		domain, c.HostOnly = u.Host, true
		if c.Path == "" {
			c.Path = match.DefaultPath(u.EscapedPath())
		}
	}
	if c.Path == "" {
		c.Path = "/"
	}
	var ok bool
	if c.Domain, ok = match.Host(domain); !ok {
		return c, Host
	}
	if t := b.Expires; !b.Session && t != nil && *t >= 0 {
		c.Expires = unixTime(*t)
	} else if t := b.ExpirationDate; !b.Session && b.Expires == nil && t != nil {
		c.Expires = unixTime(*t)
	}
	if c.SameSite, ok = parseSameSite(b.SameSite); !ok {
		return c, Attribute
	}
	if c.Priority, ok = parsePriority(b.Priority); !ok {
		return c, Attribute
	}
	if c.Partition, ok = b.partition(c.Domain); !ok {
		return c, Partition
	}
	return c, 0
}

// parseSameSite knows the words of all programs.
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

func parsePriority(s string) (_ store.Priority, ok bool) {
	switch strings.ToLower(s) {
	case "", "medium":
		return store.PriorityMedium, true
	case "low":
		return store.PriorityLow, true
	case "high":
		return store.PriorityHigh, true
	}
	return 0, false
}

// partition returns the partition of a cookie for host, and whether it could be
// read. Older spellings do not say whether there is a cross-site ancestor: there
// must be one if the cookie is not of the top-level site.
func (b *browserCookie) partition(host string) (p jar.Partition, ok bool) {
	if b.PartitionKeyOpaque {
		return p, false
	}
	var (
		key     partitionKey
		err     error
		raw     = b.PartitionKey
		oldForm = len(raw) > 0 && raw[0] == '"'
	)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return p, true
	case oldForm:
		err = json.Unmarshal(raw, &key.TopLevelSite)
		key.HasCrossSiteAncestor = b.CrHasCrossSiteAncestor
	default:
		err = json.Unmarshal(raw, &key)
	}
	if err != nil {
		return p, false
	}
	site := key.TopLevelSite
	if site == "" {
		site = key.SourceOrigin
	}
	if site == "" {
		return p, true // how extensions and old versions spell none
	}
	u, err := url.Parse(site)
	if err != nil {
		return p, false
	}
	top := match.Sites{}.Of(u)
	if top == (match.Site{}) {
		return p, false
	}
	p.TopLevelSite = top.String()
	if key.HasCrossSiteAncestor != nil {
		p.CrossSiteAncestor = *key.HasCrossSiteAncestor
	} else {
		p.CrossSiteAncestor = match.Sites{}.Site(host) != top.Name
	}
	return p, true
}
