package cookiefile

import (
	"fmt"
	"io"
	"strings"

	"uacookie/internal/parse"
	"uacookie/jar"
	"uacookie/jar/match"
)

// The format of libwww-perl and Python's LWPCookieJar has lines such as
//
//	Set-Cookie3: a="x y"; path="/"; domain=".example.com"; secure; expires="2100-01-01 00:00:00Z"; version=0
const (
	lwpMagic  = "#LWP-Cookies-"
	lwpPrefix = "Set-Cookie3:"
)

// lwp reads the format of libwww-perl.
func (s *source) lwp(v visit) error {
	for first := true; ; first = false {
		line, err := s.next()
		switch {
		case err == io.EOF && first:
			return io.ErrUnexpectedEOF
		case err == io.EOF:
			return nil
		case first && (err == SkipTooLong || err == nil && !strings.HasPrefix(string(line), lwpMagic)):
			return fmt.Errorf("%w: the first line is not #LWP-Cookies-2.0", ErrForeign)
		case err == SkipTooLong:
			if !v(s.line, jar.Cookie{}, SkipTooLong) {
				return nil
			}
			continue
		case err != nil:
			return err
		}
		text := string(line)
		if t := strings.TrimLeft(text, " \t"); t == "" || t[0] == '#' {
			continue
		}
		c, why := parseLWP(text)
		if why == 0 {
			c = s.settle(s.line, c)
		}
		if !v(s.line, c, why) {
			return nil
		}
	}
}

// parseLWP parses one line. Ports are dropped, since cookies have no port.
func parseLWP(line string) (c jar.Cookie, why Skip) {
	if parse.HasControl(line) {
		return c, SkipControlOctet
	}
	rest, ok := strings.CutPrefix(line, lwpPrefix)
	if !ok {
		return c, SkipFields
	}
	var p lwpPair
	if p, rest, ok = nextLWP(rest); !ok || p.name == "" {
		return c, SkipFields
	}
	c.Name, c.Value = p.name, p.value
	if !p.hasValue { // Python writes a cookie without a name this way
		c.Name, c.Value = "", p.name
	}
	var domain string
	var discard bool
	for rest != "" {
		if p, rest, ok = nextLWP(rest); !ok {
			return c, SkipFields
		}
		switch strings.ToLower(p.name) {
		case "path":
			c.Path = p.value
		case "domain":
			domain = p.value
		case "secure":
			c.Secure = true
		case "httponly":
			c.HttpOnly = true
		case "discard":
			discard = true
		case "expires":
			m, ok := parseMoment(p.value)
			if !ok {
				return c, SkipExpiry
			}
			c.Expires = m.Time
		case "samesite": // as the server wrote it: a browser ignores unknown words
			if isSameSite(p.value) {
				c.SameSite, _ = parseSameSite(p.value)
			}
		case "priority":
			if isPriority(p.value) {
				c.Priority, _ = parsePriority(p.value)
			}
		case "partitioned": // the partition itself is not in the file
			return c, SkipPartition
		}
	}
	if discard {
		c.Expires = jar.Cookie{}.Expires
	}
	if c.Path == "" {
		c.Path = "/"
	}
	host, dotted := strings.CutPrefix(domain, ".")
	c.HostOnly = !dotted
	if c.Domain, ok = match.Host(host); !ok {
		return c, SkipHost
	}
	return c, 0
}

// An lwpPair is a name in a line, with its value if it has one.
type lwpPair struct {
	name, value string
	hasValue    bool
}

// nextLWP parses the first pair of s and returns what follows its separator. The name is
// empty at the end of the line. ok is false at a comma, which would begin another cookie,
// and for a quoted value without an end.
func nextLWP(s string) (p lwpPair, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t;")
	n := strings.IndexAny(s, "= \t;,")
	if n < 0 {
		return lwpPair{name: s}, "", true
	}
	p.name, s = s[:n], strings.TrimLeft(s[n:], " \t")
	if p.name == "" {
		return p, "", s == ""
	}
	if !strings.HasPrefix(s, "=") {
		return p, s, !strings.HasPrefix(s, ",")
	}
	p.hasValue = true
	s = strings.TrimLeft(s[1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		n := strings.IndexAny(s, " \t;,")
		if n < 0 {
			n = len(s)
		}
		p.value, s = s[:n], strings.TrimLeft(s[n:], " \t")
		return p, s, !strings.HasPrefix(s, ",")
	}
	var value strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			value.WriteByte(s[i])
		case s[i] == '"':
			p.value, s = value.String(), strings.TrimLeft(s[i+1:], " \t")
			return p, s, s == "" || s[0] == ';'
		default:
			value.WriteByte(s[i])
		}
	}
	return p, "", false
}
