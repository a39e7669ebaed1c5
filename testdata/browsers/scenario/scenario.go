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

	// ThirdParty is what the browser did with third-party cookies, if it has several
	// modes: allow, partition (kept apart by top-level site) or block.
	ThirdParty string `json:"third_party,omitempty"`

	Steps []Step `json:"steps"`
}

// A Step sets or gets cookies. See [Set], [Get].
type Step struct {
	Op    string  `json:"op"`
	URL   string  `json:"url"`
	Lines []Bytes `json:"lines,omitempty"` // of a Set: the Set-Cookie field values
	Date  []Bytes `json:"date,omitzero"`   // of a Set over HTTP: the Date field values; nil means the true time, empty no such field
	Ctx   Ctx     `json:"ctx"`

	// Fields are more header fields of the response, each as "Name: value". A response that has
	// the field Activate-Storage-Access: retry has it until the request says that storage access is
	// active.
	Fields []string `json:"fields,omitempty"`

	Want  *Bytes `json:"want,omitempty"`  // of a Get: the Cookie field value; nil if not recorded
	Error string `json:"error,omitempty"` // why the step could not be carried out

	// Requests are all those that came of the step, if they were recorded.
	Requests []Request `json:"requests,omitempty"`

	// Blocked is set if the browser did not let the page have what it asked for:
	// a fetch or WebSocket failed, or document.cookie was out of bounds.
	Blocked bool `json:"blocked,omitempty"`

	// Access is what became of Ctx.AsksAccess: granted or denied.
	Access string `json:"access,omitempty"`

	// Calls are what a Script does with the Cookie Store API, each with what came of it, and
	// Heard the change events that it had heard by the end, as JSON.
	Calls []Call          `json:"calls,omitempty"`
	Heard json.RawMessage `json:"heard,omitempty"`

	// Listed is what the Cookie Store API lists, written as document.cookie is, if
	// that was recorded and the document has one.
	Listed *Bytes `json:"listed,omitempty"`
}

// A Call is a call of a method of cookieStore, or in a service worker of registration.cookies:
// subscribe, unsubscribe, getSubscriptions. Three methods are not theirs: "fetch" has the document
// fetch the step's URL, whose response has Lines; "write" assigns to document.cookie; and
// "await" awaits a change event, for it comes a moment later.
type Call struct {
	Method string            `json:"method"`
	Args   []json.RawMessage `json:"args,omitempty"`
	Result string            `json:"result,omitempty"` // as JSON, or the name of the exception
}

// A Request is what a server saw: the header fields that servers decide by, by their
// names in lower case.
type Request struct {
	Method string           `json:"method"`
	URL    string           `json:"url"`
	Header map[string]Bytes `json:"header"`
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
	Method       string   `json:"method,omitempty"`        // of a form or fetch; empty means GET, and no form
	RedirectFrom []string `json:"redirect_from,omitempty"` // the hops that led to the URL

	Frames         []Frame           `json:"frames,omitempty"`          // from Top inward; the last asks, not Top
	Sandbox        *string           `json:"sandbox,omitempty"`         // attribute of the iframe of Iframe
	CSP            string            `json:"csp,omitempty"`             // Content-Security-Policy of Top or Initiator
	Mode           string            `json:"mode,omitempty"`            // of a fetch; empty means no-cors
	Credentials    string            `json:"credentials,omitempty"`     // of a fetch; empty means include
	Header         map[string]string `json:"header,omitempty"`          // that a fetch sets
	CORS           string            `json:"cors,omitempty"`            // what the responses allow; empty means nothing
	User           bool              `json:"user,omitempty"`            // the navigation is the user's doing
	Reload         bool              `json:"reload,omitempty"`          // the request is the reload of what it led to
	RedirectStatus int               `json:"redirect_status,omitempty"` // of the hops; 0 means 302

	BlockThirdParty bool `json:"block_third_party,omitempty"`

	PageFields     []string `json:"page_fields,omitempty"`     // header fields of Top or Initiator, each as "Name: value"
	Redirect       string   `json:"redirect,omitempty"`        // mode of a fetch: error or manual; empty means follow
	ReferrerPolicy string   `json:"referrer_policy,omitempty"` // of a fetch, an element or a link
	Element        string   `json:"element,omitempty"`         // a Subresource that is no fetch: see Elements
	CrossOrigin    *string  `json:"crossorigin,omitempty"`     // attribute of Element
	Keepalive      bool     `json:"keepalive,omitempty"`       // of a fetch
	Credentialless bool     `json:"credentialless,omitempty"`  // attribute of the iframe of Iframe
	Worker         string   `json:"worker,omitempty"`          // dedicated, shared or service: one of the document's origin does what it is to do
	History        string   `json:"history,omitempty"`         // back or forward: the request is that step, to what it led to
	Refresh        bool     `json:"refresh,omitempty"`         // the Refresh field of Initiator navigates

	// Target is where a navigation goes other than the frame that asks: _blank by a link or
	// form, window by window.open, _top or _parent. Of a Navigate to _top, Top and Frames are
	// the documents from which it comes; the last one asks.
	Target string `json:"target,omitempty"`
	Rel    string `json:"rel,omitempty"` // attribute of the link or form, or features of window.open

	// Opener is the page that opened the window in which Initiator is.
	Opener string `json:"opener,omitempty"`

	// StorageAccess is the permission of the site that asks, below Top: granted or denied. It
	// holds from the step on.
	StorageAccess string `json:"storage_access,omitempty"`
	AsksAccess    bool   `json:"asks_access,omitempty"` // the document that asks has called requestStorageAccess
}

