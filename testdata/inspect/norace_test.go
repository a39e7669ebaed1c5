//go:build !race

package inspect

// slower is how much longer things may take with the race detector.
const slower = 1
