package cookiefile

import (
	"fmt"
	"log/slog"

	"uacookie/jar"
)

// A Reason is why a line was not read or a cookie not written as it is. Every
// Reason is also an error, so a caller asks errors.Is(err, cookiefile.Expiry).
// Its text is stable.
type Reason uint8

// The reasons for which a line, or a cookie in a JSON file, is not read.
const (
	_ Reason = iota

	// ControlOctet refuses a line with NUL or another control octet, tab aside.
	ControlOctet
	// TooLong refuses a line longer than ReadOptions.MaxLine. For writing, it
	// is a line that curl does not read.
	TooLong
	// Fields refuses a line that has not 7 fields between tabs, nor 6 of which
	// one was left out that may be.
	Fields
	// Flag refuses a flag that is neither TRUE nor FALSE.
	Flag
	// Expiry refuses an expiry that is not a number. For writing, it is a time
	// that the format has no way to say.
	Expiry
	// Host refuses a domain that has no canonical form. For writing, it is a
	// domain that the format's tool sends no cookies to.
	Host
	// Partition refuses a partition key that is not a site. For writing, it is a
	// partition, which the format does not know.
	Partition
	// Malformed refuses what is not the JSON of a cookie.
	Malformed
	// Attribute refuses a SameSite or Priority that is none.
	Attribute
	// NotUTF8 refuses JSON that is not UTF-8, or escapes half a surrogate pair.
	// For writing, it is a value that would become such.
	NotUTF8

	// SameSite is lost. For Playwright, one that is not set was written as Lax. For
	// reading, see ReadOptions.Noted.
	SameSite
	// Priority is lost.
	Priority
	// Nameless: the cookie has no name. For reading, it refuses an object in JSON
	// without a member for the name.
	Nameless
	// Tab: there is a tab in the cookie, which separates fields.
	Tab
	// HostOnly: a cookie for all hosts below a public suffix was taken for the host
	// of that name alone: see ReadOptions.Noted.
	HostOnly

	// TooLarge ends the reading of a file larger than ReadOptions.MaxBytes.
	TooLarge
	// Database ends the reading of a file that is an SQLite database, as the
	// profiles of browsers have them.
	Database
	// Foreign ends the reading of a file that is in no format of this package, or
	// has no cookies where its format has them. The error that wraps it says what
	// the file is in, if that is known.
	Foreign
	// Version ends the reading of a file of a version of JSON yet to come.
	Version

	reasonCount
)

var reasonTexts = [reasonCount]string{
	"none", "control-octet", "too-long", "fields", "flag", "expiry", "host", "partition",
	"malformed", "attribute", "not-utf8", "same-site", "priority", "nameless", "tab", "host-only",
	"too-large", "database", "foreign", "version",
}

// String returns the stable text of r, such as "control-octet".
func (r Reason) String() string {
	if r < reasonCount {
		return reasonTexts[r]
	}
	return fmt.Sprintf("reason %d", r)
}

// Error implements error.
func (r Reason) Error() string { return r.String() }

// A LineError is one line, or one cookie of a JSON file, that was skipped, or, for
// ReadOptions.Noted, changed. Reading goes on after it. It holds nothing of the line but, if the jar refused the
// cookie, its name and domain.
type LineError struct {
	File string // ReadOptions.Name
	Line int    // from 1; where the cookie begins
	Err  error  // a Reason or wraps one, or the *jar.Refusal of a cookie that the jar refused
}

// Error implements error.
func (e *LineError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns e.Err.
func (e *LineError) Unwrap() error { return e.Err }

// A Loss is what a format could not express of one cookie.
type Loss struct {
	File    string // WriteOptions.Name
	Format  Format
	Reason  Reason
	Cookie  jar.Cookie
	LeftOut bool // the cookie is not in the file at all
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
	case l.Format == Playwright && l.Reason == SameSite:
		what = "written as Lax, since it has no "
	}
	return fmt.Sprintf("%scookie %v, as %v: %s%v", prefix, l.Cookie, l.Format, what, l.Reason)
}

// LogValue implements slog.LogValuer: it is Error.
func (l Loss) LogValue() slog.Value { return slog.StringValue(l.Error()) }

// Unwrap returns l.Reason.
func (l *Loss) Unwrap() error { return l.Reason }

// mostErrors is how many errors about lines or cookies are kept where no hook
// takes them.
const mostErrors = 20

// errorList collects errors, the first of many.
type errorList struct {
	errs []error
	more int
}

func (l *errorList) add(err error) {
	if len(l.errs) == mostErrors {
		l.more++
		return
	}
	l.errs = append(l.errs, err)
}

// all returns what was collected, and one error for what was too much.
func (l *errorList) all() []error {
	if l.more == 0 {
		return l.errs
	}
	return append(l.errs, fmt.Errorf("and %d more", l.more))
}
