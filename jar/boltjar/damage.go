package boltjar

import (
	"errors"
	"fmt"
	"runtime/debug"

	"uacookie/jar/backend"
)

// ErrDamaged is the error for a damaged file: bytes were changed, or the file was truncated.
// The file is left as it is. Restore a backup, or recover what the command bbolt can read.
//
// Errors that wrap ErrDamaged wrap [backend.ErrBroken] too.
var ErrDamaged = errors.New("boltjar: the file is damaged")

// A damage is an error that is ErrDamaged and backend.ErrBroken.
type damage string

func (d damage) Error() string   { return ErrDamaged.Error() + ": " + string(d) }
func (d damage) Unwrap() []error { return []error{ErrDamaged, backend.ErrBroken} }

func damaged(format string, args ...any) error {
	return damage(fmt.Sprintf(format, args...))
}

// guard calls f, and returns ErrDamaged if bbolt panics or reads outside of the mapped file.
// It is the last resort for a file that is damaged while it is open.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damaged("%v", p)
		}
	}()
	return f()
}
