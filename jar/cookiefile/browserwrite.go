package cookiefile

import (
	"bufio"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"uacookie/jar"
)

// playwrightLast is the last expiry that Playwright accepts. It refuses the whole file if
// one cookie expires even a fraction of a second later.
var playwrightLast = time.Unix(lastTime.Unix(), 0).UTC()

// A browserWriter writes FormatPlaywright, FormatCDP, FormatPuppeteer and FormatWebDriver.
type browserWriter struct {
	w      *bufio.Writer
	format Format
	buf    []byte
	some   bool // at least one cookie was written
}

func (b *browserWriter) begin() {
	if b.format == FormatPlaywright || b.format == FormatCDP {
		_, _ = b.w.WriteString(`{"cookies":`)
	}
	_, _ = b.w.WriteString("[")
}

func (b *browserWriter) end() {
	_, _ = b.w.WriteString("\n]")
	switch b.format {
	case FormatPlaywright:
		_, _ = b.w.WriteString(`,"origins":[]}`)
	case FormatCDP:
		_, _ = b.w.WriteString("}")
	}
	_, _ = b.w.WriteString("\n")
}

func (b *browserWriter) cookie(c *jar.Cookie, lost func(what Lost, leftOut bool)) {
	for _, s := range [...]string{c.Name, c.Value, c.Domain, c.Path, c.Partition.TopLevelSite} {
		if !utf8.ValidString(s) {
			lost(LostNotUTF8, true)
			return
		}
	}
	if !hasPlainDomain(c) {
		lost(LostHost, true)
		return
	}
	if b.format == FormatWebDriver && c.Partition != (jar.Partition{}) {
		lost(LostPartition, true)
		return
	}
	o := b.buf[:0]
	if b.some {
		o = append(o, ',')
	}
	b.some = true
	o = appendString(append(o, "\n{\"name\":"...), c.Name)
	o = appendString(append(o, `,"value":`...), c.Value)
	o = append(o, `,"domain":`...)
	if c.HostOnly {
		o = appendString(o, c.Domain)
	} else {
		o = appendString(o, "."+c.Domain)
	}
	o = appendString(append(o, `,"path":`...), c.Path)
	expires, late := c.Expires, false
	switch {
	case b.format == FormatWebDriver:
		if c.Persistent() {
			o = strconv.AppendInt(append(o, `,"expiry":`...), max(min(expires.Unix(), lastTime.Unix()), 0), 10)
		}
	case b.format == FormatPlaywright && expires.After(playwrightLast):
		expires, late = playwrightLast, true
		fallthrough
	default:
		o = appendExpiry(append(o, `,"expires":`...), expires)
	}
	o = strconv.AppendBool(append(o, `,"httpOnly":`...), c.HttpOnly)
	o = strconv.AppendBool(append(o, `,"secure":`...), c.Secure)
	sameSite := c.SameSite.String()
	unset := b.format == FormatPlaywright && sameSite == ""
	if unset {
		sameSite = "Lax" // what most browsers enforce if SameSite is not set
	}
	if sameSite != "" {
		o = appendString(append(o, `,"sameSite":`...), sameSite)
	}
	if b.format == FormatCDP || b.format == FormatPuppeteer {
		o = strconv.AppendInt(append(o, `,"size":`...), int64(len(c.Name)+len(c.Value)), 10)
		o = strconv.AppendBool(append(o, `,"session":`...), !c.Persistent())
		o = appendString(append(o, `,"priority":`...), c.Priority.String())
	}
	if p := c.Partition; p != (jar.Partition{}) {
		o = append(o, `,"partitionKey":`...)
		switch b.format {
		case FormatPlaywright:
			o = appendString(o, p.TopLevelSite)
			o = strconv.AppendBool(append(o, `,"_crHasCrossSiteAncestor":`...), p.CrossSiteAncestor)
		case FormatPuppeteer:
			o = append(o, marshal(partitionKey{SourceOrigin: p.TopLevelSite, HasCrossSiteAncestor: &p.CrossSiteAncestor})...)
		default:
			o = append(o, marshal(partitionKey{TopLevelSite: p.TopLevelSite, HasCrossSiteAncestor: &p.CrossSiteAncestor})...)
		}
	}
	o = append(o, '}')
	b.buf = o
	_, _ = b.w.Write(o) // a bufio.Writer keeps its error
	if unset {
		lost(LostSameSite, false)
	}
	if late {
		lost(LostExpiry, false)
	}
	if (b.format == FormatPlaywright || b.format == FormatWebDriver) && c.Priority != 0 {
		lost(LostPriority, false)
	}
}

// appendExpiry appends t as seconds since 1970, 0 for any time before 1970, and -1 for the
// zero Time of a session cookie.
func appendExpiry(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "-1"...)
	}
	if t.After(lastTime) {
		t = lastTime
	}
	micros := max(t.UnixMicro(), 0)
	b = strconv.AppendInt(b, micros/1e6, 10)
	if micros%1e6 == 0 {
		return b
	}
	return fmt.Appendf(b, ".%06d", micros%1e6)
}
