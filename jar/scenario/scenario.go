// Package scenario reads and replays scenarios: short stories of responses that
// set cookies and requests that should carry them, with what a browser, or the
// specification, makes of each. Recordings of real browsers and this project's
// conformance tests are written in them.
//
// A file has one JSON object a line:
//
//	{"id":"host-only","steps":[
//	  {"op":"set","url":"https://www.example.test/","lines":["a=1"],"ctx":{"kind":"navigate"}},
//	  {"op":"get","url":"https://example.test/","ctx":{"kind":"navigate"},"want":""}]}
//
// (here on several). In lines and want each char stands for one byte. [Ctx] says how
// a request comes about; of its fields those from Frames on are this project's own.
package scenario

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// A Scenario is a sequence of steps that starts without cookies.
type Scenario struct {
	ID     string    `json:"id"`
	Source string    `json:"source"` // where it comes from, "origin/topic"
	Now    time.Time `json:"now"`    // when it was recorded; zero if that does not matter
	Steps  []Step    `json:"steps"`

	// Error is why the recorder could not carry it out. It is not to be scored.
	Error string `json:"error"`
}

// A Request is what a server saw: the header fields that servers decide by, by their
// names in lower case.
type Request struct {
	Method string           `json:"method"`
	URL    string           `json:"url"`
	Header map[string]Bytes `json:"header"`
}

// A Step is a response that sets cookies or a request that may carry them.
type Step struct {
	Op    string  `json:"op"` // "set" or "get"
	URL   string  `json:"url"`
	Lines []Bytes `json:"lines"` // set: the Set-Cookie field values, or what a script assigns
	Date  []Bytes `json:"date"`  // set: the Date field values of the response; nil means the true time, empty no such field
	Ctx   Ctx     `json:"ctx"`
	Want  *Bytes  `json:"want"` // get: the Cookie field value; nil if nothing is expected
	Error string  `json:"error"`

	// Requests are all that were made, redirects and preflights among them; nil if
	// that was not recorded.
	Requests []Request `json:"requests"`

	// Blocked tells, where there are Requests, that the browser did not let the
	// page have what it asked for: a fetch or WebSocket failed. For a script it
	// tells that document.cookie was out of bounds.
	Blocked bool `json:"blocked"`

	// Listed is what the Cookie Store API lists to a script, written as
	// document.cookie is; nil if that was not recorded, or there is none.
	Listed *Bytes `json:"listed"`
}

// Bytes is a string of octets. In JSON each is the char of that number, U+0000 to
// U+00FF.
type Bytes string

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	octets := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return fmt.Errorf("char %U: want one up to U+00FF, which stands for a byte", r)
		}
		octets = append(octets, byte(r))
	}
	*b = Bytes(octets)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	chars := make([]byte, 0, 2*len(b))
	for _, octet := range []byte(b) {
		chars = utf8.AppendRune(chars, rune(octet))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(string(chars))
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// maxLine is the length in bytes that a scenario may have.
const maxLine = 64 << 20

// Read yields the scenarios of a file. After an error, which says the line, it
// yields no more.
func Read(r io.Reader) iter.Seq2[*Scenario, error] {
	return func(yield func(*Scenario, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		n := 0
		for lines.Scan() {
			n++
			line := bytes.TrimSpace(lines.Bytes())
			if len(line) == 0 {
				continue
			}
			s := new(Scenario)
			err := json.Unmarshal(line, s)
			if err == nil {
				err = s.check()
			}
			if err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if !yield(s, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, fmt.Errorf("line %d: %w", n+1, err))
		}
	}
}

// check reports what is wrong with a scenario.
func (s *Scenario) check() error {
	if s.ID == "" {
		return fmt.Errorf("scenario without an id")
	}
	for i := range s.Steps {
		if err := s.Steps[i].check(); err != nil {
			return fmt.Errorf("scenario %q: step %d: %w", s.ID, i, err)
		}
	}
	return nil
}

func (s *Step) check() error {
	switch s.Op {
	case "set", "get":
	default:
		return fmt.Errorf("op %q: want set or get", s.Op)
	}
	switch s.Ctx.Kind {
	case "navigate", "script":
	case "subresource", "iframe", "websocket":
		if s.Ctx.Top == "" {
			return fmt.Errorf("%s without a top", s.Ctx.Kind)
		}
	default:
		return fmt.Errorf("kind %q: want navigate, subresource, iframe, script or websocket", s.Ctx.Kind)
	}
	if s.Ctx.Top == "" && len(s.Ctx.Frames) > 0 {
		return fmt.Errorf("frames without a top")
	}
	if !strings.Contains(s.URL, "://") {
		return fmt.Errorf("url %q: want one with a host", s.URL)
	}
	return nil
}

// Scored reports whether the scenario was carried out when it was recorded.
func (s *Scenario) Scored() bool {
	for i := range s.Steps {
		if s.Steps[i].Error != "" {
			return false
		}
	}
	return s.Error == ""
}
