package cookiefile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"uacookie/jar"
)

// FormatJSON has a header, one cookie a line, and a trailer with their number, by which a
// truncated file is detected.
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

// A record is a cookie's line. Zero fields are omitted, except for name, value, domain and
// path.
type record struct {
	Name       octets           `json:"name"`
	Value      octets           `json:"value"`
	Domain     octets           `json:"domain"`
	HostOnly   bool             `json:"hostOnly,omitzero"`
	Path       octets           `json:"path"`
	Expires    time.Time        `json:"expires,omitzero"`
	Secure     bool             `json:"secure,omitzero"`
	HTTPOnly   bool             `json:"httpOnly,omitzero"`
	SameSite   string           `json:"sameSite,omitzero"`
	Priority   string           `json:"priority,omitzero"`
	Partition  *partitionRecord `json:"partition,omitzero"`
	Created    time.Time        `json:"created,omitzero"`
	LastAccess time.Time        `json:"lastAccess,omitzero"`
	Order      uint64           `json:"order,omitzero"`
}

type partitionRecord struct {
	TopLevelSite      octets `json:"topLevelSite"`
	CrossSiteAncestor bool   `json:"crossSiteAncestor"`
}

// An octets is a string of any bytes: in JSON a string if they are UTF-8, and
// {"base64": "..."} otherwise.
type octets string

