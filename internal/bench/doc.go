// Bench measures this project's jar beside net/http/cookiejar, in one process and
// one run, and prints a table with the targets.
//
//	go run ./internal/bench [-rows REGEXP] [-svg FILE]
//
// Each row is measured in slices of CPU time that alternate between the two jars, so that
// other load on the machine affects both. A ratio is the standard library's time divided by
// this project's: the median over all pairs of slices, with the range of the middle half.
// The exit code is 1 if a bound on allocations is broken, and 2 if the flags are wrong. A
// ratio below its target is printed but does not change the exit code, since other load may
// have caused it.
package main
