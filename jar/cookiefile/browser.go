package cookiefile

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/internal/partition"
	"uacookie/jar/internal/urls"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// browser reads every JSON format except FormatJSON: the formats of browsers, their extensions
// and drivers, tough-cookie and Go. The members of a cookie show its format.
func (s *source) browser(v visit) error {
	return s.document(func() (bool, error) { return s.cookies(v) })
}

// cookies reads the array of cookies. It returns false if v returned false.
func (s *source) cookies(v visit) (more bool, err error) {
	buf := make([]byte, 0, 1024)
	return s.elements(func() (bool, error) {
		line := s.line
		var err error
		buf, err = s.value(buf[:0])
		switch err {
		case nil:
			c, why := parseBrowser(buf, s.now)
			if why == 0 {
				c = s.settle(line, c)
			}
			return v(line, c, why), nil
		case SkipTooLong:
			return v(line, jar.Cookie{}, SkipTooLong), nil
		}
		return false, err
	})
}

// A browserCookie is a cookie in JSON. It has the members of all programs whose member
// names begin in lower case.
type browserCookie struct {
	Name  optional
	Key   optional // the name, in tough-cookie
	Value string
	Path  string

	Domain, URL string // without a domain, it is the host of the URL, as in Network.setCookies

	Expires        moment
	ExpirationDate moment // of browser extensions
	Expiry         moment // of WebDriver: Selenium and Cypress
	ExpiresDate    moment // of apps on iOS and macOS
	ExpiresAt      moment // of okhttp
	Session        bool   // of CDP and browser extensions
	Persistent     *bool  // of okhttp

	MaxAge       lifetime // this and the next three: of tough-cookie
	Creation     moment
	LastAccessed moment
	Extensions   []string

	HTTPOnly, IsHTTPOnly bool
	Secure, IsSecure     bool
	HostOnly             *bool // of browser extensions and tough-cookie; elsewhere the dot before the domain

	SameSite sameSiteWord
	Priority string

	PartitionKey           json.RawMessage // a site, or partitionKey
	PartitionKeyOpaque     bool            // of CDP
	CrHasCrossSiteAncestor *bool           `json:"_crHasCrossSiteAncestor"` // of Playwright
}

// An optional is a string that distinguishes absent or null from empty.
type optional struct {
	Set  bool
	Text string
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *optional) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	o.Set = true
	return json.Unmarshal(raw, &o.Text)
}

// A partitionKey is a partition key in the newer spellings: TopLevelSite in CDP and browser
// extensions, SourceOrigin in Puppeteer.
type partitionKey struct {
	TopLevelSite         string `json:"topLevelSite,omitempty"`
	SourceOrigin         string `json:"sourceOrigin,omitempty"`
	HasCrossSiteAncestor *bool  `json:"hasCrossSiteAncestor,omitempty"`
}

// scan is the fast path for cookies as most programs write them. It reports whether the
// cookie has that form.
func (b *browserCookie) scan(raw []byte) bool {
	return scanObject(raw, func(key, text []byte, kind byte) bool {
		switch kind {
		case '"':
			switch string(key) {
			case "name":
				b.Name = optional{true, string(text)}
			case "key":
				b.Key = optional{true, string(text)}
			case "value":
				b.Value = string(text)
			case "domain":
				b.Domain = string(text)
			case "path":
				b.Path = string(text)
			case "sameSite":
				b.SameSite = sameSiteWord(text)
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
			case "sameParty", "pathIsDefault":
			default:
				return false
			}
		default:
			switch string(key) {
			case "expires", "expirationDate", "expiry":
				f, err := strconv.ParseFloat(string(text), 64)
				if err != nil {
					return false
				}
				switch string(key) {
				case "expires":
					b.Expires = momentOf(f)
				case "expirationDate":
					b.ExpirationDate = momentOf(f)
				default:
					b.Expiry = momentOf(f)
				}
			case "size", "sourcePort", "id":
			default:
				return false
			}
		}
		return true
	})
}

// parseBrowser parses one cookie. A lifetime without a recorded start counts from now.
func parseBrowser(raw []byte, now func() time.Time) (c jar.Cookie, why Skip) {
	if !isText(raw) {
		return c, SkipNotUTF8
	}
	var b browserCookie
	if !b.scan(raw) {
		b = browserCookie{}
		if !bytes.HasPrefix(raw, []byte("{")) {
			return c, SkipMalformed
		}
		if isGo(raw) {
			return parseGo(raw, now)
		}
		if json.Unmarshal(raw, &b) != nil { // the error may quote the value
			return c, SkipMalformed
		}
	}
	switch {
	case b.Name.Set:
		c.Name = b.Name.Text
	case b.Key.Set:
		c.Name = b.Key.Text
	default:
		return c, SkipNameless
	}
	c.Value, c.Path = b.Value, b.Path
	c.Secure, c.HttpOnly = b.Secure || b.IsSecure, b.HTTPOnly || b.IsHTTPOnly

	domain, dotted := strings.CutPrefix(b.Domain, ".")
	c.HostOnly = !dotted
	if b.HostOnly != nil {
		c.HostOnly = *b.HostOnly
	}
	if b.Domain == "" && b.URL != "" {
		u, err := url.Parse(b.URL)
		if err != nil {
			return c, SkipHost
		}
		domain, c.HostOnly = u.Host, true
		if c.Path == "" {
			c.Path = urls.DefaultPath(u.EscapedPath())
		}
	}
	if c.Path == "" {
		c.Path = "/"
	}
	var ok bool
	if c.Domain, ok = match.Host(domain); !ok {
		return c, SkipHost
	}
	c.Expires = b.expiry(now)
	c.Created, c.LastAccess = b.Creation.Time, b.LastAccessed.Time
	if !b.extend() {
		return c, SkipPartition
	}
	if c.SameSite, ok = b.SameSite.browser(); !ok {
		return c, SkipAttribute
	}
	if c.Priority, ok = parsePriority(b.Priority); !ok {
		return c, SkipAttribute
	}
	if c.Partition, ok = b.partition(c.Domain); !ok {
		return c, SkipPartition
	}
	return c, 0
}

// expiry returns the expiry of the cookie, or the zero Time for a session cookie. If
// several members have an expiry, the first of them counts.
func (b *browserCookie) expiry(now func() time.Time) time.Time {
	if b.Session || b.Persistent != nil && !*b.Persistent {
		return time.Time{}
	}
	if l := b.MaxAge; l.Set && (b.Key.Set || l.Seconds != -1) { // Java writes -1 without a Max-Age
		from := b.LastAccessed.Time // as tough-cookie counts
		if from.IsZero() {
			from = b.Creation.Time
		}
		return l.expiry(from, now())
	}
	for _, m := range [...]moment{b.Expires, b.ExpirationDate, b.Expiry, b.ExpiresDate, b.ExpiresAt} {
		if m.Set {
			return m.Time
		}
	}
	return time.Time{}
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

// partition returns the partition of a cookie for host, and whether it could be parsed.
// Older spellings do not record whether there is a cross-site ancestor: there must be one if
// host does not belong to the top-level site.
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
		return p, true // extensions and old versions write this for no partition
	}
	p, ok = partition.Of(site, host)
	if ok && key.HasCrossSiteAncestor != nil {
		p.CrossSiteAncestor = *key.HasCrossSiteAncestor
	}
	return p, ok
}
