package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Ctx is how a request comes about.
type Ctx struct {
	Kind         string   `json:"kind"` // "navigate", "subresource", "iframe", "script" or "websocket"
	Initiator    string   `json:"initiator"`
	Method       string   `json:"method"` // of a form or a fetch; "" means GET, and no form
	Top          string   `json:"top"`
	RedirectFrom []string `json:"redirect_from"`

	// Frames are documents in frames, the first in Top, each other in the one
	// before. The last does what Top does if there are none: it fetches, opens a
	// WebSocket, or holds the iframe that is navigated. With Initiator, it holds one
	// more frame, whose document does that, or navigates its own frame.
	//
	// A script with a Top runs in the last of Frames, whose document's URL is that
	// of the step.
	Frames []Frame `json:"frames"`

	Sandbox *string `json:"sandbox"` // attribute of the iframe that is navigated, or that Initiator is in
	CSP     string  `json:"csp"`     // Content-Security-Policy of the document at Top or, of navigate, Initiator

	Mode        string            `json:"mode"`        // of a fetch; "" means no-cors
	Credentials string            `json:"credentials"` // of a fetch; "" means include
	Header      map[string]string `json:"header"`      // that a fetch sets

	// CORS says what the responses, preflights' too, let scripts of other origins
	// do: "allow" the one that asks all, with credentials; "star" likewise, but by
	// Access-Control-Allow-Origin: *, so without; "" nothing. The response to a
	// preflight also sets a cookie, preflight=1; Secure; SameSite=None.
	CORS string `json:"cors"`

	User           bool `json:"user"`            // the user navigates, by a click: not a script
	Reload         bool `json:"reload"`          // the step is the user's reload of where the navigation led
	RedirectStatus int  `json:"redirect_status"` // of RedirectFrom; 0 means 302

	BlockThirdParty bool `json:"block_third_party"` // third-party cookies are blocked
}

// A Frame is a document in an iframe.
type Frame struct {
	URL     string  `json:"url"`     // or about:srcdoc or about:blank
	Sandbox *string `json:"sandbox"` // the iframe's attribute; nil if it has none
	CSP     string  `json:"csp"`     // the Content-Security-Policy that the document comes with
}

// UnmarshalJSON implements json.Unmarshaler. Unlike elsewhere, an unknown field is
// an error: it would change what the step means.
func (c *Ctx) UnmarshalJSON(data []byte) error {
	type plain Ctx
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode((*plain)(c)); err != nil {
		return fmt.Errorf("ctx: %w", err)
	}
	return nil
}
