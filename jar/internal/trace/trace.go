// Package trace has the trace of a verdict: the rules that were tried on a cookie, and the
// rules that it breaks.
package trace

// A Set is two sets of policy.Reason: bit n is the Reason with the value n.
type Set struct{ Tried, Broken uint64 }
