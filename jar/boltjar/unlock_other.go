//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package boltjar

import "os"

// unlock does nothing: on these systems, closing the file releases the lock.
func unlock(*os.File) error { return nil }
