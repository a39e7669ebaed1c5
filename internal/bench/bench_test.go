package main

import (
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The rows of the table as benchmarks, for benchstat: -col /impl compares.
func Benchmark(b *testing.B) {
	for i := range rows {
		r := &rows[i]
		if r.both == nil {
			continue
		}
		name := strings.NewReplacer(", ", "-", " ", "-").Replace(r.name)
		b.Run(name, func(b *testing.B) {
			s := r.both()
			for _, impl := range []struct {
				name string
				run  func(int)
			}{{"impl=std", s.std}, {"impl=uacookie", s.own}} {
				b.Run(impl.name, func(b *testing.B) {
					b.ReportAllocs()
					impl.run(b.N)
				})
			}
		})
	}
}

// The rows hold their bounds on allocations. Rows whose jars take long to fill are only
// checked by make bench.
func TestAllocations(t *testing.T) {
	for i := range rows {
		r := &rows[i]
		if r.both == nil || r.allocs < 0 || strings.Contains(r.name, "k sites") || strings.Contains(r.name, "M sites") {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			s := r.both()
			if got := allocations(s.own); got > r.allocs {
				t.Errorf("%v allocations for an operation, want at most %v", got, r.allocs)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	r := compare([]float64{400, 100, 200}, []float64{50, 100, 100}, 2)
	if r.ratio != 2 || !r.met || r.lo > r.hi {
		t.Errorf("compare = %+v, want medians of 200 and 100", r)
	}
	if r := compare([]float64{100}, []float64{100}, 2); r.met {
		t.Errorf("a ratio of %v meets a target of 2", r.ratio)
	}
}

// The plot is well-formed XML. Longer times are drawn higher, and more sites further right.
func TestDraw(t *testing.T) {
	svg := draw([]point{{1, [len(faces)]float64{6000, 5000, 4000, 2000, 150}}, {sitesPlotted, [len(faces)]float64{9000, 8990, 7000, 5000, 900}}})
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
	if plotY(2000) >= plotY(150) || plotX(1) != left || plotX(sitesPlotted) != right {
		t.Errorf("y is %v for 2 us and %v for 150 ns, x is %v for 1 site and %v for %d sites", plotY(2000), plotY(150), plotX(1), plotX(sitesPlotted), sitesPlotted)
	}
}

// The edits of each trick fit the code, and its row exists.
func TestTricks(t *testing.T) {
	t.Chdir("../..")
	for _, trick := range tricks {
		t.Run(trick.name, func(t *testing.T) {
			if _, err := trick.overlay(filepath.Join(t.TempDir(), "edited")); err != nil {
				t.Error(err)
			}
			if !slices.ContainsFunc(rows, func(r row) bool { return r.name == trick.row }) {
				t.Errorf("there is no row %q", trick.row)
			}
		})
	}
}