type octetsObject struct {
	Base64 []byte `json:"base64"`
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

// own reads FormatJSON.
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
		return ErrForeign
	case h.Version != ownVersion:
		return fmt.Errorf("%w %d: want %d", ErrVersion, h.Version, ownVersion)
	}
	var written writtenReader
	for count := 0; ; {
		line, err := s.next()
		switch {
		case err == io.EOF:
			return fmt.Errorf("%w after %d cookies", io.ErrUnexpectedEOF, count)
		case err == SkipTooLong:
			count++
			if !v(s.line, jar.Cookie{}, SkipTooLong) {
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
		c, ok := written.cookie(line)
		var why Skip
		if !ok {
			c, why = parseOwn(line)
		}
		if !v(s.line, c, why) {
			return nil
		}
	}
}

// trailer parses the last line of a file with count cookies.
func (s *source) trailer(line []byte, count int) error {
	var t trailer
	if json.Unmarshal(line, &t) != nil || t.Cookies == nil {
		return ErrMalformed
	}
	if *t.Cookies != count {
		return fmt.Errorf("%w: %d cookies, want %d", ErrMalformed, count, *t.Cookies)
	}
	switch _, err := s.next(); err {
	case io.EOF:
		return nil
	case nil, SkipTooLong:
		return ErrMalformed // another line follows
	default:
		return err
	}
}

// scan is the fast path for lines without escapes, such as another program may write. It
// reports whether the line has that form.
func (r *record) scan(line []byte) bool {
	return scanObject(line, func(key, text []byte, kind byte) bool {
		switch kind {
		case '"':
			switch string(key) {
			case "name":
				r.Name = octets(text)
			case "value":
				r.Value = octets(text)
			case "domain":
				r.Domain = octets(text)
			case "path":
				r.Path = octets(text)
			case "expires":
				return r.Expires.UnmarshalText(text) == nil
			case "sameSite":
				r.SameSite = string(text)
			case "priority":
				r.Priority = string(text)
			case "created":
				return r.Created.UnmarshalText(text) == nil
			case "lastAccess":
				return r.LastAccess.UnmarshalText(text) == nil
			default:
				return false
			}
		case 't', 'f':
			switch string(key) {
			case "hostOnly":
				r.HostOnly = kind == 't'
			case "secure":
				r.Secure = kind == 't'
			case "httpOnly":
				r.HTTPOnly = kind == 't'
			default:
				return false
			}
		default:
			if string(key) != "order" {
				return false
			}
			n, err := strconv.ParseUint(string(text), 10, 64)
			r.Order = n
			return err == nil
		}
		return true
	})
}

// parseOwn parses one cookie.
func parseOwn(line []byte) (c jar.Cookie, why Skip) {
	if !isText(line) {
		return c, SkipNotUTF8
	}
	var r record
	if !r.scan(line) {
		r = record{}
		if json.Unmarshal(line, &r) != nil { // its error may quote the value
			return c, SkipMalformed
		}
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
		return c, SkipAttribute
	}
	if p := r.Partition; p != nil {
		c.Partition = jar.Partition{TopLevelSite: string(p.TopLevelSite), CrossSiteAncestor: p.CrossSiteAncestor}
	}
	return c, 0
}

// An ownWriter writes FormatJSON.
type ownWriter struct {
	w     *bufio.Writer
	buf   []byte
	count int
}

func (o *ownWriter) begin() { o.line(header{ownFormat, ownVersion}) }
func (o *ownWriter) end()   { o.line(trailer{&o.count}) }

// line writes the first or the last line.
func (o *ownWriter) line(v any) {
	_, _ = o.w.Write(append(marshal(v), '\n')) // a bufio.Writer keeps its error
}

// cookie writes the same bytes as encoding/json for a record, in a fraction of the time.
func (o *ownWriter) cookie(c *jar.Cookie, lost func(what Lost, leftOut bool)) {
	var cut [3]bool
	b := append(o.buf[:0], `{"name":`...)
	b = appendOctets(b, c.Name)
	b = appendOctets(append(b, `,"value":`...), c.Value)
	b = appendOctets(append(b, `,"domain":`...), c.Domain)
	if c.HostOnly {
		b = append(b, `,"hostOnly":true`...)
	}
	b = appendOctets(append(b, `,"path":`...), c.Path)
	b, cut[0] = appendTime(b, `,"expires":"`, c.Expires)
	if c.Secure {
		b = append(b, `,"secure":true`...)
	}
	if c.HttpOnly {
		b = append(b, `,"httpOnly":true`...)
	}
	if s := c.SameSite.String(); s != "" {
		b = appendString(append(b, `,"sameSite":`...), s)
	}
	if c.Priority != 0 {
		b = appendString(append(b, `,"priority":`...), c.Priority.String())
	}
	if p := c.Partition; p != (jar.Partition{}) {
		b = appendOctets(append(b, `,"partition":{"topLevelSite":`...), p.TopLevelSite)
		b = append(strconv.AppendBool(append(b, `,"crossSiteAncestor":`...), p.CrossSiteAncestor), '}')
	}
	b, cut[1] = appendTime(b, `,"created":"`, c.Created)
	b, cut[2] = appendTime(b, `,"lastAccess":"`, c.LastAccess)
	if c.Order != 0 {
		b = strconv.AppendUint(append(b, `,"order":`...), c.Order, 10)
	}
	b = append(b, "}\n"...)
	o.buf = b
	o.count++
	_, _ = o.w.Write(b)
	if cut != [3]bool{} {
		lost(LostExpiry, false)
	}
}

// appendOctets appends s as an octets is in JSON.
func appendOctets(b []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendString(b, s)
	}
	return append(b, marshal(octetsObject{[]byte(s)})...)
}

// appendTime appends name and a time, or nothing for the zero Time. cut reports whether the
// time was changed.
func appendTime(b []byte, name string, t time.Time) (_ []byte, cut bool) {
	if t.IsZero() {
		return b, false
	}
	t, cut = rfc3339Time(t)
	return append(t.AppendFormat(append(b, name...), time.RFC3339Nano), '"'), cut
}

// rfc3339Time returns t in UTC, or the nearest time that RFC 3339 can express.
func rfc3339Time(t time.Time) (_ time.Time, cut bool) {
	t = t.UTC()
	switch {
	case t.After(lastTime):
		return lastTime, true
	case t.Year() < 0:
		return time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	return t, false
}
