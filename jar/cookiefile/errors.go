package cookiefile

import (
	"errors"
	"fmt"
)

// The errors that end the reading of a file. [Read] and [Load] wrap them in an
// [*io/fs.PathError]; [Detect] returns them as they are or with an explanation.
var (
	// ErrForeign is returned for a file in a format that this package does not read, or
	// without cookies where its format has them. The error that wraps it names the
	// format, if it is known, and says what to do.
	ErrForeign = errors.New("cookiefile: unknown file format")

	// ErrDatabase is returned for an SQLite database, such as a browser's profile has.
	// Package profile reads those.
	ErrDatabase = errors.New("cookiefile: an SQLite database, not a cookie file")

	// ErrVersion is returned for a file in a later version of [FormatJSON].
	ErrVersion = errors.New("cookiefile: unknown version")

	// ErrMalformed is returned for a file whose structure is broken, so that what
	// follows cannot be read.
	ErrMalformed = errors.New("cookiefile: malformed file")

	// ErrTooLarge is returned for a file larger than ReadOptions.MaxBytes.
	ErrTooLarge = errors.New("cookiefile: file too large")
)

// maxErrors is the number of errors about lines or cookies that are collected if there is
// no hook to report them to.
const maxErrors = 20

// An errorList collects the first maxErrors errors.
type errorList struct {
	errs []error
	more int
}

func (l *errorList) add(err error) {
	if len(l.errs) == maxErrors {
		l.more++
		return
	}
	l.errs = append(l.errs, err)
}

// all returns the collected errors, and one error with the number of the others.
func (l *errorList) all() []error {
	if l.more == 0 {
		return l.errs
	}
	return append(l.errs, fmt.Errorf("and %d more", l.more))
}
