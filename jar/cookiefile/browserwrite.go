package cookiefile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"uacookie/jar"
)

// A browserWriter writes Playwright, CDP and Puppeteer.
type browserWriter struct {
	w      *bufio.Writer
	format Format
	some   bool // a cookie has been written
}

func (b *browserWriter) begin() {
	if b.format != Puppeteer {
		_, _ = b.w.WriteString(`{"cookies":`)
	}
	_, _ = b.w.WriteString("[")
}

func (b *browserWriter) end() {
	_, _ = b.w.WriteString("\n]")
	switch b.format {
	case Playwright:
		_, _ = b.w.WriteString(`,"origins":[]}`)
	case CDP:
		_, _ = b.w.WriteString("}")
	}
	_, _ = b.w.WriteString("\n")
}

// A browserRecord is what all three have in common, then what each has of its own.
type browserRecord struct {
	Name     string      `json:"name"`
	Value    string      `json:"value"`
	Domain   string      `json:"domain"`
	Path     string      `json:"path"`
	Expires  json.Number `json:"expires"`
	HTTPOnly bool        `json:"httpOnly"`
	Secure   bool        `json:"secure"`
	SameSite string      `json:"sameSite,omitempty"`

	Size     int    `json:"size,omitempty"`     // CDP, Puppeteer
	Session  *bool  `json:"session,omitempty"`  // CDP, Puppeteer
	Priority string `json:"priority,omitempty"` // CDP, Puppeteer

	PartitionKey           any   `json:"partitionKey,omitempty"`
	CrHasCrossSiteAncestor *bool `json:"_crHasCrossSiteAncestor,omitempty"` // Playwright
}

func (b *browserWriter) cookie(c *jar.Cookie, lost func(why Reason, leftOut bool)) {
	for _, s := range [...]string{c.Name, c.Value, c.Domain, c.Path, c.Partition.TopLevelSite} {
		if !utf8.ValidString(s) {
			lost(NotUTF8, true)
			return
		}
	}
	if !hasPlainDomain(c) {
		lost(Host, true)
		return
	}
	r := browserRecord{
		Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path,
		HTTPOnly: c.HttpOnly, Secure: c.Secure, SameSite: c.SameSite.String(),
		Expires: browserExpiry(c.Expires),
	}
	if !c.HostOnly {
		r.Domain = "." + c.Domain
	}
	if b.format == Playwright {
		if c.Priority != 0 {
			lost(Priority, false)
		}
	} else {
		session := !c.Persistent()
		r.Size, r.Session, r.Priority = len(c.Name)+len(c.Value), &session, c.Priority.String()
	}
	if p := c.Partition; p != (jar.Partition{}) {
		switch b.format {
		case Playwright:
			r.PartitionKey, r.CrHasCrossSiteAncestor = p.TopLevelSite, &p.CrossSiteAncestor
		case Puppeteer:
			r.PartitionKey = partitionKey{SourceOrigin: p.TopLevelSite, HasCrossSiteAncestor: &p.CrossSiteAncestor}
		default:
			r.PartitionKey = partitionKey{TopLevelSite: p.TopLevelSite, HasCrossSiteAncestor: &p.CrossSiteAncestor}
		}
	}
	line, err := json.Marshal(r)
	if err != nil {
		panic("cookiefile: " + err.Error()) // strings, numbers and booleans cannot fail
	}
	if b.some {
		_ = b.w.WriteByte(',')
	}
	b.some = true
	_ = b.w.WriteByte('\n')
	_, _ = b.w.Write(line)
}

// browserExpiry writes seconds since 1970, -1 for a session cookie. What expired
// before 1970 expires then.
func browserExpiry(t time.Time) json.Number {
	if t.IsZero() {
		return "-1"
	}
	if t.After(lastTime) {
		t = lastTime
	}
	micros := max(t.UnixMicro(), 0)
	if micros%1e6 == 0 {
		return json.Number(strconv.FormatInt(micros/1e6, 10))
	}
	return json.Number(fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6))
}
