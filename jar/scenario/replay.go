package scenario

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"uacookie/jar"
)

// A Result is what one get step came to.
type Result struct {
	ID   string `json:"id"`
	Step int    `json:"step"` // counted from 0
	Got  Bytes  `json:"got"`
	Want *Bytes `json:"want"`
	OK   bool   `json:"ok"` // Got is Want, or nothing is wanted
}

// Replay carries out s in a new jar with the rules of ua, and returns the results
// of its get steps. All happens at s.Now, or at now if that is zero.
func (s *Scenario) Replay(ua jar.UserAgent, now time.Time) []Result {
	if !s.Now.IsZero() {
		now = s.Now
	}
	j, _ := jar.New(&jar.Options{UserAgent: ua, Now: func() time.Time { return now }})
	var results []Result
	for i := range s.Steps {
		step := &s.Steps[i]
		r := step.Request()
		if step.Op == "set" {
			lines := make([]string, len(step.Lines))
			for i, l := range step.Lines {
				lines[i] = string(l)
			}
			j.Receive(r, lines)
			continue
		}
		got := Bytes(j.Header(r))
		ok := step.Want == nil || got == *step.Want
		results = append(results, Result{s.ID, i, got, step.Want, ok})
	}
	return results
}

// Request returns the request that the step makes, its last hop if it is
// redirected.
func (s *Step) Request() *jar.Request {
	r := &jar.Request{URL: parse(s.URL), Method: http.MethodGet}
	c := &jar.Context{Initiator: parse(s.Ctx.Initiator)}
	r.Context = c
	switch s.Ctx.Kind {
	case "navigate":
		// A 302 turns a POST into a GET.
		if s.Ctx.Method != "" && len(s.Ctx.RedirectFrom) == 0 {
			r.Method = s.Ctx.Method
		}
	case "subresource":
		c.Documents = []*url.URL{parse(s.Ctx.Top)}
		if s.Ctx.Initiator != "" && s.Ctx.Initiator != s.Ctx.Top {
			// Another page than the top-level one fetches: one in a frame of it.
			c.Documents = append(c.Documents, c.Initiator)
		}
	case "iframe":
		c.Documents = []*url.URL{parse(s.Ctx.Top)}
	case "script":
		c.Script = true
	}
	return r
}

// parse returns the URL that s stands for, nil if it is empty. It takes s as a
// browser sends it: net/url would escape some octets of a path that browsers
// leave as they are, and refuse others.
func parse(s string) *url.URL {
	if s == "" {
		return nil
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok { // data:, about:
		scheme, _, _ = strings.Cut(s, ":")
		return &url.URL{Scheme: scheme}
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	host := rest
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		host = rest[:slash]
	}
	return &url.URL{Scheme: scheme, Host: host, Opaque: "//" + rest}
}
