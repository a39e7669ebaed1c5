//go:build race

package inspect

// slower is the factor by which operations may be slower with the race detector.
const slower = 10
