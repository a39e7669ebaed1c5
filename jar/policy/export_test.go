package policy

import "slices"

// A Quirk is a quirk for the tests outside.
type Quirk struct{ Name, Spec, Draft, Agent string }

// Quirks returns the quirks of u.
func Quirks(u UserAgent) []Quirk {
	var all []Quirk
	for _, q := range quirks {
		if u.agent().has(q.quirk) {
			all = append(all, Quirk{q.name, q.spec, q.draft, q.agent})
		}
	}
	return all
}

// QuirkBits returns how many quirks u has, named or not.
func QuirkBits(u UserAgent) (n int) {
	for q := u.agent().quirks; q != 0; q &= q - 1 {
		n++
	}
	return n
}

// Without takes quirks from u until restore is called.
func Without(u UserAgent, names ...string) (restore func()) {
	a := u.agent()
	old := a.quirks
	for _, q := range quirks {
		if slices.Contains(names, q.name) {
			a.quirks &^= q.quirk
		}
	}
	return func() { a.quirks = old }
}
