package cookiefile

import "fmt"

// A Skip is the reason why a line of a file, or a cookie in a JSON file, was skipped.
// Every Skip is also an error: errors.Is(err, cookiefile.SkipExpiry). Its text is stable.
type Skip uint8

const (
	_ Skip = iota // the zero Skip is not a reason

	// SkipControlOctet skips a line with NUL or another control octet except tab.
	SkipControlOctet // control-octet
	// SkipTooLong skips a line longer than ReadOptions.MaxLine.
	SkipTooLong // too-long
	// SkipFields skips a line without 7 tab-separated fields. A line of 6 is read if the
	// missing one is the path or the value.
	SkipFields // fields
	// SkipFlag skips a line with a flag that is neither TRUE nor FALSE.
	SkipFlag // flag
	// SkipExpiry skips a line whose expiry is not a number.
	SkipExpiry // expiry
	// SkipHost skips a cookie whose domain has no canonical form.
	SkipHost // host
	// SkipPartition skips a cookie whose partition key is not a site.
	SkipPartition // partition
	// SkipMalformed skips an element that is not the JSON of a cookie.
	SkipMalformed // malformed
	// SkipAttribute skips a cookie with an unknown SameSite or Priority.
	SkipAttribute // attribute
	// SkipNotUTF8 skips JSON that is not UTF-8, or escapes half a surrogate pair.
	SkipNotUTF8 // not-utf8
	// SkipNameless skips a JSON object without a member for the cookie's name.
	SkipNameless // nameless

	skipCount
)

var skipTexts = [skipCount]string{
	"none", "control-octet", "too-long", "fields", "flag", "expiry", "host", "partition",
	"malformed", "attribute", "not-utf8", "nameless",
}

// String returns the stable text of s, such as "control-octet".
func (s Skip) String() string {
	if s < skipCount {
		return skipTexts[s]
	}
	return fmt.Sprintf("skip %d", s)
}

// Error implements error: it returns the same text as [Skip.String].
func (s Skip) Error() string { return s.String() }

// A LineError reports one line, or one cookie of a JSON file, that was skipped. For
// ReadOptions.Noted it reports one that was changed. Reading continues after it. It
// contains nothing from the line except, if the jar refused the cookie, the cookie's name
// and domain.
type LineError struct {
	File string // ReadOptions.Name
	Line int    // where the cookie begins, counted from 1
	Err  error  // a Skip, or a *jar.Refusal if the jar refused the cookie
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