// A Frame is a document in an iframe.
type Frame struct {
	URL     string  `json:"url"` // or about:srcdoc, about:blank, or "data:" or "blob:" for a page of such a URL
	Sandbox *string `json:"sandbox,omitempty"`
	CSP     string  `json:"csp,omitempty"`

	Credentialless bool `json:"credentialless,omitempty"` // the iframe's attribute
}

// Elements are the values of [Ctx.Element]: elements, and beacons, event sources and workers, which
// a script starts.
var Elements = []string{"img", "script", "style", "prefetch", "beacon", "eventsource", "worker", "sharedworker", "serviceworker"}

// The values of [Ctx.CORS]. Whatever it is, the response to a preflight also sets a
// cookie, preflight=1; Secure; SameSite=None, as no browser should take it.
const (
	CORSAllow = "allow" // the origin that asks, with credentials, any method and field
	CORSStar  = "star"  // all origins and the method and fields asked for, without credentials
)

// The kinds of a [Ctx].
const (
	Navigate    = "navigate"    // a top-level navigation
	Subresource = "subresource" // a no-cors fetch with credentials
	Iframe      = "iframe"      // the navigation of an iframe
	Script      = "script"      // no request: document.cookie
	WebSocket   = "websocket"   // the handshake of a WebSocket
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

// BlocksThirdParty reports whether the browser is to block third-party cookies.
func (s *Scenario) BlocksThirdParty() bool {
	return len(s.Steps) > 0 && s.Steps[0].Ctx.BlockThirdParty
}

// Framed reports whether a page asks for something in s, or has a frame: only then may
// cookies be those of a third party.
func (s *Scenario) Framed() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Ctx.Top != "" })
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
		case !slices.Contains([]string{Navigate, Subresource, Iframe, Script, WebSocket}, step.Ctx.Kind):
			return fmt.Errorf("%s, step %d: unknown kind %q", s.ID, i, step.Ctx.Kind)
		case step.Ctx.BlockThirdParty != s.Steps[0].Ctx.BlockThirdParty:
			return fmt.Errorf("%s, step %d: block_third_party changes on the way", s.ID, i)
		case !slices.Contains([]string{"", CORSAllow, CORSStar}, step.Ctx.CORS):
			return fmt.Errorf("%s, step %d: unknown cors %q", s.ID, i, step.Ctx.CORS)
		case !slices.Contains([]string{"", "_blank", "window", "_top", "_parent"}, step.Ctx.Target):
			return fmt.Errorf("%s, step %d: unknown target %q", s.ID, i, step.Ctx.Target)
		case step.Ctx.Element != "" && !slices.Contains(Elements, step.Ctx.Element):
			return fmt.Errorf("%s, step %d: unknown element %q", s.ID, i, step.Ctx.Element)
		case !slices.Contains([]string{"", "dedicated", "shared", "service"}, step.Ctx.Worker):
			return fmt.Errorf("%s, step %d: unknown worker %q", s.ID, i, step.Ctx.Worker)
		case !slices.Contains([]string{"", "back", "forward"}, step.Ctx.History):
			return fmt.Errorf("%s, step %d: unknown history %q", s.ID, i, step.Ctx.History)
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
