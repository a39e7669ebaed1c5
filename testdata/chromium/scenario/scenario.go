// Package scenario reads and writes cookie scenarios: JSON Lines, each line a
// story of responses that set cookies and requests that should send them,
// told of one browser that starts with an empty cookie store.
//
// The format leaves room for information that a reader may ignore. Of that,
// this package keeps the fields it declares and drops the rest.
package scenario

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Scenario is one line of a scenario file.
type Scenario struct {
	ID      string `json:"id"`
	Source  string `json:"source"`            // origin/topic
	Why     string `json:"why,omitempty"`     // the question the scenario asks
	Browser string `json:"browser,omitempty"` // that recorded it, with its version
	Now     string `json:"now,omitempty"`     // when, in RFC 3339
	Steps   []Step `json:"steps"`
}

// A Step sets or gets cookies. See [Set], [Get].
type Step struct {
	Op    string  `json:"op"`
	URL   string  `json:"url"`
	Lines []Bytes `json:"lines,omitempty"` // of a Set: the Set-Cookie field values
	Ctx   Ctx     `json:"ctx"`
	Want  *Bytes  `json:"want,omitempty"`  // of a Get: the Cookie field value; nil if not recorded
	Error string  `json:"error,omitempty"` // why the step could not be carried out
}

// The operations of a [Step].
const (
	Set = "set" // the response to the URL carries Lines
	Get = "get" // a request to the URL carries Want
)

// A Ctx tells how a step's request comes about.
type Ctx struct {
	Kind         string   `json:"kind"`
	Top          string   `json:"top,omitempty"`           // the document that asks
	Initiator    string   `json:"initiator,omitempty"`     // the page that started the navigation
	Method       string   `json:"method,omitempty"`        // "POST" for a form; empty means GET
	RedirectFrom []string `json:"redirect_from,omitempty"` // the hops that led to the URL
}

// The kinds of a [Ctx].
const (
	Navigate    = "navigate"    // a top-level navigation
	Subresource = "subresource" // a no-cors fetch with credentials
	Iframe      = "iframe"      // the navigation of an iframe
	Script      = "script"      // no request: document.cookie
)

// UnmarshalJSON refuses a field that it does not know: a context that is only
// half understood would be carried out wrongly.
func (c *Ctx) UnmarshalJSON(data []byte) error {
	type plain Ctx
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode((*plain)(c)); err != nil {
		return fmt.Errorf("ctx: %w", err)
	}
	return nil
}

// validate reports the first thing in s that the format does not allow.
func (s *Scenario) validate() error {
	if s.ID == "" {
		return fmt.Errorf("no id")
	}
	for i, step := range s.Steps {
		switch {
		case step.Op != Set && step.Op != Get:
			return fmt.Errorf("%s, step %d: unknown op %q", s.ID, i, step.Op)
		case !slices.Contains([]string{Navigate, Subresource, Iframe, Script}, step.Ctx.Kind):
			return fmt.Errorf("%s, step %d: unknown kind %q", s.ID, i, step.Ctx.Kind)
		}
	}
	return nil
}

// Read returns the scenarios of a file. Blank lines are skipped; ids are unique.
func Read(r io.Reader) ([]*Scenario, error) {
	var all []*Scenario
	seen := map[string]bool{}
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			s := new(Scenario)
			if err := json.Unmarshal(line, s); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			if err := s.validate(); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			if seen[s.ID] {
				return nil, fmt.Errorf("line %d: id %q is not unique", n, s.ID)
			}
			seen[s.ID] = true
			all = append(all, s)
		}
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// Write writes the scenarios, a line each, with no needless escapes.
func Write(w io.Writer, all []*Scenario) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, s := range all {
		if err := enc.Encode(s); err != nil {
			return fmt.Errorf("%s: %w", s.ID, err)
		}
	}
	return out.Flush()
}
