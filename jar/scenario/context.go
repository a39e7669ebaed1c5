package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Ctx is the browser context of a request.
type Ctx struct {
	Kind         string   `json:"kind"` // "navigate", "subresource", "iframe", "script" or "websocket"
	Initiator    string   `json:"initiator"`
	Method       string   `json:"method"` // of a form or a fetch; "" means GET, and no form
	Top          string   `json:"top"`
	RedirectFrom []string `json:"redirect_from"`

	// Frames are documents in nested iframes, the first in Top and each other in the one
	// before. The last of them, or Top if there are none, makes the request: it fetches,
	// opens a WebSocket, or contains the iframe that is navigated. If Initiator is set, it
	// contains one more frame, whose document makes the request or navigates its own frame.
	//
	// A script with a Top runs in the last of Frames. The URL of the step is the URL of
	// that document.
	Frames []Frame `json:"frames"`

	Sandbox *string `json:"sandbox"` // attribute of the navigated iframe, or of the iframe with Initiator
	CSP     string  `json:"csp"`     // Content-Security-Policy of the document at Top or, for navigate, Initiator

	Mode        string            `json:"mode"`        // of a fetch; "" means no-cors
	Credentials string            `json:"credentials"` // of a fetch; "" means include
	Header      map[string]string `json:"header"`      // header fields that a fetch sets

	// CORS is what the responses, including those to preflights, allow scripts of other
	// origins. "allow" allows the requesting origin everything, with credentials. "star"
	// answers Access-Control-Allow-Origin: *, which excludes credentials. "" allows
	// nothing. The response to a preflight also sets a cookie: preflight=1; Secure;
	// SameSite=None.
	CORS string `json:"cors"`

	User           bool `json:"user"`            // the user navigates with a click, not a script
	Reload         bool `json:"reload"`          // the user reloads the page after the navigation
	RedirectStatus int  `json:"redirect_status"` // status of RedirectFrom; 0 means 302

	BlockThirdParty bool `json:"block_third_party"` // third-party cookies are blocked

	// The fields below are what jar/browser models besides cookies. Replay disregards them.

	PageFields     []string `json:"page_fields"`     // header fields of the document at Top or Initiator, each as "Name: value"
	Redirect       string   `json:"redirect"`        // mode of a fetch: "error" or "manual"; "" means follow
	ReferrerPolicy string   `json:"referrer_policy"` // of a fetch or a link
	Element        string   `json:"element"`         // "img", "script", "style", "prefetch", "beacon", "eventsource", "worker", "sharedworker" or "serviceworker"
	Keepalive      bool     `json:"keepalive"`       // option of a fetch
	Credentialless bool     `json:"credentialless"`  // attribute of the navigated iframe
	Worker         string   `json:"worker"`          // "dedicated", "shared" or "service": a worker of the document fetches, or calls
	CrossOrigin    *string  `json:"crossorigin"`     // attribute of the element; nil if it has none
	History        string   `json:"history"`         // "back" or "forward": the request is that step, to the page that was navigated to
	Refresh        bool     `json:"refresh"`         // the header field Refresh of Initiator navigates

	// Target is the frame or window that is navigated, if it is another than the one of the
	// document that asks: "_blank" by a link or form, "window" by window.open, "_top" or
	// "_parent". If a navigation goes to "_top", Top and Frames are the documents, and the last
	// of them asks. Rel is the attribute rel of the link or form, or the features of window.open.
	Target string `json:"target"`
	Rel    string `json:"rel"`

	Opener string `json:"opener"` // the page that opened the window in which Initiator is

	// StorageAccess is the permission, "granted" or "denied", of the site that asks to have its
	// cookies below Top. It holds from this step on. With AsksAccess, the document that
	// asks has called requestStorageAccess before.
	StorageAccess string `json:"storage_access"`
	AsksAccess    bool   `json:"asks_access"`
}

// A Frame is a document in an iframe.
type Frame struct {
	URL     string  `json:"url"`     // or about:srcdoc, about:blank, or "data:" or "blob:" for a page of such a URL
	Sandbox *string `json:"sandbox"` // the iframe's attribute; nil if it has none
	CSP     string  `json:"csp"`     // Content-Security-Policy of the document

	Credentialless bool `json:"credentialless"` // the iframe's attribute
}

// UnmarshalJSON implements json.Unmarshaler. An unknown field is an error, unlike elsewhere
// in a scenario, because it would change the meaning of the step.
func (c *Ctx) UnmarshalJSON(data []byte) error {
	type plain Ctx
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode((*plain)(c)); err != nil {
		return fmt.Errorf("ctx: %w", err)
	}
	return nil
}
