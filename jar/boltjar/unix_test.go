//go:build linux || darwin

package boltjar_test

import (
	"os/signal"
	"syscall"
	"time"
)

func init() {
	limitFiles = limitUnix
	cpuTime = cpuUnix
}

func cpuUnix() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func limitUnix(size int64) (restore func() error, err error) {
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return nil, err
	}
	restore = func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }
	return restore, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(size), Max: old.Max})
}
