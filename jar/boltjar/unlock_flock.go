//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package boltjar

import (
	"os"
	"syscall"
)

// unlock gives back the lock on a file that stays mapped: closing it is not enough.
func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
