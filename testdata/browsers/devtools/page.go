package devtools

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
)

// PageOptions say what page is opened. The zero PageOptions open one of the browser's
// own context that is in no window.
type PageOptions struct {
	// Context is the id of a browser context; "" is the browser's own.
	Context string

	// Window has the page in a window, so that it can be looked at. Chromium spends
	// more on its windows than on their cookies.
	Window bool

	// Heard, if not nil, is called with each event of the page, in order. It must not
	// block.
	Heard func(Message)
}

// A Page is a target of the browser that shows a document, or is about to.
type Page struct {
	conn    *Conn
	session string        // id of its DevTools session
	frame   string        // id of its top-level frame
	ended   chan struct{} // receives when a navigation of any frame has ended
	heard   func(Message)

	mu         sync.Mutex
	navigating map[string]bool // frames, by id
	url        string          // of its document
}

// NewPage opens a page.
func (c *Conn) NewPage(ctx context.Context, o PageOptions) (*Page, error) {
	params := map[string]any{"url": "about:blank"}
	if o.Context != "" {
		params["browserContextId"] = o.Context
	}
	if !o.Window {
		params["hidden"] = true
	}
	var target struct{ TargetID, SessionID string }
	if err := c.Call(ctx, "", "Target.createTarget", params, &target); err != nil {
		return nil, err
	}
	if err := c.Call(ctx, "", "Target.attachToTarget", map[string]any{
		"targetId": target.TargetID, "flatten": true,
	}, &target); err != nil {
		return nil, err
	}
	p := &Page{
		conn: c, session: target.SessionID, frame: target.TargetID,
		ended: make(chan struct{}, 1), heard: o.Heard, navigating: map[string]bool{},
	}
	c.Listen(p.session, p.hear)
	return p, p.Call(ctx, "Page.enable", nil, nil)
}

// Call calls a method on the page's session.
func (p *Page) Call(ctx context.Context, method string, params, result any) error {
	return p.conn.Call(ctx, p.session, method, params, result)
}

// Close closes the page.
func (p *Page) Close(ctx context.Context) error {
	p.conn.Listen(p.session, nil)
	return p.conn.Call(ctx, "", "Target.closeTarget", map[string]any{"targetId": p.frame}, nil)
}

// Enter types an address, and so starts a navigation that no page has asked for, and
// returns when it has ended.
func (p *Page) Enter(ctx context.Context, url string) error {
	return p.Navigate(ctx, func() error {
		// The answer calls a response without a page an error. Here it is not an error.
		return p.Call(ctx, "Page.navigate", map[string]any{"url": url, "transitionType": "typed"}, nil)
	})
}

// Navigate starts a navigation and returns when it has ended, be it with a new
// document or with a response that has none, which leaves the frame as it is.
func (p *Page) Navigate(ctx context.Context, start func() error) error {
	if err := start(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("navigation: %w", ctx.Err())
	case <-p.ended:
		return nil
	}
}

// hear follows the navigations of the page's frames.
func (p *Page) hear(m Message) {
	p.follow(m)
	if p.heard != nil {
		p.heard(m)
	}
}

func (p *Page) follow(m Message) {
	var e struct {
		FrameID string
		Frame   struct{ ID, URL, UnreachableURL string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Page.frameStartedNavigating":
		p.navigating[e.FrameID] = true
	case "Page.frameNavigated":
		if e.Frame.ID == p.frame {
			p.url = e.Frame.URL
			if e.Frame.UnreachableURL != "" {
				p.url = "" // the browser's own page about an error
			}
		}
	case "Page.frameStoppedLoading":
		if p.navigating[e.FrameID] {
			delete(p.navigating, e.FrameID)
			select {
			case p.ended <- struct{}{}:
			default:
			}
		}
	}
}

// At reports whether the page shows the document at url.
func (p *Page) At(url string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url == url
}

// Evaluate evaluates JavaScript, awaits it if it is a promise, and returns its value,
// if that is a string.
func (p *Page) Evaluate(ctx context.Context, js string) (string, error) {
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := p.Call(ctx, "Runtime.evaluate", map[string]any{
		"expression": js, "awaitPromise": true, "returnByValue": true,
	}, &answer); err != nil {
		return "", err
	}
	if e := answer.ExceptionDetails; e != nil {
		return "", fmt.Errorf("%s: %s", e.Text, e.Exception.Description)
	}
	value, _ := answer.Result.Value.(string)
	return value, nil
}
