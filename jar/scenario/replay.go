package scenario

import (
	"time"

	"uacookie/jar"
)

// A Result is the result of one get step.
type Result struct {
	ID   string `json:"id"`
	Step int    `json:"step"` // counted from 0
	Got  Bytes  `json:"got"`
	Want *Bytes `json:"want"`
	OK   bool   `json:"ok"` // Got equals Want, or Want is nil
}

// Replay runs s in a new jar with the rules of ua and returns the results of its get steps. It
// disregards Step.Fields and the fields of [Ctx] that jar/browser alone models.
// Third-party cookies are treated as third says, and blocked in a step that says so. The time is
// s.Now, or now if s.Now is zero.
func (s *Scenario) Replay(ua jar.UserAgent, third jar.ThirdParty, now time.Time) []Result {
	if !s.Now.IsZero() {
		now = s.Now
	}
	j, _ := jar.New(&jar.Options{UserAgent: ua, Now: func() time.Time {
		now = now.Add(time.Microsecond) // limits tell cookies apart by their last access
		return now
	}})
	var results []Result
	for i := range s.Steps {
		step := &s.Steps[i]
		r, allowed := step.Request(ua, third), step.hasCookies()
		if step.Op == "set" {
			lines := make([]string, len(step.Lines))
			for i, l := range step.Lines {
				lines[i] = string(l)
			}
			if allowed {
				j.Receive(r, lines)
			}
			continue
		}
		var got Bytes
		if allowed {
			got = Bytes(j.Header(r))
		}
		ok := step.Want == nil || got == *step.Want
		results = append(results, Result{s.ID, i, got, step.Want, ok})
	}
	return results
}
