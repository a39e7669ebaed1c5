package jar

import "uacookie/jar/policy"

// askVeto asks Options.Veto, which is not nil, about a cookie that the rules let pass, and
// completes the verdict on it. r is a copy of the request: see copied.
func (j *Jar) askVeto(op Op, r *Request, v *Verdict) {
	if v.Reason != 0 {
		return
	}
	why := policy.ReasonVetoStore
	if op == Sending {
		why = policy.ReasonVetoSend
	}
	v.Trace.Tried |= 1 << why
	if j.options.Veto(op, r, v.Cookie) {
		v.Reason = why
		v.Trace.Broken |= 1 << why
	}
}

// copied returns a copy of r, or nil for nil, to pass to a function of the options: if the
// jar passed r itself, every caller's Request would escape to the heap.
func copied(r *Request) *Request {
	if r == nil {
		return nil
	}
	own := *r
	return &own
}
