package rules

import (
	"math/bits"

	"uacookie/jar/internal/seam"
	"uacookie/jar/internal/trace"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// reasons are the rules that were tried on a cookie, and those that it breaks. All rules that
// apply are tried. The first one in the draft's order that the cookie breaks is reported.
type reasons trace.Set

// addIf adds r to the rules that were tried, and if broken is true to those that the cookie
// breaks.
func (s *reasons) addIf(broken bool, r policy.Reason) {
	s.Tried |= 1 << r
	if broken {
		s.Broken |= 1 << r
	}
}

func (s reasons) first() policy.Reason {
	if s.Broken == 0 {
		return 0
	}
	return policy.Reason(bits.TrailingZeros64(s.Broken))
}

// decide makes the first reason the verdict's.
func decide(v *policy.Verdict, why reasons) { v.Reason, v.Trace = why.first(), trace.Set(why) }

// leave adds the rules that are left to the store to those that were tried.
func leave(v *policy.Verdict, g *store.Conditions) {
	why := reasons(v.Trace)
	if g.Rules&seam.NoOverlay != 0 {
		why.addIf(false, policy.ReasonSecureOverlay)
	}
	if g.Rules&seam.KeepHTTPOnly != 0 {
		why.addIf(false, policy.ReasonHTTPOnlyOverwrite)
	}
	v.Trace = trace.Set(why)
}

// Settle completes v, the verdict of t on a cookie, with the outcome of Put: if the store
// refused the cookie, with the reason. It reports false if the cookie must be judged again. If
// the outcome is Stale, the store has another list now, and t must begin again.
func (t *Admission) Settle(v *policy.Verdict, o seam.Outcome) bool {
	switch o {
	case seam.RefusedDomain:
		t.askList = true
		return false
	case seam.RefusedOverlay:
		v.Reason = policy.ReasonSecureOverlay
	case seam.RefusedHTTPOnly:
		v.Reason = policy.ReasonHTTPOnlyOverwrite
	case seam.Oversize:
		v.Reason = policy.ReasonTooLong
	case seam.Removed:
		v.Removed = true
	case seam.Stale:
		return false
	}
	return true
}
