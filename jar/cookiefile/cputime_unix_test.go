//go:build unix

package cookiefile

import (
	"syscall"
	"time"
)

// cpuTime returns how long this process has been computing. On a machine that has
// other things to do as well, that says more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no reason to fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
