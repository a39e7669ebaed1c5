package policy

// A Step is one rule that was tried on the way to a [Verdict].
type Step struct {
	Rule   Reason // what the cookie is refused or withheld for if it breaks the rule
	Spec   string // where the rule is written, as Reason.Spec has it
	Broken bool   // the cookie breaks it
}

// Steps returns the rules that were tried to reach the verdict, in the draft's order.
// Rules that do not apply, such as those on prefixes to a name without one, are not
// among them; nor are those past a rule after which nothing is left to judge, such as
// that on control octets.
//
// It is the trace of the decision itself: v.Reason is the first that the cookie
// breaks, unless a jar refused or withheld it before the rules had their say. A
// verdict that Receive, Accept, Explain or Judge returned has all its steps; one put
// together elsewhere has the broken one at most. Rules on what is stored already
// count as kept until the store has settled the verdict.
func (v Verdict) Steps() []Step {
	tried, broken := v.Trace.Tried, v.Trace.Broken
	if v.Reason != 0 {
		tried, broken = tried|1<<v.Reason, broken|1<<v.Reason
	}
	has := func(r Reason) bool { return tried>>r&1 != 0 }
	var all []Step
	outgoing := has(ReasonOtherDomain)
	for r := Reason(1); r < reasonCount; r++ {
		if has(r) && !(outgoing && r == ReasonPublicSuffix) {
			all = append(all, Step{r, r.Spec(), broken>>r&1 != 0})
		}
		if outgoing && r == ReasonOtherDomain && has(ReasonPublicSuffix) {
			// A list may have changed since the cookie was stored.
			all = append(all, Step{ReasonPublicSuffix, ReasonOtherDomain.Spec(), broken>>ReasonPublicSuffix&1 != 0})
		}
	}
	return all
}
