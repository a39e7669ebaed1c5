//go:build !unix

package main

import "time"

var start = time.Now()

// cpuTime returns the elapsed time. CPU time is only implemented on Unix.
func cpuTime() time.Duration { return time.Since(start) }
