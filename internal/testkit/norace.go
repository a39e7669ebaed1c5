//go:build !race

package testkit

// Race reports whether the race detector is on. Tests take ten times as long then: long tests
// of one goroutine skip it, since it finds nothing in them.
const Race = false
