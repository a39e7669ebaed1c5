package cookiefile

import (
	"fmt"
	"log/slog"

	"uacookie/jar"
)

// Lost is the part of a cookie that a file does not keep. Every Lost is also an error:
// errors.Is(err, cookiefile.LostSameSite). Its text is stable.
type Lost uint8

const (
	_ Lost = iota // the zero Lost is not a loss

	// LostSameSite: the format has no SameSite. Playwright requires one, so a SameSite
	// that is not set was written as Lax. ReadOptions.Noted reports this Lost for a
	// SameSite=None that was read as not set.
	LostSameSite // same-site
	// LostPriority: the format has no Priority.
	LostPriority // priority
	// LostExpiry: the format cannot express the time, so the nearest one was written.
	LostExpiry // expiry
	// LostHost: the format cannot express the domain, or its tool sends no cookies to it.
	LostHost // host
	// LostPartition: the format has no partitions.
	LostPartition // partition
	// LostName: the format cannot express a cookie without a name.
	LostName // nameless
	// LostTab: the cookie contains a tab, which separates the fields of the format.
	LostTab // tab
	// LostControlOctet: the cookie contains a control octet.
	LostControlOctet // control-octet
	// LostNotUTF8: the cookie is not UTF-8, and the format is.
	LostNotUTF8 // not-utf8
	// LostTooLong: the line is too long for curl, which ignores it.
	LostTooLong // too-long
	// LostDomain: a cookie for all hosts below a public suffix was read as host-only. Only
	// ReadOptions.Noted reports this Lost.
	LostDomain // host-only

	lostCount
)

var lostTexts = [lostCount]string{
	"none", "same-site", "priority", "expiry", "host", "partition", "nameless", "tab",
	"control-octet", "not-utf8", "too-long", "host-only",
}

// String returns the stable text of l, such as "same-site".
func (l Lost) String() string {
	if l < lostCount {
		return lostTexts[l]
	}
	return fmt.Sprintf("lost %d", l)
}

// Error implements error: it returns the same text as [Lost.String].
func (l Lost) Error() string { return l.String() }

// A Loss reports what a format could not express about one cookie. It is an error, and
// wraps its Lost.
type Loss struct {
	File    string // WriteOptions.Name
	Format  Format
	Lost    Lost
	Cookie  jar.Cookie
	LeftOut bool // the file does not contain the cookie at all
}

// Error implements error. It does not show the cookie's value.
func (l *Loss) Error() string {
	prefix, what := "", "loses its "
	if l.File != "" {
		prefix = l.File + ": "
	}
	switch {
	case l.LeftOut:
		what = "left out: "
	case l.Format == FormatPlaywright && l.Lost == LostSameSite:
		what = "written as Lax, since it has no "
	}
	return fmt.Sprintf("%scookie %v, as %v: %s%v", prefix, l.Cookie, l.Format, what, l.Lost)
}

// LogValue implements slog.LogValuer: it returns the text of [Loss.Error].
func (l Loss) LogValue() slog.Value { return slog.StringValue(l.Error()) }

// Unwrap returns l.Lost.
func (l *Loss) Unwrap() error { return l.Lost }
