//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package boltjar

import (
	"os"
	"syscall"
)

// unlock releases the lock on a file that stays mapped. Closing the file is not enough.
func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
