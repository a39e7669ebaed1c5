// Package scenario reads and replays scenarios: sequences of responses that set cookies and
// requests that should send them, with the Cookie header that a browser, or the
// specification, gives each request. Recordings of real browsers and this project's
// conformance tests are scenarios.
//
// A file has one JSON object a line:
//
//	{"id":"host-only","steps":[
//	  {"op":"set","url":"https://www.example.test/","lines":["a=1"],"ctx":{"kind":"navigate"}},
//	  {"op":"get","url":"https://example.test/","ctx":{"kind":"navigate"},"want":""}]}
//
// (wrapped here). In lines and want, each character stands for one byte. [Ctx] describes
// the browser context of a request; its fields from Frames on are this project's own.
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
	Source string    `json:"source"` // its origin and topic, "origin/topic"
	Now    time.Time `json:"now"`    // when it was recorded; zero if the time does not matter
	Steps  []Step    `json:"steps"`

	// Error is the reason why the recorder could not run the scenario. A scenario with an
	// error is not scored.
	Error string `json:"error"`
}

// A Request is a request as a server saw it. Header contains the fields that servers make
// decisions by, under their names in lower case.
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
	Date  []Bytes `json:"date"`  // set: the Date field values of the response; nil means the true time, empty means no Date
	Ctx   Ctx     `json:"ctx"`

	// Fields are more header fields of the response, each as "Name: value". A response that has
	// Activate-Storage-Access: retry has it, with the status 401 and without Lines, only while
	// the request says that storage access is inactive.
	Fields []string `json:"fields"`

	Want  *Bytes `json:"want"` // get: the expected Cookie field value; nil if there is no expectation
	Error string `json:"error"`

	// Requests are all requests of the step, including redirects and preflights; nil if
	// they were not recorded.
	Requests []Request `json:"requests"`

	// Blocked reports, if Requests were recorded, that the browser blocked the fetch or
	// WebSocket. For a script it reports that document.cookie threw an exception.
	Blocked bool `json:"blocked"`

	// Access is the result of Ctx.AsksAccess, "granted" or "denied".
	Access string `json:"access"`

	// Listed is the list of the Cookie Store API for a script, in the form of
	// document.cookie; nil if it was not recorded, or the script has no such API.
	Listed *Bytes `json:"listed"`

	// Calls are what a script does with the Cookie Store API. Heard are the change events that it
	// had heard by the end, as JSON.
	Calls []Call          `json:"calls"`
	Heard json.RawMessage `json:"heard"`
}

// A Call is a call of a method of cookieStore, or in a service worker of the cookies of its
// registration. There are three methods more: "fetch" fetches the step's URL, whose response has
// Lines, "write" assigns to document.cookie, and "await" awaits a change event.
type Call struct {
	Method string            `json:"method"`
	Args   []json.RawMessage `json:"args"`
	Result string            `json:"result"` // as JSON, or the name of the exception
}

// Bytes is a string of bytes. In JSON each byte is the character of that number, U+0000 to
// U+00FF.
type Bytes string

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return fmt.Errorf("character %U: want at most U+00FF, since each stands for a byte", r)
		}
		raw = append(raw, byte(r))
	}
	*b = Bytes(raw)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	chars := make([]byte, 0, 2*len(b))
	for _, c := range []byte(b) {
		chars = utf8.AppendRune(chars, rune(c))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(string(chars))
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// maxLine is the maximum length of a scenario in bytes.
const maxLine = 64 << 20

// Read yields the scenarios of a file. An error names the line and is the last element.
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

// check returns an error if the scenario is invalid.
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

// Scored reports whether the recorder could run the scenario, so that it can be scored.
func (s *Scenario) Scored() bool {
	for i := range s.Steps {
		if s.Steps[i].Error != "" {
			return false
		}
	}
	return s.Error == ""
}
