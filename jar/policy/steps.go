package policy

// A Step is one rule that was tried on the way to a [Verdict].
type Step struct {
	Rule   Reason // the reason for refusing or withholding a cookie that breaks the rule
	Spec   string // where the rule is written: Rule.Spec()
	Broken bool   // whether the cookie breaks the rule
}

// Steps returns the rules that were tried to reach the verdict, in the draft's order. It
// leaves out rules that do not apply, such as the rules about prefixes for a name without
// a prefix, and rules that were not reached: after a control octet, for instance, nothing
// is left to judge.
//
// Steps reads the trace of the decision itself. v.Reason is the first rule that the cookie
// breaks, unless the jar refused or withheld the cookie before the rules were tried. The
// verdicts of a jar's methods have all their steps; a Verdict that a program made has at
// most the broken one.
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
