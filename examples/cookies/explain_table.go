package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uacookie/jar"
)

// steps shows the rules that were checked in a table, with as many user agents side by side
// as fit.
func (t *explainText) steps(e *explanation, verdict func(*judged) *jar.Verdict) {
	type row struct {
		jar.Step
		by map[int]string
	}
	var rows []*row
	for i := range e.agents {
		v := verdict(&e.agents[i])
		if v == nil {
			continue
		}
		at := 0 // all user agents check rules in the same order
		for _, s := range v.Steps() {
			k := slices.IndexFunc(rows, func(r *row) bool { return r.Rule == s.Rule })
			if k < 0 {
				k = at
				rows = slices.Insert(rows, k, &row{s, map[int]string{}})
			}
			at = k + 1
			rows[k].by[i] = "passed"
			if s.Broken {
				rows[k].by[i] = "FAILED"
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	rule, spec := len("RULE"), len("RFC 6265BIS")
	for _, r := range rows {
		rule = max(rule, len(r.Rule.String()))
		spec = max(spec, len(r.Spec))
	}
	const column, gap = 10, 2
	each := max((t.width-indent-rule-spec-2*gap)/column, 1)
	for from := 0; from < len(e.agents); from += each {
		to := min(from+each, len(e.agents))
		t.printf("\n%*s%s", indent, "", t.paint(dim, fmt.Sprintf("%-*s%-*s", rule+gap, "RULE", spec+gap, "RFC 6265BIS")))
		for i := from; i < to; i++ {
			t.cell(dim, strings.ToUpper(e.agents[i].agent.String()), column, i == to-1)
		}
		for _, r := range rows {
			t.printf("%*s%-*s%-*s", indent, "", rule+gap, r.Rule.String(), spec+gap, r.Spec)
			for i := from; i < to; i++ {
				s := r.by[i]
				color := map[string]string{"passed": green, "FAILED": bold + ";" + red}[s]
				t.cell(cmp.Or(color, dim), cmp.Or(s, "-"), column, i == to-1)
			}
		}
	}
}

// cell writes a cell of a table, and a line feed after the last cell of a row.
func (t *explainText) cell(color, s string, width int, last bool) {
	t.printf("%s", t.paint(color, s))
	if last {
		t.printf("\n")
	} else {
		t.printf("%*s", max(width-len(s), 1), "")
	}
}
