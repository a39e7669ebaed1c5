package cookiefile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"uacookie/jar"
)

// The format JSON: a header, one cookie a line, and a trailer that tells a whole
// file from one that was cut off.
const (
	ownFormat  = "uacookie"
	ownVersion = 1
)

// A header is the first line.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// A trailer is the last line.
type trailer struct {
	Cookies *int `json:"cookies"`
}

// A record is a cookie's line. Fields that are zero are left out, but for name and
// value.
type record struct {
	Name       octets     `json:"name"`
	Value      octets     `json:"value"`
	Domain     octets     `json:"domain"`
	HostOnly   bool       `json:"hostOnly,omitzero"`
	Path       octets     `json:"path"`
	Expires    time.Time  `json:"expires,omitzero"`
	Secure     bool       `json:"secure,omitzero"`
	HTTPOnly   bool       `json:"httpOnly,omitzero"`
	SameSite   string     `json:"sameSite,omitzero"`
	Priority   string     `json:"priority,omitzero"`
	Partition  *partition `json:"partition,omitzero"`
	Created    time.Time  `json:"created,omitzero"`
	LastAccess time.Time  `json:"lastAccess,omitzero"`
	Order      uint64     `json:"order,omitzero"`
}

type partition struct {
	TopLevelSite      octets `json:"topLevelSite"`
	CrossSiteAncestor bool   `json:"crossSiteAncestor"`
}

// Octets are any bytes: a JSON string if they are UTF-8, else {"base64": "..."}.
type octets string

type octetsObject struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements json.Marshaler.
func (o octets) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(o)) {
		return json.Marshal(string(o))
	}
	return json.Marshal(octetsObject{[]byte(o)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *octets) UnmarshalJSON(raw []byte) error {
	if raw[0] != '{' {
		return json.Unmarshal(raw, (*string)(o))
	}
	var b octetsObject
	if err := json.Unmarshal(raw, &b); err != nil {
		return err
	}
	*o = octets(b.Base64)
	return nil
}

// own reads JSON.
func (s *source) own(v visit) error {
	line, err := s.next()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	var h header
	switch {
	case json.Unmarshal(line, &h) != nil || h.Format != ownFormat:
		return Foreign
	case h.Version != ownVersion:
		return fmt.Errorf("%w %d: want %d", Version, h.Version, ownVersion)
	}
	for count := 0; ; {
		line, err := s.next()
		switch {
		case err == io.EOF:
			return fmt.Errorf("%w after %d cookies", io.ErrUnexpectedEOF, count)
		case err == TooLong:
			count++
			if !v(s.line, jar.Cookie{}, TooLong) {
				return nil
			}
			continue
		case err != nil:
			return err
		}
		if bytes.HasPrefix(line, []byte(`{"cookies":`)) {
			return s.trailer(line, count)
		}
		count++
		c, why := parseOwn(line)
		if !v(s.line, c, why) {
			return nil
		}
	}
}

// trailer reads the last line of a file with so many cookies.
func (s *source) trailer(line []byte, count int) error {
	var t trailer
	if json.Unmarshal(line, &t) != nil || t.Cookies == nil {
		return Malformed
	}
	if *t.Cookies != count {
		return fmt.Errorf("%w: %d cookies where there were %d", Malformed, count, *t.Cookies)
	}
	if _, err := s.next(); err != io.EOF {
		return Malformed // it is no longer the last, or no longer can be read
	}
	return nil
}

// parseOwn reads one cookie.
func parseOwn(line []byte) (c jar.Cookie, why Reason) {
	if !isText(line) {
		return c, NotUTF8
	}
	var r record
	if json.Unmarshal(line, &r) != nil { // whose error may quote the value
		return c, Malformed
	}
	c = jar.Cookie{
		Name: string(r.Name), Value: string(r.Value),
		Domain: string(r.Domain), HostOnly: r.HostOnly, Path: string(r.Path),
		Expires: r.Expires.UTC(), Secure: r.Secure, HttpOnly: r.HTTPOnly,
		Created: r.Created.UTC(), LastAccess: r.LastAccess.UTC(), Order: r.Order,
	}
	var sameSite, priority bool
	c.SameSite, sameSite = parseSameSite(r.SameSite)
	c.Priority, priority = parsePriority(r.Priority)
	if !sameSite || !priority {
		return c, Attribute
	}
	if p := r.Partition; p != nil {
		c.Partition = jar.Partition{TopLevelSite: string(p.TopLevelSite), CrossSiteAncestor: p.CrossSiteAncestor}
	}
	return c, 0
}

// An ownWriter writes JSON.
type ownWriter struct {
	w     *bufio.Writer
	enc   *json.Encoder
	count int
}

func (o *ownWriter) begin() {
	o.enc = json.NewEncoder(o.w)
	o.enc.SetEscapeHTML(false)
	o.encode(header{ownFormat, ownVersion})
}

func (o *ownWriter) end() { o.encode(trailer{&o.count}) }

// encode writes a line. A bufio.Writer keeps its error, and nothing else can fail.
func (o *ownWriter) encode(v any) { _ = o.enc.Encode(v) }

func (o *ownWriter) cookie(c *jar.Cookie, lost func(why Reason, leftOut bool)) {
	r := record{
		Name: octets(c.Name), Value: octets(c.Value),
		Domain: octets(c.Domain), HostOnly: c.HostOnly, Path: octets(c.Path),
		Secure: c.Secure, HTTPOnly: c.HttpOnly, SameSite: c.SameSite.String(),
		Order: c.Order,
	}
	if c.Priority != 0 {
		r.Priority = c.Priority.String()
	}
	if p := c.Partition; p != (jar.Partition{}) {
		r.Partition = &partition{octets(p.TopLevelSite), p.CrossSiteAncestor}
	}
	var cut [3]bool
	r.Expires, cut[0] = sayable(c.Expires)
	r.Created, cut[1] = sayable(c.Created)
	r.LastAccess, cut[2] = sayable(c.LastAccess)
	if cut != [3]bool{} {
		lost(Expiry, false)
	}
	o.count++
	o.encode(&r)
}

// sayable returns t, or the nearest time that RFC 3339 has a form for.
func sayable(t time.Time) (_ time.Time, cut bool) {
	t = t.UTC()
	switch {
	case t.After(lastTime):
		return lastTime, true
	case t.Year() < 0:
		return time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	return t, false
}
