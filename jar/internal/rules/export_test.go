package rules

import (
	"slices"

	"uacookie/jar/internal/agent"
	"uacookie/jar/policy"
)

// Quirks returns the quirks of u.
func Quirks(u policy.UserAgent) (all []Quirk) {
	for _, q := range agent.Quirks {
		if rowOf(u).Has(q.Quirk) {
			all = append(all, Quirk{q.Name, q.Spec, q.Draft, q.Agent})
		}
	}
	return all
}

// A Quirk is a quirk for the tests outside.
type Quirk struct{ Name, Spec, Draft, Agent string }

// QuirkBits returns the number of quirks of u, named or not.
func QuirkBits(u policy.UserAgent) (n int) {
	for q := rowOf(u).Quirks; q != 0; q &= q - 1 {
		n++
	}
	return n
}

// Without takes quirks from u until restore is called.
func Without(u policy.UserAgent, names ...string) (restore func()) {
	a := rowOf(u)
	old := *a.Agent
	if slices.Contains(names, "site-limits") { // it is also in the numbers
		a.Agent.Limits, a.Agent.ApartLimits = agent.Agents[agent.Standard].Limits, nil
	}
	for _, q := range agent.Quirks {
		if slices.Contains(names, q.Name) {
			a.Agent.Quirks &^= q.Quirk
		}
	}
	return func() { *a.Agent = old }
}
