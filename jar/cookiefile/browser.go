package cookiefile

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"uacookie/jar"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// browser reads the JSON of Playwright, CDP, Puppeteer and browser extensions.
func (s *source) browser(v visit) error {
	return s.document(func() (bool, error) { return s.cookies(v) })
}

// cookies reads the array of cookies. It returns false if v ended the reading.
func (s *source) cookies(v visit) (more bool, err error) {
	buf := make([]byte, 0, 1024)
	return s.elements(func() (bool, error) {
		line := s.line
		var err error
		buf, err = s.value(buf[:0])
		switch err {
		case nil:
			c, why := parseBrowser(buf)
			return v(line, c, why), nil
		case TooLong:
			return v(line, jar.Cookie{}, TooLong), nil
		}
		return false, err
	})
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

// scan reads a cookie as most programs write most. It reports whether it could.
func (b *browserCookie) scan(raw []byte) bool {
	return scanObject(raw, func(key, text []byte, kind byte) bool {
		switch kind {
		case '"':
			switch string(key) {
			case "name":
				b.Name = string(text)
			case "value":
				b.Value = string(text)
			case "domain":
				b.Domain = string(text)
			case "path":
				b.Path = string(text)
			case "sameSite":
				b.SameSite = string(text)
			case "priority":
				b.Priority = string(text)
			case "sourceScheme", "storeId":
			default:
				return false
			}
		case 't', 'f':
			switch string(key) {
			case "secure":
				b.Secure = kind == 't'
			case "httpOnly":
				b.HTTPOnly = kind == 't'
			case "session":
				b.Session = kind == 't'
			case "hostOnly":
				b.HostOnly = new(kind == 't')
			case "sameParty":
			default:
				return false
			}
		default:
			switch string(key) {
			case "expires", "expirationDate":
				f, err := strconv.ParseFloat(string(text), 64)
				if err != nil {
					return false
				}
				if string(key) == "expires" {
					b.Expires = &f
				} else {
					b.ExpirationDate = &f
				}
			case "size", "sourcePort", "id":
			default:
				return false
			}
		}
		return true
	})
}

// parseBrowser reads one cookie.
func parseBrowser(raw []byte) (c jar.Cookie, why Reason) {
	if !isText(raw) {
		return c, NotUTF8
	}
	var b browserCookie
	if !b.scan(raw) {
		b = browserCookie{}
		if !bytes.HasPrefix(raw, []byte("{")) || json.Unmarshal(raw, &b) != nil { // whose error may quote the value
			return c, Malformed
		}
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
	raw := b.PartitionKey
	switch {
	case b.PartitionKeyOpaque:
		return p, false
	case len(raw) == 0 || string(raw) == "null":
		return p, true
	}
	var key partitionKey
	var err error
	if raw[0] == '"' { // the old form
		err = json.Unmarshal(raw, &key.TopLevelSite)
		key.HasCrossSiteAncestor = b.CrHasCrossSiteAncestor
	} else {
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
