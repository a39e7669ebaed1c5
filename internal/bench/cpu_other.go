//go:build !unix

package main

import "time"

var start = time.Now()

// cpuTime returns the time that has passed: CPU time is to be had on Unix only.
func cpuTime() time.Duration { return time.Since(start) }
