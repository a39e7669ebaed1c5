// Bench measures this project's jar beside net/http/cookiejar, in one process and
// one run, and prints a table with the targets.
//
//	go run ./internal/bench [-rows REGEXP] [-svg FILE]
//
// Each row is measured in slices of CPU time, one jar after the other, so that what
// else the machine does falls on both. A ratio is how many times as much the standard
// library takes, at the median, with the range of the middle half of all pairs of
// slices. The exit code is 1 if a bound on allocations is broken, and 2 if the flags
// are wrong; a ratio below its target is told but fails nothing, since the machine
// may be at fault.
package main
