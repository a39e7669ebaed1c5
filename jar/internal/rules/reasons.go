package rules

import (
	"math/bits"

	"uacookie/jar/internal/seam"
	"uacookie/jar/internal/trace"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// reasons are what the rules found about a cookie: which were tried, and which it breaks. All
// rules that apply are tried, and the first in the draft's order that the cookie breaks is
// the one reported.
type reasons trace.Set

// addIf tries r, which the cookie breaks or not.
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

// leave notes the rules that are left to the store.
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

// Settle completes v, the verdict of t on a cookie, with what the store did with it: the
// reason, if the store refused it. It reports false if the cookie must be judged again: by a
// new Reception if the outcome is Stale, since the store has another list by now, and else
// by t, which then asks the list itself.
func (t *Reception) Settle(v *policy.Verdict, o seam.Outcome) bool {
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
