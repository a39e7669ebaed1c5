// Package trace has the trace of a verdict: which rules were tried on a cookie, and which it
// breaks.
package trace

// A Set is two sets of policy.Reason, by their bits.
type Set struct{ Tried, Broken uint64 }
