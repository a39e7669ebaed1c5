package cookiefile

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"uacookie/internal/parse"
	"uacookie/jar"
	"uacookie/jar/match"
)

const (
	// netscapeHeader is the first line. Python refuses a file without it.
	netscapeHeader = "# Netscape HTTP Cookie File\n"

	// httpOnlyPrefix is curl's mark of an HttpOnly cookie. Other programs take the line
	// for a comment.
	httpOnlyPrefix = "#HttpOnly_"
)

// netscape reads cookies.txt.
func (s *source) netscape(v visit) error {
	for {
		line, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err == SkipTooLong:
			if !v(s.line, jar.Cookie{}, SkipTooLong) {
				return nil
			}
			continue
		case err != nil:
			return err
		}
		text, httpOnly := strings.CutPrefix(string(line), httpOnlyPrefix)
		if t := strings.TrimLeft(text, " \t"); t == "" || t[0] == '#' && !httpOnly {
			continue
		}
		c, why := parseNetscape(text)
		c.HttpOnly = httpOnly
		if !v(s.line, c, why) {
			return nil
		}
	}
}

// parseNetscape parses one line, without the prefix for HttpOnly.
//
// If the flag and the dot before the domain contradict each other, the flag counts, as in
// curl and wget. A port after the domain, which wget writes, is dropped, since cookies have
// no port.
func parseNetscape(line string) (c jar.Cookie, why Skip) {
	if parse.HasControl(line) {
		return c, SkipControlOctet
	}
	var fields [7]string
	n := 0
	for field := range strings.SplitSeq(line, "\t") {
		if n == len(fields) {
			return c, SkipFields
		}
		fields[n] = field
		n++
	}
	switch n {
	case 7:
	case 6:
		if isFlag(fields[2]) { // no path, as in old files
			copy(fields[3:], fields[2:])
			fields[2] = "/"
		} // else no value: an editor removed the tab at the end
	default:
		return c, SkipFields
	}

	if !isFlag(fields[1]) || !isFlag(fields[3]) {
		return c, SkipFlag
	}
	var ok bool
	if c.Domain, ok = match.Host(strings.TrimPrefix(fields[0], ".")); !ok {
		return c, SkipHost
	}
	if c.Expires, ok = netscapeExpiry(fields[4]); !ok {
		return c, SkipExpiry
	}
	c.HostOnly = !strings.EqualFold(fields[1], "TRUE")
	c.Path = fields[2]
	c.Secure = strings.EqualFold(fields[3], "TRUE")
	c.Name, c.Value = fields[5], fields[6]
	return c, 0
}

func isFlag(s string) bool { return strings.EqualFold(s, "TRUE") || strings.EqualFold(s, "FALSE") }

// netscapeExpiry parses an expiry. The zero Time means a session cookie.
func netscapeExpiry(s string) (t time.Time, ok bool) {
	if s == "" || s == "0" {
		return time.Time{}, true
	}
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return time.Time{}, false // ParseFloat accepts more than numbers
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return time.Time{}, false
	}
	if f == 0 {
		return time.Time{}, true
	}
	return unixTime(f), true
}

// The first and the last instant that every format can express. firstTime is not the zero
// Time, which means a session cookie.
var (
	firstTime = time.Time{}.Add(1)
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
)

// unixTime returns the instant that is seconds after the start of 1970, to the microsecond,
// or the nearest instant that formats can express.
func unixTime(seconds float64) time.Time {
	switch {
	case seconds >= float64(lastTime.Unix()):
		return lastTime
	case seconds <= float64(firstTime.Unix()):
		return firstTime
	}
	return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC()
}

// A netscapeWriter writes cookies.txt.
type netscapeWriter struct {
	w      *bufio.Writer
	python bool
	buf    []byte
}

func (n *netscapeWriter) begin() { _, _ = n.w.WriteString(netscapeHeader) }
func (n *netscapeWriter) end()   {}

// curlLine is the maximum length in bytes of a line that curl reads.
const curlLine = 4999

func (n *netscapeWriter) cookie(c *jar.Cookie, lost func(what Lost, leftOut bool)) {
	text := [...]string{c.Name, c.Value, c.Domain, c.Path}
	for _, s := range text {
		switch {
		case strings.Contains(s, "\t"):
			lost(LostTab, true)
			return
		case parse.HasControl(s):
			lost(LostControlOctet, true)
			return
		case n.python && !utf8.ValidString(s): // Python would refuse the whole file
			lost(LostNotUTF8, true)
			return
		}
	}
	switch {
	case !hasPlainDomain(c):
		lost(LostHost, true)
		return
	case c.Partition != jar.Partition{}:
		lost(LostPartition, true)
		return
	case c.Name == "" && !n.python: // curl would take the value for the name
		lost(LostName, true)
		return
	}

	b := n.buf[:0]
	if c.HttpOnly {
		b = append(b, httpOnlyPrefix...)
	}
	domain, ip := c.Domain, match.IsIP(c.Domain)
	if ip && !n.python {
		domain = strings.Trim(domain, "[]") // curl writes IPv6 addresses without brackets
	}
	if !c.HostOnly {
		b = append(b, '.')
	}
	b = append(append(b, domain...), '\t')
	b = appendFlag(b, !c.HostOnly)
	b = append(append(b, c.Path...), '\t')
	b = appendFlag(b, c.Secure)
	switch {
	case c.Persistent():
		b = strconv.AppendInt(b, max(c.Expires.Unix(), 1), 10)
	case !n.python:
		b = append(b, '0')
	}
	b = append(append(b, '\t'), c.Name...)
	b = append(append(b, '\t'), c.Value...)
	b = append(b, '\n')
	n.buf = b
	_, _ = n.w.Write(b) // a bufio.Writer keeps its error

	if c.SameSite != 0 {
		lost(LostSameSite, false)
	}
	if c.Priority != 0 {
		lost(LostPriority, false)
	}
	if !n.python && len(b) > curlLine {
		lost(LostTooLong, false)
	}
	// curl sends no domain cookies to IP addresses. Python appends .local to a host
	// without a dot.
	if !n.python && ip && !c.HostOnly || n.python && !strings.Contains(domain, ".") {
		lost(LostHost, false)
	}
}

// hasPlainDomain reports whether the domain does not begin with a dot, so that a dot before
// it can mean that the cookie is not host-only.
func hasPlainDomain(c *jar.Cookie) bool { return c.Domain != "" && c.Domain[0] != '.' }

func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, "TRUE\t"...)
	}
	return append(b, "FALSE\t"...)
}
