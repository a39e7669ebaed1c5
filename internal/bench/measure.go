package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
)

// A row is one line of the table.
type row struct {
	name   string
	target float64 // the minimum ratio
	allocs float64 // the maximum number of allocations of an operation; negative means any

	// special measures the row. If it is nil, both returns the two sides to measure.
	special func(r *row) result
	both    func() sides
}

// Sides are functions that do one operation n times, with each jar.
type sides struct {
	std, own func(n int)
	limit    int // the maximum n of a slice; 0 means any
}

// A result is the result of measuring a row.
type result struct {
	name          string
	std, own      string
	ratio, lo, hi float64
	target        float64
	met           bool
	allocs, bound float64
	held          bool // allocs is within bound
	note          string
}

func (r result) String() string {
	ratio, spread := fmt.Sprintf("%.1fx", r.ratio), fmt.Sprintf("%.1f to %.1f", r.lo, r.hi)
	if r.lo == 0 && r.hi == 0 {
		spread = ""
	}
	met, target := "yes", fmt.Sprintf("%.3gx", r.target)
	if !r.met {
		met = "NO"
	}
	if r.note != "" {
		ratio, target = "", r.note
	}
	allocs, bound := fmt.Sprint(r.allocs), fmt.Sprint("<= ", r.bound)
	if r.bound < 0 {
		allocs, bound = "", ""
	} else if !r.held {
		bound += " BROKEN"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", r.name, r.std, r.own, ratio, spread, target, met, allocs, bound)
}

func (r *row) measure() result {
	if r.special != nil {
		got := r.special(r)
		got.name = r.name
		if got.bound == 0 { // the row has no bound on allocations
			got.bound = -1
		}
		got.held = got.bound < 0 || got.allocs <= got.bound
		return got
	}
	s := r.both()
	std, own := alternate(s)
	got := compare(std, own, r.target)
	got.name, got.bound = r.name, r.allocs
	if r.allocs >= 0 {
		got.allocs = allocations(s.own)
	}
	got.held = r.allocs < 0 || got.allocs <= r.allocs
	return got
}

// allocations returns the number of allocations of an operation, to a hundredth.
func allocations(f func(int)) float64 {
	const n = 100
	return testing.AllocsPerRun(10, func() { f(n) }) / n
}

const (
	sliceTime = 40 * time.Millisecond
	pairs     = 25
)

// alternate runs slices of both sides in turn. It returns the CPU time of an operation in
// each slice, in nanoseconds.
func alternate(s sides) (std, own []float64) {
	nStd, nOwn := s.count(s.std), s.count(s.own)
	runtime.GC()
	for range pairs {
		std = append(std, slice(s.std, nStd))
		own = append(own, slice(s.own, nOwn))
	}
	return std, own
}

// count returns the n for which f(n) takes about the time of a slice.
func (s sides) count(f func(int)) int {
	for n := 1; ; n *= 2 {
		if s.limit > 0 && n >= s.limit {
			return s.limit
		}
		if t := slice(f, n) * float64(n); t > float64(sliceTime)/4 {
			return max(1, int(float64(n)*float64(sliceTime)/t))
		}
	}
}

// slice returns the CPU time in nanoseconds of each of n operations, including the garbage
// collector's.
func slice(f func(int), n int) float64 {
	start := cpuTime()
	f(n)
	return float64(cpuTime()-start) / float64(n)
}

// compare returns the result of pairs of slices.
func compare(std, own []float64, target float64) result {
	var each []float64
	for i := range std {
		each = append(each, std[i]/own[i])
	}
	r := result{
		std: nanoseconds(quantile(std, .5)), own: nanoseconds(quantile(own, .5)),
		// The ratio is computed for each pair, since the machine's speed changes between pairs.
		ratio: quantile(each, .5),
		lo:    quantile(each, .25), hi: quantile(each, .75),
		target: target,
	}
	r.met = r.ratio >= target
	return r
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Round(q*float64(len(sorted)-1)))]
}

func nanoseconds(t float64) string {
	switch {
	case t >= 1e6:
		return fmt.Sprintf("%.3g ms", t/1e6)
	case t >= 1e3:
		return fmt.Sprintf("%.3g us", t/1e3)
	}
	return fmt.Sprintf("%.3g ns", t)
}
